"""Chinese time phrases, future by default and business-aware."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rules.calendar import BusinessCalendar


@dataclass(frozen=True, slots=True)
class When:
    """A day (`minute` None), a minute, or a span of days (`last` set) that fixes no single point."""

    day: date
    minute: datetime | None = None
    last: date | None = None
    past: bool = False

    @property
    def point(self) -> date | datetime | None:
        """The fixed point in time, or None for a span."""
        return None if self.last is not None else self.minute or self.day


@dataclass(frozen=True, slots=True)
class Found:
    """A time phrase in a text."""

    when: When
    start: int
    end: int


def when(phrase: str, now: datetime, calendar: BusinessCalendar | None = None) -> When | None:
    """What a phrase fixes, or None where it fixes nothing."""
    found = find_when(phrase, now, calendar)
    return found[0].when if found else None


def find_when(text: str, now: datetime, calendar: BusinessCalendar | None = None) -> tuple[Found, ...]:
    """Every time phrase of a text, in order."""
    return ()
