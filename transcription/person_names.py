"""The parts of what a person is called: surname, given name, title."""

from __future__ import annotations

import re
from functools import cache

from rules.key_people import Called
from transcription.words import load

_NICK = re.compile(r"^[老小大阿](?=.)")


def parts(name: str) -> Called:
    """王经理: 王, 经理; 张敏: 张, 敏; 老李: 李; Linda: Linda."""
    if name.isascii():
        return Called(name)
    bare = _NICK.sub("", name) if name[1:2] in load("people")["surnames"] and len(name) <= 3 else name
    surname = next((one for one in load("people")["compound"] if bare.startswith(one)), bare[:1])
    rest = bare[len(surname) :]
    title = _title().search(rest)
    given = rest[: title.start()] if title else rest
    return Called(surname, given, title.group() if title else "")


@cache
def _title() -> re.Pattern[str]:
    titles = sorted(load("people")["titles"], key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(titles)})$")
