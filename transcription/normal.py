"""One spelling for what is written many ways, character for character, so that spans stay true."""

from __future__ import annotations

import unicodedata
from functools import cache

from transcription.words import load


@cache
def _table() -> dict[int, str]:
    return {ord(old): new for old, new in load("script")["simplified"]}


def normal(text: str) -> str:
    """The text in simplified characters, half width and lower case; same length, same positions."""
    simple = text.translate(_table())
    return "".join(_one(char) for char in simple)


def _one(char: str) -> str:
    if char < "\x7f":
        return char.lower()
    if char in "，。！？；：、（）“”‘’…—":
        return char
    folded = unicodedata.normalize("NFKC", char).lower()
    return folded if len(folded) == 1 else char
