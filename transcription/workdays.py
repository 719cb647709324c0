"""What the time grammar asks of a business calendar."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Protocol

from rules.calendar import BusinessCalendar


class Workdays(Protocol):
    """The part of the business calendar that time phrases need."""

    def is_workday(self, day: date) -> bool:
        """Whether people work on that day."""
        ...

    def holiday(self, name: str, year: int) -> tuple[date, date]:
        """First and last day off of a statutory holiday."""
        ...


@cache
def default_workdays() -> Workdays:
    """The statutory calendar with an office week, for phrases that come without one."""
    return BusinessCalendar()


def workday_after(day: date, count: int, calendar: Workdays) -> date:
    """The `count`-th workday after a day; a negative count looks back."""
    step = timedelta(days=1 if count > 0 else -1)
    while count:
        day += step
        if calendar.is_workday(day):
            count -= 1 if count > 0 else -1
    return day
