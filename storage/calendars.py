"""Business calendars as JSON: in settings, and as the snapshot a running clock keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from rules.calendar import BusinessCalendar


def snapshot(calendar: BusinessCalendar) -> dict[str, Any]:
    """A JSON value from which `restore` makes the same calendar."""
    week = [[f"{start:%H:%M}-{end:%H:%M}" for start, end in hours] for hours in calendar.week]
    days = {
        name: sorted(day.isoformat() for day in getattr(calendar, name))
        for name in ("extra_workdays", "extra_holidays", "leave")
    }
    return {"zone": str(calendar.zone), "week": week, **days}


def restore(plain: Mapping[str, Any]) -> BusinessCalendar:
    days = {
        name: frozenset(date.fromisoformat(day) for day in plain.get(name, ()))
        for name in ("extra_workdays", "extra_holidays", "leave")
    }
    week = tuple(tuple(hours(text) for text in day) for day in plain["week"])
    return BusinessCalendar(zone=ZoneInfo(plain["zone"]), week=week, **days)


def hours(text: str) -> tuple[time, time]:
    """09:00-12:00 as two times."""
    start, _, end = text.partition("-")
    return time.fromisoformat(start.strip()), time.fromisoformat(end.strip())


def from_setting(setting: Mapping[str, Any], zone: str) -> BusinessCalendar:
    """The company's calendar from its setting: hours of a workday, weekdays (1 = Monday), and the company's own days."""
    day = tuple(hours(text) for text in setting["hours"])
    week = tuple(day if number in setting["weekdays"] else () for number in range(1, 8))
    days = {
        name: frozenset(date.fromisoformat(str(one)) for one in setting.get(name, ()))
        for name in ("extra_workdays", "extra_holidays")
    }
    return BusinessCalendar(zone=ZoneInfo(zone), week=week, **days)
