"""The clause classifier beside the cue words: it drops what it finds impossible and adds what no cue word says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from transcription.classifier import LABELS, Reading, readings
from transcription.message import Candidate, Message
from transcription.stance import is_a_rivals, is_coming

SURE = 0.7
"""From this likelihood on a value is taken without a cue word."""
PERHAPS = 0.45
"""From this likelihood on a value is asked about."""
IMPOSSIBLE = 0.05
"""Below it a value is not taken in spite of its cue word."""
_ASKED = 0.5
_LOWEST, _SPAN = 0.5, 0.2
"""Confidence of a value taken by likeness alone: below what cue words give, 0.5 to 0.7."""


def second_reading(message: Message, found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates of the cue words that are likely, and those that only examples speak for."""
    likely = [one for one in readings(message) if not _is_not_ours(message, one)]
    kept = [one for one in found if one.slot not in LABELS or _best(likely, one) >= IMPOSSIBLE]
    return [*kept, *_unsaid(kept, likely)]


def _is_not_ours(message: Message, one: Reading) -> bool:
    """An act that is only about to be done, or a competitor's."""
    words = message.masked[one.start : one.end]
    return one.slot == "action" and (is_a_rivals(words) or (one.value != "已约拜访" and is_coming(words)))


def _best(likely: Iterable[Reading], found: Candidate) -> float:
    return max((one.likely for one in likely if _same(one, found)), default=0.0)


def _unsaid(kept: Sequence[Candidate], likely: Sequence[Reading]) -> list[Candidate]:
    """One candidate a value and place, narrowed to the clause that says most of it."""
    added: list[Candidate] = []
    for one in sorted(likely, key=lambda one: (one.likely < SURE, one.end - one.start, -one.likely)):
        if one.likely < PERHAPS or any(_same(one, other) for other in (*kept, *added)):
            continue
        added.append(_candidate(one, _narrowed(one, likely)))
    return sorted(added, key=lambda one: one.start)


def _same(one: Reading, other: Candidate) -> bool:
    meant = other.value or other.candidates[0]
    return one.slot == other.slot and one.value == meant and one.start < other.end and other.start < one.end


def _candidate(one: Reading, place: Reading) -> Candidate:
    """A value, or below the likelihood of one a value to be asked about."""
    if one.likely < SURE:
        return Candidate(one.slot, None, place.start, place.end, _ASKED, (one.value,))
    share = (one.likely - SURE) / (1 - SURE)
    return Candidate(one.slot, one.value, place.start, place.end, _LOWEST + _SPAN * share)


def _narrowed(one: Reading, likely: Iterable[Reading]) -> Reading:
    """The likeliest clause of a stretch of two; a single clause is its own."""
    inside = (
        other
        for other in likely
        if (other.slot, other.value) == (one.slot, one.value)
        and one.start <= other.start
        and other.end <= one.end
        and (other.start, other.end) != (one.start, one.end)
    )
    return max(inside, key=lambda other: other.likely, default=one)
