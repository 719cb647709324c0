"""How moments and lengths of time are said to people, relative to now in the team's zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from rules.calendar import BusinessCalendar
from rules.durations import between
from rules.hours import WEEKDAYS

_NEAR = {0: "今天", 1: "明天", -1: "昨天"}


def day(that: date, today: date) -> str:
    """今天, 明天, 昨天, 周五 (later this week), 下周一, 3月18日, 2027年1月4日."""
    if (that - today).days in _NEAR:
        return _NEAR[(that - today).days]
    weeks = (that - timedelta(days=that.weekday()) - today + timedelta(days=today.weekday())).days // 7
    if that > today and weeks < 2:
        return ("下" if weeks else "") + WEEKDAYS[that.weekday()]
    year = "" if that.year == today.year else f"{that.year}年"
    return f"{year}{that.month}月{that.day}日"


def moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """今天 15:39, 周五 17:00, 3月18日 10:00."""
    there = at.astimezone(zone)
    return f"{day(there.date(), now.astimezone(zone).date())} {there:%H:%M}"


def span(length: timedelta, *, days: bool = True) -> str:
    """3 小时 50 分, 50 分钟, 2 天 5 小时, to the nearest minute; with `days` false, hours go on past 24."""
    minutes = round(length.total_seconds() / 60)
    if minutes < 1:
        return "不到 1 分钟"
    hours, minutes = divmod(minutes, 60)
    if days and hours >= 24:
        return _join((hours // 24, "天"), (hours % 24, "小时"))
    return _join((hours, "小时"), (minutes, "分")) if hours else f"{minutes} 分钟"


def remaining(left: timedelta, working: bool) -> str:
    """还剩 3 小时 50 分工作时间; 已超时 20 分钟 once nothing is left."""
    kind = "工作时间" if working else ""
    if left >= timedelta(0):
        return f"还剩 {span(left, days=not working)}{kind}"
    return f"已超时 {span(-left, days=not working)}{kind}"


def until(due: datetime, now: datetime, calendar: BusinessCalendar, working: bool, todo: str = "") -> str:
    """今天 15:39 前回复（还剩 3 小时 50 分工作时间）: the moment, what to do by then, and what is left."""
    left = remaining(between(now, due, working, calendar), working)
    return f"{moment(due, now, calendar.zone)}{f' 前{todo}' if todo else ''}（{left}）"


def _join(*parts: tuple[int, str]) -> str:
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
