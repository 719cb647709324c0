"""When a rule fires again for the same thing, and when it is looked at next."""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.calendar import BusinessCalendar
from rules.expression import Schedule
from rules.schedule import LOOK_AHEAD, NeverComes, Timetable


@dataclass(frozen=True, slots=True)
class Fired:
    """The last time a rule fired for something, with the inputs it saw."""

    at: datetime
    inputs: Mapping[str, str]


def fires(
    inputs: Mapping[str, str],
    last: Fired | None,
    now: datetime,
    *,
    again: timedelta,
    quiet_until: datetime | None = None,
) -> bool:
    """Whether a rule whose condition holds fires now.

    Once for the same inputs until `again` has passed; not while somebody has asked for quiet, and once more when
    that is over.
    """
    if quiet_until is not None and now < quiet_until:
        return False
    if last is None or inputs != last.inputs:
        return True
    if quiet_until is not None and last.at < quiet_until:
        return True
    return now - last.at >= again


def next_look(schedule: Schedule, after: datetime, calendar: BusinessCalendar) -> datetime:
    """The next moment a rule is looked at: on workdays only, since what it pushes is work.

    每天 and 每个工作日 are every workday; a week's or month's day that is off moves to the workday before it. Intervals
    run within working hours.

    Raises:
        NeverComes: nothing within the next 60 days.
    """
    if schedule.every != "month":
        weekday = schedule.day if schedule.every == "week" else None
        return Timetable(at=schedule.at, every=schedule.interval, weekday=weekday).next_after(after, calendar)
    assert schedule.at is not None and schedule.day is not None
    first = after.astimezone(calendar.zone).date()
    for offset in range(LOOK_AHEAD):
        day = first + timedelta(days=offset)
        moment = datetime.combine(day, schedule.at, calendar.zone)
        if moment > after and day == _workday_of_month(day, schedule.day, calendar):
            return moment
    raise NeverComes(f"从 {first} 起 {LOOK_AHEAD} 天内没有一次；请检查日历和时间")


def _workday_of_month(day: date, number: int, calendar: BusinessCalendar) -> date:
    """The month's n-th, or its last day where it is shorter; where it is off, the workday before it in that month,
    or after it where there is none.
    """
    last = months.monthrange(day.year, day.month)[1]
    wanted = day.replace(day=min(number, last))
    if calendar.is_workday(wanted):
        return wanted
    before = calendar.previous_workday(wanted)
    return before if before.month == wanted.month else calendar.next_workday(wanted)
