"""The documents: written parts are current, links lead somewhere, pictures are small, nothing names a machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.settings import Settings
from scripts import write_settings_doc

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")
OF_A_MACHINE = ("/work/", "/root/", "/tmp/", "127.0.0.1:81", "pypi.org", "files.pythonhosted")
LARGEST_PICTURE = 300_000


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_the_page_of_settings_is_current() -> None:
    assert write_settings_doc.DOC.read_text(encoding="utf-8") == write_settings_doc.document(), (
        "run: python -m scripts.write_settings_doc"
    )


@pytest.mark.parametrize("name", ["data", "database", "public_url", "speech.model", "proposer.key"])
def test_every_kind_of_setting_is_on_the_page(name: str) -> None:
    line = next(line for line in write_settings_doc.document().splitlines() if line.startswith(f"| `{name}` |"))
    top, _, inner = name.partition(".")
    field = Settings.model_fields[top]
    owner = field.annotation.model_fields[inner] if inner else field  # type: ignore[union-attr]  # a nested model
    assert (owner.description or "missing") in line


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_to_files_that_exist(page: Path) -> None:
    targets = [target for target, _ in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_page_names_a_machine_or_a_registry(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [word for word in OF_A_MACHINE if word in text] == []


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "images").glob("*")), ids=named)
def test_pictures_are_small_and_used(picture: Path) -> None:
    assert picture.stat().st_size < LARGEST_PICTURE
    assert any(picture.name in page.read_text(encoding="utf-8") for page in PAGES), "no page shows it"


def test_the_readme_names_tests_that_exist() -> None:
    named_tests = re.findall(r"`(tests/[\w/]+\.py)`", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert named_tests, "what stands behind the promise is not said"
    assert [path for path in named_tests if not (ROOT / path).exists()] == []
