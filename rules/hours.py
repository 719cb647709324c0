"""The weekly hours of a calendar, and how they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import time, timedelta

from rules.errors import RulesError

Hours = tuple[tuple[time, time], ...]

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
OFFICE_HOURS: Hours = ((time(9), time(12)), (time(13, 30), time(18)))
OFFICE_WEEK: tuple[Hours, ...] = (OFFICE_HOURS,) * 5 + ((), ())


class BadCalendar(RulesError):
    """The hours or days given contradict each other or leave no working time."""


def parse_week(plain: Mapping[str, Iterable[str]]) -> tuple[Hours, ...]:
    """{"周一": ["09:00-12:00", "13:30-18:00"], …} as hours of Monday to Sunday; absent days are off."""
    unknown = [name for name in plain if name not in WEEKDAYS]
    if unknown:
        raise BadCalendar(f"没有「{unknown[0]}」这一天；可用：{'、'.join(WEEKDAYS)}")
    return tuple(tuple(parse_interval(text) for text in plain.get(name, ())) for name in WEEKDAYS)


def parse_interval(text: str) -> tuple[time, time]:
    """Reads 09:00-12:00; 24:00 as an end is midnight."""
    try:
        start, end = text.replace("：", ":").replace("24:00", "00:00").split("-")
        return time.fromisoformat(start.strip().zfill(5)), time.fromisoformat(end.strip().zfill(5))
    except ValueError:
        raise BadCalendar(f"看不懂工作时段「{text}」；请写成 09:00-12:00") from None


def check_hours(weekday: str, hours: Hours) -> None:
    """Raises BadCalendar when the intervals overlap or run backwards; only the last may end at midnight."""
    reached = time(0)
    for position, (start, end) in enumerate(hours):
        to_midnight = end == time(0) and position == len(hours) - 1
        if start < reached or (end <= start and not to_midnight):
            raise BadCalendar(f"{weekday}的时段 {start:%H:%M}-{end:%H:%M} 和前面重叠或首尾颠倒；请按先后重写")
        reached = end


def length(start: time, end: time) -> timedelta:
    """How long an interval is; an end of 00:00 means midnight."""
    seconds = (end.hour - start.hour) * 3600 + (end.minute - start.minute) * 60 + end.second - start.second
    return timedelta(seconds=seconds if end > start else seconds + 86400)
