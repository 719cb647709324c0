"""Time limits as people write them: 4小时工作时间, 2个工作日, 48小时, 30分钟, 4h."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from rules.calendar import BusinessCalendar, as_utc
from rules.errors import RulesError

_MINUTES = {"周": 10080, "天": 1440, "小时": 60, "分钟": 1}
_UNITS = {
    "周": ("周", "星期", "weeks", "week", "w"),
    "天": ("天", "日", "days", "day", "d"),
    "小时": ("小时", "钟头", "hours", "hour", "h"),
    "分钟": ("分钟", "分", "minutes", "mins", "min", "m"),
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}
_DIGITS = {**{digit: value for value, digit in enumerate("零一二三四五六七八九")}, "两": 2}
_NUMBER = r"(?:\d+(?:\.\d+)?|[零一二三四五六七八九十两]+|半)"
_PART = re.compile(rf"({_NUMBER})个?(半?)({'|'.join(sorted(_UNIT_OF, key=len, reverse=True))})")
_WORKDAYS = re.compile(rf"({_NUMBER})个?(半?)工作[日天]")
_WORKING = re.compile(r"的?工作时间$|工作(?=小时|分钟)")


class BadDuration(RulesError):
    """A text that is no length of time."""

    def __init__(self, text: str) -> None:
        super().__init__(f"看不懂时长「{text}」；请写成 4小时工作时间、2个工作日、48小时 或 30分钟")


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take: wall time, working time, or whole workdays.

    `workdays` (2 in "2个工作日") becomes an amount only with a calendar, since days differ in length between teams;
    `amount` is zero then. `str()` gives the canonical Chinese form, which `parse_limit` reads back.
    """

    amount: timedelta = timedelta(0)
    working: bool = False
    workdays: float = 0

    def duration(self, calendar: BusinessCalendar) -> timedelta:
        """The amount to count, in working time where `working`, else in wall time."""
        return calendar.day_length * self.workdays if self.workdays else self.amount

    def due(self, start: datetime, calendar: BusinessCalendar) -> datetime:
        """When the limit ends for a clock started at `start`; aware UTC."""
        return after(start, self.duration(calendar), self.working, calendar)

    def __str__(self) -> str:
        if self.workdays:
            return f"{self.workdays:g}个工作日"
        return compact(self.amount) + ("工作时间" if self.working else "")


def after(start: datetime, amount: timedelta, working: bool, calendar: BusinessCalendar) -> datetime:
    """`start` plus wall or working time. Never before the time has passed, and nothing added is `start`."""
    return calendar.add_working(start, amount) if working else as_utc(start) + amount


def before(end: datetime, amount: timedelta, working: bool, calendar: BusinessCalendar) -> datetime:
    """The last moment from which wall or working time `amount` is left until `end`."""
    return calendar.subtract_working(end, amount) if working else as_utc(end) - amount


def between(start: datetime, end: datetime, working: bool, calendar: BusinessCalendar) -> timedelta:
    """Wall or working time from `start` to `end`; negative when `end` is earlier."""
    return calendar.working_between(start, end) if working else as_utc(end) - as_utc(start)


def parse_limit(text: str) -> Limit:
    """The limit a text stands for; without the word 工作 it is wall time.

    Raises:
        BadDuration: no number with a unit, words left over, nothing above zero, or parts of a minute.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()
    days = _WORKDAYS.fullmatch(plain)
    if days and _number(days[1], days[2]):
        return Limit(working=True, workdays=float(_number(days[1], days[2])))
    bare = _WORKING.sub("", plain)
    return Limit(_amount(bare, text), working=bare != plain)


def parse_duration(text: str) -> timedelta:
    """A plain length of wall time, such as 3天 or 1小时30分.

    Raises:
        BadDuration: as `parse_limit`, or the text speaks of working time.
    """
    limit = parse_limit(text)
    if limit.working:
        raise BadDuration(text)
    return limit.amount


def compact(amount: timedelta) -> str:
    """48小时, 1小时30分钟, 7天: the form stored in definitions. Whole minutes; from 4 days on, whole days are days."""
    minutes = int(amount.total_seconds() // 60)
    if minutes >= 4 * 1440 and minutes % 1440 == 0:
        return f"{minutes // 1440}天"
    hours, minutes = divmod(minutes, 60)
    return (f"{hours}小时" if hours else "") + (f"{minutes}分钟" if minutes or not hours else "")


def _amount(bare: str, text: str) -> timedelta:
    parts = _PART.findall(bare)
    minutes = sum((_number(number, half) * _MINUTES[_UNIT_OF[unit]] for number, half, unit in parts), Decimal(0))
    if _PART.sub("", bare) or minutes <= 0 or minutes % 1:
        raise BadDuration(text)
    try:
        return timedelta(minutes=int(minutes))
    except OverflowError:
        raise BadDuration(text) from None


def _number(text: str, half: str) -> Decimal:
    return _whole(text) + (Decimal("0.5") if half else 0)


def _whole(text: str) -> Decimal:
    if text == "半":
        return Decimal("0.5")
    if text[0].isdigit():
        return Decimal(text)
    tens, ten, ones = text.rpartition("十")
    return Decimal((_DIGITS.get(tens or "一", 0) * 10 if ten else 0) + (_DIGITS.get(ones, 0) if ones else 0))
