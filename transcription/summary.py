"""A conversation summary (沟通摘要) and the marks on a transcript, each with its place and its seconds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transcription.cues import pattern
from transcription.lexicon import Lexicon
from transcription.message import Message
from transcription.normal import normal
from transcription.repair import repair
from transcription.transcript import Transcript
from transcription.words import load

_MOST = 3
"""Entries of each kind that a card can show."""
_AROUND = 12
"""Characters on each side of a mark whose pace is compared with that of the whole recording."""

_STRETCHES = 3


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words of the talk, where they stand in the text and when they were said."""

    words: str
    start: int
    end: int
    seconds: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A word worth a look: `kind` is 价格, 竞品 or 犹豫.

    `pace` is the speed of the words around it as a share of the recording's own: below 1 slower. None without seconds.
    """

    kind: str
    excerpt: Excerpt
    pace: float | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """原话金句, 隐性需求 and 下一步卡点 of a talk, and the marks on it."""

    quotes: tuple[Excerpt, ...]
    needs: tuple[Excerpt, ...]
    blocker: Excerpt | None
    marks: tuple[Mark, ...]

    def count(self, kind: str) -> int:
        """How often a kind of mark occurs."""
        return sum(mark.kind == kind for mark in self.marks)


def summarise(message: Message, transcript: Transcript | None = None) -> Summary:
    """The summary of a message read by `understanding.read`; empty where nothing of the kind was said."""
    quotes = _found(message, transcript, "quotes", group="words")
    blockers = tuple(_found(message, transcript, "blockers"))
    return Summary(
        tuple(sorted(quotes, key=lambda one: -len(one.words)))[:_MOST],
        tuple(_found(message, transcript, "needs"))[:_MOST],
        blockers[-1] if blockers else None,
        tuple(marks(message, transcript)),
    )


def marks(message: Message, transcript: Transcript | None = None) -> Iterator[Mark]:
    """Price words, competitors and hesitation in the order of the text."""
    places = [("竞品", rival.start, rival.end) for rival in message.rivals]
    for kind, words in load("summary")["marks"].items():
        places += [(kind, hit.start(), hit.end()) for hit in re.finditer(words, message.masked)]
    for kind, start, end in sorted(places, key=lambda place: place[1]):
        yield Mark(kind, _excerpt(message, transcript, start, end), _pace(transcript, start, end))


def _found(message: Message, transcript: Transcript | None, field: str, group: str | int = 0) -> Iterator[Excerpt]:
    for hit in pattern("summary", field).finditer(message.masked):
        yield _excerpt(message, transcript, *hit.span(group))


def _excerpt(message: Message, transcript: Transcript | None, start: int, end: int) -> Excerpt:
    seconds = transcript.seconds(start, end) if transcript else None
    return Excerpt(message.text[start:end], start, end, seconds)


def _pace(transcript: Transcript | None, start: int, end: int) -> float | None:
    """Speed around a place over the speed of the whole: by its words' seconds, else by those of its stretch of a talk."""
    if transcript is None:
        return None
    if not any(segment.words for segment in transcript.segments):
        return _pace_of_segment(transcript, start)
    low, high = max(0, start - _AROUND), min(len(transcript.text), end + _AROUND)
    span = transcript.seconds(low, high)
    if span is None or span[1] <= span[0] or transcript.duration <= 0:
        return None
    return round((high - low) / (span[1] - span[0]) / (len(transcript.text) / transcript.duration), 2)


def _pace_of_segment(transcript: Transcript, place: int) -> float | None:
    """The speed of the stretch a place lies in; a talk of a few stretches has no speed of its own to compare with."""
    spoken = [segment for segment in transcript.segments if segment.end > segment.start]
    if len(spoken) < _STRETCHES:
        return None
    usual = sum(len(one.text) for one in spoken) / sum(one.end - one.start for one in spoken)
    offset = 0
    for segment in transcript.segments:
        offset += len(segment.text)
        if place < offset:
            lasted = segment.end - segment.start
            return round(len(segment.text) / lasted / usual, 2) if lasted > 0 and usual > 0 else None
    return None


def with_names_mended(text: str, lexicon: Lexicon) -> str:
    """The words as they were said, only misheard names written as they are: a quotation is nobody's else."""
    mended, changes = repair(normal(text), lexicon)
    indexes = (lexicon.customer_index, lexicon.competitor_index, lexicon.contact_index)
    names = [words for index in indexes for words in index.spelled if words in mended]
    spans = [hit.span() for words in names for hit in re.finditer(re.escape(words), mended)]
    kept = text
    for one in changes:
        end = one.start + len(one.meant)
        if any(start <= one.start and end <= stop for start, stop in spans):
            kept = kept[: one.start] + one.meant + kept[end:]
    return kept
