"""When a scheduled job comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from rules.calendar import BusinessCalendar
from rules.errors import RulesError

LOOK_AHEAD = 60
"""Days searched for the next occurrence; a longer gap is a mistake in the calendar or the timetable."""

FRIDAY = 4


class NeverComes(RulesError):
    """The timetable has no occurrence within the next 60 days."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """A job's times: at a time of day, or every so often within working hours; on workdays.

    `weekday` (0 = Monday) makes it weekly; when that day is off, it moves to the last workday before it in that week.
    `late`: how long after its moment it still makes sense, for a process that was down.
    """

    at: time | None = None
    every: timedelta | None = None
    weekday: int | None = None
    late: timedelta = timedelta(hours=4)

    def next_after(self, after: datetime, calendar: BusinessCalendar) -> datetime:
        """The first occurrence later than `after`. Raises NeverComes."""
        first = after.astimezone(calendar.zone).date()
        for offset in range(LOOK_AHEAD):
            day = first + timedelta(days=offset)
            for moment in self._on(day, calendar):
                if moment > after:
                    return moment
        raise NeverComes(f"从 {first} 起 {LOOK_AHEAD} 天内没有一次；请检查日历和时间")

    def _on(self, day: date, calendar: BusinessCalendar) -> list[datetime]:
        if not calendar.is_workday(day) or not self._is_the_day(day, calendar):
            return []
        if self.at is not None:
            return [datetime.combine(day, self.at, calendar.zone)]
        return [moment for start, end in calendar.intervals(day) for moment in _steps(start, end, self.every)]

    def _is_the_day(self, day: date, calendar: BusinessCalendar) -> bool:
        if self.weekday is None:
            return True
        wanted = day + timedelta(days=self.weekday - day.weekday())
        if calendar.is_workday(wanted):
            return day == wanted
        monday = day - timedelta(days=day.weekday())
        before = calendar.previous_workday(wanted)
        return day == before and before >= monday


def _steps(start: datetime, end: datetime, every: timedelta | None) -> list[datetime]:
    step = every or timedelta(hours=1)
    count = int((end - start) / step)
    return [start + step * n for n in range(count + 1)]
