"""From one message to its draft records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from transcription.draft import Draft
from transcription.lexicon import Lexicon
from transcription.transcript import Transcript

if TYPE_CHECKING:
    from rules.calendar import BusinessCalendar

Intent = Literal["record", "question", "smalltalk", "unknown"]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message means. `text` is the message as understood (misheard names repaired); spans point into it."""

    text: str
    intent: Intent
    drafts: tuple[Draft, ...] = ()


def understand(
    text: str,
    *,
    now: datetime,
    lexicon: Lexicon,
    transcript: Transcript | None = None,
    calendar: BusinessCalendar | None = None,
) -> Understanding:
    """The drafts in one message; `now` is aware and gives the zone that times are spoken in."""
    return Understanding(text=text, intent="unknown")
