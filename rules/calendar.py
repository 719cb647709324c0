"""Working time: which days and hours a team works, and arithmetic on them.

Statutory holidays and make-up workdays come first, then the company's own days, then a person's leave. Instants go in
and come out aware; results are UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rules import statutory
from rules.errors import RulesError
from rules.hours import OFFICE_WEEK, WEEKDAYS, BadCalendar, Hours, check_hours, length, parse_week

Span = tuple[datetime, datetime]

CHINA = ZoneInfo("Asia/Shanghai")

_ZERO = timedelta(0)
_DAY = timedelta(days=1)
_LONGEST_BREAK = 1000  # days without work after which a calendar is taken for a mistake


class NaiveMoment(RulesError):
    """A moment without a time zone cannot be placed on the calendar."""


class NegativeAmount(RulesError):
    """Working time can only be added, not taken away."""


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """A team's or one person's working time.

    `week` holds the hours of Monday to Sunday, several intervals a day; an end of 00:00 means midnight. A make-up
    workday has the hours of the first weekday that has any. A company day in `extra_workdays` or `extra_holidays`
    beats the statutory calendar, and `leave` beats everything.

    Raises:
        BadCalendar: intervals overlap or run backwards, no hours at all, or one day both worked and off.
    """

    zone: ZoneInfo = CHINA
    week: tuple[Hours, ...] = OFFICE_WEEK
    extra_workdays: frozenset[date] = frozenset()
    extra_holidays: frozenset[date] = frozenset()
    leave: frozenset[date] = frozenset()
    _cache: dict[date, tuple[Span, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != len(WEEKDAYS):
            raise BadCalendar(f"一周要给 7 天的工作时间，现在有 {len(self.week)} 天；不上班的日子留空")
        if not any(self.week):
            raise BadCalendar("一周里没有任何工作时间；请至少给一天，例如 周一：09:00-12:00、13:30-18:00")
        for weekday, hours in zip(WEEKDAYS, self.week, strict=True):
            check_hours(weekday, hours)
        both = self.extra_workdays & self.extra_holidays
        if both:
            raise BadCalendar(f"{min(both)} 不能既加为工作日又加为假日；请去掉其中一个")

    # Days

    def is_workday(self, day: date) -> bool:
        if day in self.leave:
            return False
        if day in self.extra_workdays:
            return True
        if day in self.extra_holidays or statutory.holiday_name(day) is not None:
            return False
        return statutory.is_makeup(day) or bool(self.week[day.weekday()])

    def is_provisional(self, day: date) -> bool:
        """True while the State Council's notice for that year is not known here; company days are certain."""
        decided = day in self.extra_workdays or day in self.extra_holidays
        return not decided and statutory.is_provisional(day.year)

    def day_name(self, day: date) -> str:
        """工作日, 周末, 国庆节, 调休上班, 公司假日, 公司上班 or 请假."""
        if day in self.leave:
            return "请假"
        if day in self.extra_workdays:
            return "公司上班"
        if day in self.extra_holidays:
            return "公司假日"
        if statutory.is_makeup(day):
            return "调休上班"
        return statutory.holiday_name(day) or ("工作日" if self.week[day.weekday()] else "周末")

    def next_workday(self, day: date, n: int = 1) -> date:
        """The n-th workday after `day`, which itself does not count."""
        return self._step(day, n, _DAY)

    def previous_workday(self, day: date, n: int = 1) -> date:
        """The n-th workday before `day`, which itself does not count."""
        return self._step(day, n, -_DAY)

    def _step(self, day: date, n: int, step: timedelta) -> date:
        if n < 1:
            raise NegativeAmount(f"要数 {n} 个工作日；请给 1 以上的整数")
        idle = 0
        while n:
            day += step
            idle = 0 if self.is_workday(day) else idle + 1
            n -= idle == 0
            _refuse_endless(day, idle)
        return day

    def holiday(self, name: str, year: int) -> tuple[date, date]:
        """First and last statutory day off of 元旦, 春节, 清明节, 劳动节, 端午节, 中秋节 or 国庆节.

        Raises:
            UnknownHoliday: no such name, or no day off in that year.
        """
        return statutory.span(name, year)

    def without(self, days: Iterable[date | tuple[date, date]]) -> BusinessCalendar:
        """The same calendar for a person who is away on these days or spans (both ends included)."""
        away: set[date] = set()
        for entry in days:
            first, last = entry if isinstance(entry, tuple) else (entry, entry)
            if last < first:
                raise BadCalendar(f"请假的结束日 {last} 早于开始日 {first}；请对调")
            away.update(first + _DAY * i for i in range((last - first).days + 1))
        return replace(self, leave=self.leave | away)

    def with_workday(self, day: date) -> BusinessCalendar:
        """The company works on this day, whatever the statutory calendar says."""
        return replace(self, extra_workdays=self.extra_workdays | {day}, extra_holidays=self.extra_holidays - {day})

    def with_holiday(self, day: date) -> BusinessCalendar:
        """The company is closed on this day."""
        return replace(self, extra_workdays=self.extra_workdays - {day}, extra_holidays=self.extra_holidays | {day})

    # Hours

    @property
    def normal_hours(self) -> Hours:
        """The hours of an ordinary day: those of the first weekday that has any."""
        return next(hours for hours in self.week if hours)

    @property
    def day_length(self) -> timedelta:
        """Working time in one ordinary day: what "1 个工作日" means as an amount."""
        return sum((length(start, end) for start, end in self.normal_hours), _ZERO)

    def intervals(self, day: date) -> tuple[Span, ...]:
        """The day's working intervals in order, as aware UTC instants; empty on a day off."""
        known = self._cache.get(day)
        if known is None:
            known = self._cache[day] = self._intervals(day)
        return known

    def _intervals(self, day: date) -> tuple[Span, ...]:
        if not self.is_workday(day):
            return ()
        hours = self.week[day.weekday()] or self.normal_hours
        return tuple((self._at(day, start), self._at(day if end > start else day + _DAY, end)) for start, end in hours)

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def is_working(self, moment: datetime) -> bool:
        """True inside an interval; its end no longer counts."""
        moment = as_utc(moment)
        return any(start <= moment < end for start, end in self.intervals(self.local_day(moment)))

    def local_day(self, moment: datetime) -> date:
        """The date on the team's wall at that moment."""
        return as_utc(moment).astimezone(self.zone).date()

    # Arithmetic

    def add_working(self, start: datetime, amount: timedelta) -> datetime:
        """The first moment by which `amount` of working time has passed since `start`.

        Four hours from 14:00 end at 18:00, not at 09:00 of the next day. Nothing added gives `start`.

        Raises:
            NegativeAmount: `amount` is below zero.
            NaiveMoment: `start` has no time zone.
            BadCalendar: no working time in the next 1000 days.
        """
        if amount < _ZERO:
            raise NegativeAmount(f"工作时间不能是负数（{amount}）；请给 0 以上的时长")
        moment, day, idle = as_utc(start), self.local_day(start), 0
        while amount > _ZERO:
            for opens, closes in self.intervals(day):
                begin = max(opens, moment)
                if closes - begin >= amount:
                    return begin + amount
                amount -= max(closes - begin, _ZERO)
            idle = 0 if self.intervals(day) else idle + 1
            _refuse_endless(day, idle)
            day += _DAY
        return moment

    def subtract_working(self, end: datetime, amount: timedelta) -> datetime:
        """The last moment from which `amount` of working time is left until `end`: when to remind.

        Raises:
            NegativeAmount, NaiveMoment, BadCalendar: as `add_working`.
        """
        if amount < _ZERO:
            raise NegativeAmount(f"工作时间不能是负数（{amount}）；请给 0 以上的时长")
        moment, day, idle = as_utc(end), self.local_day(end), 0
        while amount > _ZERO:
            for opens, closes in reversed(self.intervals(day)):
                finish = min(closes, moment)
                if finish - opens >= amount:
                    return finish - amount
                amount -= max(finish - opens, _ZERO)
            idle = 0 if self.intervals(day) else idle + 1
            _refuse_endless(day, idle)
            day -= _DAY
        return moment

    def working_between(self, a: datetime, b: datetime) -> timedelta:
        """Working time from `a` to `b`; negative when `b` is the earlier one."""
        a, b = as_utc(a), as_utc(b)
        if b < a:
            return -self.working_between(b, a)
        total, day, last = _ZERO, self.local_day(a), self.local_day(b)
        while day <= last:
            for opens, closes in self.intervals(day):
                total += max(min(closes, b) - max(opens, a), _ZERO)
            day += _DAY
        return total

    # Plain values

    def to_dict(self) -> dict[str, Any]:
        """A JSON value: {"zone", "week": {"周一": ["09:00-12:00", …]}, "extra_workdays", "extra_holidays", "leave"}."""
        hours = {name: [f"{a:%H:%M}-{b:%H:%M}" for a, b in day] for name, day in zip(WEEKDAYS, self.week, strict=True)}
        return {
            "zone": self.zone.key,
            "week": {name: spans for name, spans in hours.items() if spans},
            "extra_workdays": [day.isoformat() for day in sorted(self.extra_workdays)],
            "extra_holidays": [day.isoformat() for day in sorted(self.extra_holidays)],
            "leave": [day.isoformat() for day in sorted(self.leave)],
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> BusinessCalendar:
        """The inverse of `to_dict`; whatever is absent has its default.

        Raises:
            BadCalendar: a weekday or an interval cannot be read.
        """
        return cls(
            zone=ZoneInfo(plain.get("zone", CHINA.key)),
            week=parse_week(plain["week"]) if "week" in plain else OFFICE_WEEK,
            extra_workdays=_days(plain.get("extra_workdays", ())),
            extra_holidays=_days(plain.get("extra_holidays", ())),
            leave=_days(plain.get("leave", ())),
        )


def as_utc(moment: datetime) -> datetime:
    """The same instant in UTC.

    Raises:
        NaiveMoment: it has no time zone.
    """
    if moment.tzinfo is None:
        raise NaiveMoment(f"时间 {moment} 没有时区；请给带时区的时间")
    return moment.astimezone(UTC)


def _refuse_endless(day: date, idle: int) -> None:
    if idle > _LONGEST_BREAK:
        raise BadCalendar(f"到 {day} 为止连续 {idle} 天没有工作时间；请检查公司假日和请假")


def _days(texts: Iterable[str | date]) -> frozenset[date]:
    return frozenset(text if isinstance(text, date) else date.fromisoformat(text) for text in texts)
