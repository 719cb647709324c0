"""Chinese time phrases, future by default and business-aware.

Conventions: a bare hour from one to seven is in the afternoon; a part of the day without an hour leaves the day; a
deadline (周五前, 三天内) is its last day; the end of a period (月底) is its last day, while its beginning (下个月初),
a whole week, month or quarter are spans and fix no point; 过几天 and 改天 fix nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from transcription.normal import normal
from transcription.numbers import small
from transcription.when_clock import Clock, clock_at
from transcription.when_days import Days, days_at
from transcription.workdays import Workdays, default_workdays


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
    """A time phrase in a text; `bare` where a clock or a part of the day stands without its day."""

    when: When
    start: int
    end: int
    bare: bool = False


_TAIL = re.compile(r"(?:下班前|下班之前|之前|以前|前后|前|左右|之内|以内)")
_JOIN = re.compile(r"(?:的|，|,| |、)?")
_RANGE = re.compile(r"(?:到|至|-|~|—|或者|或|还是|、|和)")
_AFTER = re.compile(
    r"(半|\d{1,3}|[一二两三四五六七八九十]{1,3})(个半|个)?(小时|钟头|分钟|刻钟)(以?后|之后|以内|之内|内)"
)
_BEGINS = frozenset(
    "大前昨今当下天明后上这本mtwfs除圣平情妇教建双差俩周星礼拜0123456789一二两三四五六七八九十半零再过去春元年清劳端中国节假小长月第季qs凌早午傍晚夜深正"
)


def when(phrase: str, now: datetime, calendar: Workdays | None = None) -> When | None:
    """What a phrase fixes, or None where it fixes nothing. `now` is aware; its zone is the speaker's."""
    found = find_when(phrase, now, calendar)
    if not found:
        return None
    return found[0].when


def find_when(text: str, now: datetime, calendar: Workdays | None = None) -> tuple[Found, ...]:
    """Every time phrase of a text, in order. `now` is aware; its zone is the speaker's."""
    plain = normal(text)
    calendar = calendar or default_workdays()
    found: list[Found] = []
    position = 0
    while position < len(plain):
        hit = _phrase_at(plain, position, now, calendar) if plain[position] in _BEGINS else None
        if hit is None:
            position += 1
        else:
            found.append(hit)
            position = hit.end
    return tuple(found)


def _phrase_at(text: str, start: int, now: datetime, calendar: Workdays) -> Found | None:
    hit = _AFTER.match(text, start)
    if hit:
        return _from_now(hit, now)
    days = days_at(text, start, now.date(), calendar)
    end = days.end if days else start
    joined = _JOIN.match(text, end) if days else None
    clock = clock_at(text, joined.end() if joined else end, led=days is not None)
    if days is None and clock is None:
        return None
    if clock is not None:
        end = clock.end
    tail = _TAIL.match(text, end)
    if tail and not text.startswith("前台", end):
        end = tail.end()
    return _with_range(text, Found(_settled(days, clock, now), start, end, bare=days is None), now, calendar)


def _from_now(hit: re.Match[str], now: datetime) -> Found:
    count, half, unit = hit.group(1), hit.group(2), hit.group(3)
    minutes = {"分钟": 1, "刻钟": 15}.get(unit, 60)
    amount = 0.5 if count == "半" else small(count) + (0.5 if half == "个半" else 0)
    moment = (now + timedelta(minutes=amount * minutes)).replace(second=0, microsecond=0)
    return Found(When(moment.date(), moment), hit.start(), hit.end())


def _settled(days: Days | None, clock: Clock | None, now: datetime) -> When:
    """The value of a day with a clock, either of which may be missing."""
    today = now.date()
    if days is None:
        assert clock is not None
        return _today_or_next(clock, now)
    if days.last is not None:
        return When(days.first, last=days.last, past=days.last < today)
    if clock is None or clock.at is None:
        return When(days.first, past=days.first < today)
    moment = _moment(days.first, clock, now)
    if days.bare and moment < now:
        moment += timedelta(days=7)  # 周三九点, said on a Wednesday at ten
    return When(moment.date(), moment, past=moment < now)


def _today_or_next(clock: Clock, now: datetime) -> When:
    """A clock without a day is its next time: today, or tomorrow where that hour is gone."""
    if clock.at is None:
        return When(now.date())
    moment = _moment(now.date(), clock, now)
    if moment < now:
        moment += timedelta(days=1)
    return When(moment.date(), moment)


def _moment(day: date, clock: Clock, now: datetime) -> datetime:
    assert clock.at is not None
    return datetime.combine(day + timedelta(days=clock.carry), clock.at, tzinfo=now.tzinfo)


def _with_range(text: str, first: Found, now: datetime, calendar: Workdays) -> Found:
    """周三到周五 and 周三或周四 are spans; 两点到三点 keeps its beginning."""
    joint = _RANGE.match(text, first.end)
    gap = joint.end() if joint else first.end
    days = days_at(text, gap, now.date(), calendar)
    if days is not None and joint is not None and days.first > first.when.day and not days.relative:
        last = days.last or days.first
        return replace(first, when=When(first.when.day, last=last, past=first.when.past), end=days.end)
    clock = clock_at(text, gap, led=True) if joint and first.when.minute else None
    return replace(first, end=clock.end) if clock is not None and clock.at is not None else first


def midnight(day: date, now: datetime) -> datetime:
    """The first moment of a day in the speaker's zone."""
    return datetime.combine(day, time(), tzinfo=now.tzinfo)
