"""A longer recording in pieces, cut where nobody speaks.

Asked for half a minute at once, the model gives it back as one stretch: its seconds are lost, and it may stop where a turn
sounds like the end of its prompt. Piece by piece every turn is heard, and its seconds are true to a few seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

WHOLE = 12.0
"""Seconds of sound up to which a recording is heard in one go."""
PAUSE = 1.2
"""Seconds of silence after which another turn of a talk begins."""
SHORTEST, LONGEST = 2.5, 15.0
"""Seconds a piece should have at least, so that it is worth a pass of the model, and at most."""


@dataclass(frozen=True, slots=True)
class Piece:
    """From and to a second of the recording."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


def pieces(speech: Iterable[Piece], pad: float) -> tuple[Piece, ...]:
    """The stretches of speech put together: cut at every pause, and where a piece would become too long.

    `pad` is the silence that each stretch has on both its sides.
    """
    found: list[Piece] = []
    for one in speech:
        last = found[-1] if found else None
        if last is None or _cut(last, one, pad):
            found.append(one)
        else:
            found[-1] = Piece(last.start, one.end)
    return tuple(found)


def _cut(last: Piece, following: Piece, pad: float) -> bool:
    if following.end - last.start > LONGEST:
        return True
    pause = following.start - last.end + 2 * pad
    return pause > PAUSE and last.seconds >= SHORTEST and following.seconds >= SHORTEST
