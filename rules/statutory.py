"""China's statutory holidays and make-up workdays (调休).

Source: chinesecalendar, which holds the State Council's yearly notices from 2004 on. The notice for a year appears in
the November before it; until the library has it, `holidays.China` estimates the days off. Such a year is
provisional: make-up workdays are not known yet and spans may still change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

import holidays
from chinese_calendar import constants

from rules.errors import RulesError

NAMES = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")

_CHINESE = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
_SATURDAY = 5
_DAY = timedelta(days=1)


class UnknownHoliday(RulesError):
    """No such holiday, or it was not a day off in that year."""


def published_years() -> range:
    """Years whose official notice the installed library knows."""
    return range(min(constants.workdays).year, max(constants.holidays).year + 1)


def is_provisional(year: int) -> bool:
    """True when the year's days off are an estimate."""
    return year not in published_years()


def is_makeup(day: date) -> bool:
    """True for a weekend day that the State Council declared a workday."""
    return day in constants.workdays and day.weekday() >= _SATURDAY


def holiday_name(day: date) -> str | None:
    """The holiday a day off belongs to, in Chinese; None for any other day. 中秋节、国庆节 when two meet."""
    return _days_off(day.year).get(day)


@lru_cache(maxsize=64)
def _days_off(year: int) -> Mapping[date, str]:
    if is_provisional(year):
        estimate = holidays.country_holidays("CN", years=year, language="zh_CN")
        return {day: _plain(name) for day, name in sorted(estimate.items())}
    return {day: _CHINESE[name] for day, name in constants.holidays.items() if day.year == year}


def _plain(estimated: str) -> str:
    """农历除夕（补假） is part of 春节; 中秋节; 国庆节 are two names on one day."""
    names = (re.sub(r"（.*?）", "", part).strip() for part in estimated.split(";"))
    return "、".join(dict.fromkeys("春节" if name == "农历除夕" else name for name in names))


@lru_cache(maxsize=512)
def span(name: str, year: int) -> tuple[date, date]:
    """First and last day off of a holiday, with the weekends and holidays (中秋节 next to 国庆节) it touches.

    Raises:
        UnknownHoliday: the name is none of `NAMES`, or it was no day off in that year.
    """
    if name not in NAMES:
        raise UnknownHoliday(f"没有「{name}」这个节日；可用：{'、'.join(NAMES)}")
    first = last = _anchor(name, year)
    while _is_off(first - _DAY):
        first -= _DAY
    while _is_off(last + _DAY):
        last += _DAY
    return first, last


def _anchor(name: str, year: int) -> date:
    days = [day for day, label in sorted(_days_off(year).items()) if name in label.split("、")]
    if days:
        return days[0]
    if name == "中秋节" and year in published_years() and year >= 2008:  # 2020: it fell on 1 October, named once
        return _anchor("国庆节", year)
    raise UnknownHoliday(f"{year} 年{name}不放假，换一个年份或节日")


@lru_cache(maxsize=64)
def festival(name: str, year: int) -> date:
    """The day of the festival itself, not the days off around it; 农历除夕 too. From `holidays.China`.

    Raises:
        UnknownHoliday: no such festival, or it was no day off in that year.
    """
    estimate = holidays.country_holidays("CN", years=year, language="zh_CN")
    for day, names in sorted(estimate.items()):
        if name in (part.strip() for part in names.split(";")):
            return day
    raise UnknownHoliday(f"{year} 年没有「{name}」，换一个年份或节日")


def _is_off(day: date) -> bool:
    return holiday_name(day) is not None or (day.weekday() >= _SATURDAY and not is_makeup(day))
