"""Strings no database takes, made storable. JSON escapes can spell what UTF-8 cannot, and Feishu nests JSON in JSON."""

from __future__ import annotations

from typing import Any


def storable(text: str) -> str:
    """Without NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def clean(value: Any) -> Any:
    """Parsed JSON with every string in it storable."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [clean(one) for one in value]
    if isinstance(value, dict):
        return {storable(name): clean(one) for name, one in value.items()}
    return value
