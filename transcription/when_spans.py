"""Weeks, months, quarters and years: 月底, 下个月初, Q3, 本月最后一个工作日."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from transcription.numbers import SMALL, small
from transcription.workdays import Workdays, workday_after


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days, or one day where `last` is None."""

    first: date
    end: int
    last: date | None = None


_MONTHS = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}
_MONTH = re.compile(
    r"(?:(?P<which>上上|下下|上|下|这|本|当)个?月|(?P<year>今年|明年|去年)?(?P<m>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?"
    r"|(?<![上下这本当个\d一二两三四五六七八九十半])月(?=底|末|初|中旬?(?![心标])|内))"
)
_QUARTER = re.compile(
    r"(?P<year>今年|明年)?(?:q(?P<q>[1-4])|第?(?P<c>[一二三四])季度|(?P<which>上|下|这|本)个?季度|(?<![一二三四上下这本个])季度?(?=末|底))"
)
_WEEK = re.compile(r"(?P<which>上上|下下|上|(?<!一)下|这|本)个?(?:周|星期|礼拜)(?![一二三四五六日天1-7])|周(?=内|末)")
_YEAR = re.compile(r"(?P<which>去|今|明|后)年|年(?=底|末)")  # 今年年底 is 今年底
_HALF = re.compile(r"(?P<year>今年|明年)?(?P<half>上|下)半年")
_EDGE = re.compile(r"的?年?(?P<edge>底|末|初|中旬|上旬|下旬|中(?![午心间标])|月底|月末)")
_NTH = re.compile(
    rf"的?(?:(?P<last>最后一个)|第(?P<n>{SMALL})个)(?:(?P<work>工作日)|(?:周|星期|礼拜)(?P<day>[一二三四五六日天]))"
)


def span_of_month(day: date) -> tuple[date, date]:
    """First and last day of the month a day lies in."""
    first = day.replace(day=1)
    return first, shift_months(first, 1) - timedelta(days=1)


def shift_months(day: date, count: int) -> date:
    """The same day of the month `count` months on, or that month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(number, day.day))
        except ValueError:
            continue
    raise AssertionError(f"no day {day.day} in {year}-{month + 1}")


def month_of(which: str, today: date) -> date | None:
    """The first day of the month that 下个月 or 本月 names."""
    for word in ("上上", "下下", "上", "下", "这", "本", "当"):
        if which.startswith(word):
            return shift_months(today.replace(day=1), _MONTHS[word])
    return None


def period_at(text: str, start: int, today: date, calendar: Workdays) -> Period | None:
    """The week, month, quarter, half-year or year in words that begins at `start`, or a point in it."""
    for form in (_quarter, _half, _month, _week, _year):
        span = form(text, start, today)
        if span is not None:
            return _narrowed(text, span, calendar)
    return None


def _month(text: str, start: int, today: date) -> Period | None:
    hit = _MONTH.match(text, start)
    if hit is None:
        return None
    if hit["m"]:
        first = date(today.year + _years(hit["year"]), small(hit["m"]), 1)
        if not hit["year"] and first < today.replace(day=1):
            first = shift_months(first, 12)
    else:
        first = shift_months(today.replace(day=1), _MONTHS[hit["which"]] if hit["which"] else 0)
    return Period(first, hit.end(), span_of_month(first)[1])


def _quarter(text: str, start: int, today: date) -> Period | None:
    hit = _QUARTER.match(text, start)
    if hit is None or (hit["q"] and start > 0 and text[start - 1].isascii() and text[start - 1].isalnum()):
        return None
    number = hit["q"] or hit["c"]
    current = (today.month - 1) // 3
    if number:
        first = date(today.year + _years(hit["year"]), 3 * (small(number) - 1) + 1, 1)
        if not hit["year"] and shift_months(first, 3) <= today:
            first = shift_months(first, 12)
    else:
        shift = {"上": -1, "下": 1}.get(hit["which"] or "", 0)
        first = shift_months(date(today.year, 3 * current + 1, 1), 3 * shift)
    return Period(first, hit.end(), shift_months(first, 3) - timedelta(days=1))


def _half(text: str, start: int, today: date) -> Period | None:
    hit = _HALF.match(text, start)
    if hit is None:
        return None
    first = date(today.year + _years(hit["year"]), 1 if hit["half"] == "上" else 7, 1)
    return Period(first, hit.end(), shift_months(first, 6) - timedelta(days=1))


def _week(text: str, start: int, today: date) -> Period | None:
    hit = _WEEK.match(text, start)
    if hit is None:
        return None
    weeks = _MONTHS[hit["which"]] if hit["which"] else 0
    monday = today + timedelta(days=7 * weeks - today.weekday())
    if text.startswith("末", hit.end()):
        return Period(monday + timedelta(days=5), hit.end() + 1, monday + timedelta(days=6))
    return Period(monday, hit.end(), monday + timedelta(days=6))


def _year(text: str, start: int, today: date) -> Period | None:
    hit = _YEAR.match(text, start)
    if hit is None:
        return None
    year = today.year + {"去": -1, "明": 1, "后": 2}.get(hit["which"] or "", 0)
    return Period(date(year, 1, 1), hit.end(), date(year, 12, 31))


def _years(word: str | None) -> int:
    return {"去年": -1, "明年": 1}.get(word or "", 0)


def _narrowed(text: str, span: Period, calendar: Workdays) -> Period:
    """The period, or the part of it that the next words name."""
    nth = _NTH.match(text, span.end)
    assert span.last is not None
    if nth is not None:
        day = _nth_day(nth, span.first, span.last, calendar)
        return Period(day, nth.end()) if day else span
    edge = _EDGE.match(text, span.end)
    if edge is None or text[span.end - 1] == "末":
        return span
    name, end = edge["edge"], edge.end()
    if name in ("底", "末", "月底", "月末"):
        return span if _is_week(span) else Period(span.last, end)
    return _third(span, name, end)


def _is_week(span: Period) -> bool:
    return span.last is not None and (span.last - span.first).days <= 6


def _third(span: Period, name: str, end: int) -> Period:
    assert span.last is not None
    thirds = {"初": (0, 9), "上旬": (0, 9), "中旬": (10, 19), "中": (10, 19), "下旬": (20, 40)}
    low, high = (0, 1) if _is_week(span) and name == "初" else thirds[name]
    return Period(span.first + timedelta(days=low), end, min(span.last, span.first + timedelta(days=high)))


def _nth_day(nth: re.Match[str], first: date, last: date, calendar: Workdays) -> date | None:
    if nth["work"]:
        day = workday_after(last + timedelta(days=1), -1, calendar)
        if not nth["last"]:
            day = workday_after(first - timedelta(days=1), small(nth["n"]), calendar)
        return day if first <= day <= last else None
    weekday = "一二三四五六日".index(nth["day"].replace("天", "日"))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    days = [day for day in days if day.weekday() == weekday]
    index = -1 if nth["last"] else small(nth["n"]) - 1
    return days[index] if index < len(days) else None
