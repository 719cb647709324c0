"""Long texts for narrow platforms: cut at sentence ends, or shortened with an honest tail."""

from __future__ import annotations

from collections.abc import Callable

Measure = Callable[[str], int]

# Strongest break first: a paragraph, a line, a sentence, a clause, a word.
_BREAKS = ("\n\n", "\n", "。！？!?…", "；;", "，,、", " ")


def utf8(text: str) -> int:
    """Size in bytes, as WeCom and Feishu count."""
    return len(text.encode("utf-8", "surrogatepass"))


def split_text(text: str, limit: int, measure: Measure = utf8) -> list[str]:
    """`text` in pieces of at most `limit` by `measure`, cut at the strongest break in each piece's second half.

    Nothing but blanks at the cuts is lost, and no piece is empty. Use `len` as `measure` to count characters.

    Raises:
        ValueError: `limit` is below 4, the size of one character.
    """
    if limit < 4:
        raise ValueError(f"a limit of {limit} cannot hold one character")
    pieces: list[str] = []
    rest = text.strip()
    while measure(rest) > limit:
        cut = _cut(rest[: _fitting(rest, limit, measure)])
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [piece for piece in (*pieces, rest) if piece]


def shorten(text: str, limit: int, measure: Measure = utf8, tail: str = "…（已截断）") -> str:
    """`text` whole when it fits in `limit`, otherwise its beginning and `tail` ("…" where the tail is too long)."""
    if measure(text) <= limit:
        return text
    tail = tail if measure(tail) <= limit // 2 else "…"
    room = limit - measure(tail)
    return text[: _fitting(text, room, measure)].rstrip() + tail if room >= 0 else ""


def _fitting(text: str, limit: int, measure: Measure) -> int:
    """How many leading characters fit."""
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= limit else (low, middle - 1)
    return low


def _cut(head: str) -> int:
    """Where to cut: after the last break of the strongest kind in the second half, or at the very end."""
    half = len(head) // 2
    for kind in _BREAKS:
        marks = (kind,) if kind[0] == "\n" else tuple(kind)
        at = max(head.rfind(mark, half) + len(mark) if mark in head[half:] else 0 for mark in marks)
        if at > half and head[:at].strip():
            return at
    return len(head)
