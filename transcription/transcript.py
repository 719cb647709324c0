"""What was heard: text with its seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of the text with the seconds it was spoken in."""

    text: str
    start: float
    end: float
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech. `speaker` counts up from 0 where a long pause or a turn separates voices."""

    text: str
    start: float
    end: float
    words: tuple[Word, ...] = ()
    speaker: int = 0


@dataclass(frozen=True, slots=True)
class Transcript:
    """The text of a recording; `problem` is a Chinese sentence for the sender where there is no usable text."""

    text: str
    segments: tuple[Segment, ...] = ()
    duration: float = 0.0
    problem: str | None = None

    def seconds(self, start: int, end: int) -> tuple[float, float] | None:
        """The seconds of a character span of `text` (segments joined without separator), None outside of it."""
        first = self._second_of(start)
        last = self._second_of(end - 1, at_end=True)
        return None if first is None or last is None or end <= start else (first, last)

    def _second_of(self, position: int, at_end: bool = False) -> float | None:
        offset = 0
        for segment in self.segments:
            pieces = segment.words or (Word(segment.text, segment.start, segment.end),)
            for word in pieces:
                if offset <= position < offset + len(word.text):
                    share = (position - offset + at_end) / len(word.text)
                    return round(word.start + share * (word.end - word.start), 2)
                offset += len(word.text)
        return None


def from_plain(fields: Mapping[str, Any]) -> Transcript:
    """A transcript from its JSON, as `dataclasses.asdict` gives it."""
    segments = tuple(
        Segment(**{**segment, "words": tuple(Word(**word) for word in segment["words"])})
        for segment in fields["segments"]
    )
    return Transcript(**{**fields, "segments": segments})
