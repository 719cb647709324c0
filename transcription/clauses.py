"""A message cut into clauses: by punctuation, by spaces between characters, and by words that begin a new thought."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_BREAK = re.compile(r"(?:[，。！？；!?;\n]|,(?!\d{3}(?!\d)))+|(?<=[^\x00-\x7f])[ \t]+(?=[^\x00-\x7f])|…+|—+")
_SOFT = re.compile(
    r"(?<=[^，。！？；,!?; \n])(?=(?:然后|另外|还有就是|接着|后来|但是|不过|可是|所以|同时|顺便|再就是|对了)[^，。])"
)
_SENTENCE = re.compile(r"[。！？!?\n]")


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of the text without its closing punctuation; `sentence` counts the sentences."""

    start: int
    end: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of a text in order."""

    all: tuple[Clause, ...]

    def at(self, position: int) -> int:
        """The number of the clause a position lies in."""
        return max(0, bisect_right([clause.start for clause in self.all], position) - 1)


def split(text: str) -> Clauses:
    """The clauses of a normalised text. There is at least one."""
    found: list[Clause] = []
    start, sentence = 0, 0
    for stop in (*_BREAK.finditer(text), None):
        end = stop.start() if stop else len(text)
        _take(text, start, end, sentence, found)
        if stop:
            start = stop.end()
            sentence += bool(_SENTENCE.search(stop.group()))
    return Clauses(tuple(found) or (Clause(0, len(text), 0),))


def _take(text: str, start: int, end: int, sentence: int, found: list[Clause]) -> None:
    for soft in _SOFT.finditer(text, start, end):
        if soft.start() > start:
            found.append(Clause(start, soft.start(), sentence))
            start = soft.start()
    if start < end:
        found.append(Clause(start, end, sentence))
