"""A month of the calendar as weeks of days, for a table."""

from __future__ import annotations

import calendar as gregorian
from dataclasses import dataclass
from datetime import date

from rules.calendar import BusinessCalendar


@dataclass(frozen=True, slots=True)
class Day:
    """`name` is what makes the day special (国庆节, 调休上班, 公司假日 …), empty for an ordinary one."""

    date: date
    works: bool
    name: str


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks from Monday to Sunday; None where a day belongs to another month. `provisional`: not yet announced."""

    weeks: tuple[tuple[Day | None, ...], ...]
    workdays: int
    provisional: bool


def month_of(first: date, calendar: BusinessCalendar) -> Month:
    """The month in which `first` lies."""
    weeks = tuple(
        tuple(_day(day, calendar) if day.month == first.month else None for day in week)
        for week in gregorian.Calendar().monthdatescalendar(first.year, first.month)
    )
    days = [day for week in weeks for day in week if day is not None]
    return Month(weeks, sum(day.works for day in days), any(calendar.is_provisional(day.date) for day in days))


def _day(day: date, calendar: BusinessCalendar) -> Day:
    name = calendar.day_name(day)
    return Day(day, calendar.is_workday(day), "" if name in ("工作日", "周末") else name)
