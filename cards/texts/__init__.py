"""The sentences people read, as Jinja2 texts in YAML files beside this one: one file a feature, one key a sentence.

`say("support.answered", reporter="李雷")` renders the key `answered` of `support.yaml`. A missing value is an error,
never a blank.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

HERE = Path(__file__).parent


class UnknownText(KeyError):
    """No text under this key."""


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """Also draws the texts of packs, which an admin may write: hence the sandbox."""
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )


def say(key: str, **values: Any) -> str:
    """The text under `feature.name`, with its values. Raises UnknownText."""
    return _template(key).render(**values).strip()


def render(text: str, **values: Any) -> str:
    """A pack's own text with its values."""
    return environment().from_string(text).render(**values).strip()


@cache
def _template(key: str) -> Template:
    feature, _, name = key.partition(".")
    texts = _texts(feature)
    if name not in texts:
        raise UnknownText(key)
    return environment().from_string(texts[name])


@cache
def _texts(feature: str) -> dict[str, str]:
    path = HERE / f"{feature}.yaml"
    if not path.is_file():
        raise UnknownText(feature)
    texts: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return texts
