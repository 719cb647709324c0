"""A month as a table."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import BusinessCalendar
from rules.month import month_of

OCTOBER = month_of(date(2026, 10, 1), BusinessCalendar())


def test_holidays_and_make_up_days_are_named() -> None:
    days = {day.date.day: day for week in OCTOBER.weeks for day in week if day is not None}
    assert (days[1].name, days[1].works) == ("国庆节", False)
    assert (days[10].name, days[10].works) == ("调休上班", True)
    assert (days[12].name, days[12].works) == ("", True)
    assert (days[11].name, days[11].works) == ("", False)
    assert OCTOBER.workdays == 18
    assert not OCTOBER.provisional


def test_company_days_are_named() -> None:
    calendar = BusinessCalendar().with_holiday(date(2026, 10, 12)).with_workday(date(2026, 10, 11))
    month = month_of(date(2026, 10, 5), calendar)
    days = {day.date.day: day for week in month.weeks for day in week if day is not None}
    assert (days[12].name, days[12].works) == ("公司假日", False)
    assert (days[11].name, days[11].works) == ("公司上班", True)


def test_a_year_that_was_not_announced_is_provisional() -> None:
    assert month_of(date(2035, 5, 1), BusinessCalendar()).provisional


@given(st.dates(date(2005, 1, 1), date(2030, 12, 31)))
def test_every_day_of_the_month_stands_once_under_its_weekday(day: date) -> None:
    month = month_of(day, BusinessCalendar())
    shown = [(place, one.date) for week in month.weeks for place, one in enumerate(week) if one is not None]
    assert [one.day for _, one in shown] == list(range(1, len(shown) + 1))
    assert all(place == one.weekday() and one.month == day.month for place, one in shown)
