"""Which character strings are everyday words, so that a name is not heard where a word was said."""

from __future__ import annotations

from functools import cache
from importlib import resources

_FREQUENT = 30


@cache
def _everyday() -> dict[str, int]:
    """Words of two to four characters with their count, from jieba's dictionary read as data."""
    found: dict[str, int] = {}
    path = resources.files("jieba").joinpath("dict.txt")
    for line in path.read_text(encoding="utf-8").splitlines():
        word, count, _ = line.split(" ", 2)
        if 2 <= len(word) <= 4 and int(count) >= _FREQUENT:
            found[word] = int(count)
    return found


def frequency(word: str) -> int:
    """How often the word occurs in a large body of Chinese text; 0 for what is rare or no word."""
    return _everyday().get(word, 0)


def inside_word(text: str, start: int, end: int) -> bool:
    """Whether an everyday word covers the span and more, or runs over one of its edges."""
    for length in (4, 3, 2):
        for begin in range(max(0, start - length + 1), min(end, len(text) - length + 1)):
            stop = begin + length
            crosses = begin < start < stop or begin < end < stop
            if crosses and frequency(text[begin:stop]) >= _FREQUENT * 10:
                return True
    return False
