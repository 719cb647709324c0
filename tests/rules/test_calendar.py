from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar  # type: ignore[import-untyped]  # ships no type hints
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import CHINA, BusinessCalendar, NaiveMoment, NegativeAmount
from rules.hours import OFFICE_HOURS, BadCalendar, parse_week
from rules.statutory import UnknownHoliday

OFFICE = BusinessCalendar()
NIGHT_DESK = BusinessCalendar(week=(((time(8), time(10)), (time(14), time(16)), (time(20), time(0))),) * 6 + ((),))
HOUR = timedelta(hours=1)


def local(text: str) -> datetime:
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("day", "works", "name"),
    [
        (date(2026, 1, 1), False, "元旦"),
        (date(2026, 1, 4), True, "调休上班"),
        (date(2026, 2, 14), True, "调休上班"),
        (date(2026, 2, 16), False, "春节"),
        (date(2026, 2, 28), True, "调休上班"),
        (date(2026, 4, 6), False, "清明节"),
        (date(2026, 5, 9), True, "调休上班"),
        (date(2026, 6, 19), False, "端午节"),
        (date(2026, 9, 20), True, "调休上班"),
        (date(2026, 9, 25), False, "中秋节"),
        (date(2026, 10, 7), False, "国庆节"),
        (date(2026, 10, 8), True, "工作日"),
        (date(2026, 10, 10), True, "调休上班"),
        (date(2026, 10, 11), False, "周末"),
    ],
)
def test_2026_days(day: date, works: bool, name: str) -> None:
    assert OFFICE.is_workday(day) is works
    assert OFFICE.day_name(day) == name
    assert not OFFICE.is_provisional(day)


@pytest.mark.parametrize("year", range(2004, 2027))
def test_every_published_day_agrees_with_the_official_list(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [OFFICE.is_workday(day) for day in days] == [chinese_calendar.is_workday(day) for day in days]


def test_a_year_without_notice_is_estimated_and_says_so() -> None:
    assert OFFICE.is_provisional(date(2031, 10, 1))
    assert OFFICE.day_name(date(2031, 10, 1)) == "中秋节、国庆节"
    assert OFFICE.day_name(date(2031, 1, 22)) == "春节"
    assert not OFFICE.is_workday(date(2031, 10, 2))
    assert not OFFICE.with_holiday(date(2031, 10, 8)).is_provisional(date(2031, 10, 8))


@pytest.mark.parametrize(
    ("name", "year", "first", "last"),
    [
        ("元旦", 2026, date(2026, 1, 1), date(2026, 1, 3)),
        ("春节", 2026, date(2026, 2, 15), date(2026, 2, 23)),
        ("清明节", 2026, date(2026, 4, 4), date(2026, 4, 6)),
        ("劳动节", 2026, date(2026, 5, 1), date(2026, 5, 5)),
        ("端午节", 2026, date(2026, 6, 19), date(2026, 6, 21)),
        ("中秋节", 2026, date(2026, 9, 25), date(2026, 9, 27)),
        ("国庆节", 2026, date(2026, 10, 1), date(2026, 10, 7)),
        ("中秋节", 2025, date(2025, 10, 1), date(2025, 10, 8)),
        ("中秋节", 2020, date(2020, 10, 1), date(2020, 10, 8)),
        ("国庆节", 2023, date(2023, 9, 29), date(2023, 10, 6)),
        ("元旦", 2018, date(2017, 12, 30), date(2018, 1, 1)),
        ("清明节", 2027, date(2027, 4, 3), date(2027, 4, 5)),
    ],
)
def test_holiday_spans(name: str, year: int, first: date, last: date) -> None:
    assert OFFICE.holiday(name, year) == (first, last)


def test_unknown_holidays_name_what_there_is() -> None:
    with pytest.raises(UnknownHoliday, match=r"没有「双十一」.*元旦、春节"):
        OFFICE.holiday("双十一", 2026)
    with pytest.raises(UnknownHoliday, match="2006 年端午节不放假"):
        OFFICE.holiday("端午节", 2006)


def test_company_days_and_leave_override_the_statutory_calendar() -> None:
    national_day, friday = date(2026, 10, 1), date(2026, 10, 9)
    team = OFFICE.with_workday(national_day).with_holiday(friday)
    assert (team.is_workday(national_day), team.day_name(national_day)) == (True, "公司上班")
    assert (team.is_workday(friday), team.day_name(friday)) == (False, "公司假日")
    assert team.with_workday(friday).is_workday(friday)

    person = team.without([national_day, (date(2026, 10, 12), date(2026, 10, 14))])
    assert person.day_name(national_day) == "请假"
    assert person.next_workday(date(2026, 10, 10)) == date(2026, 10, 15)
    assert team.next_workday(date(2026, 10, 10)) == date(2026, 10, 12)


def test_counting_workdays_skips_the_golden_week() -> None:
    assert OFFICE.next_workday(date(2026, 9, 30)) == date(2026, 10, 8)
    assert OFFICE.next_workday(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert OFFICE.previous_workday(date(2026, 10, 8)) == date(2026, 9, 30)
    assert OFFICE.previous_workday(date(2026, 10, 12), 2) == date(2026, 10, 9)
    with pytest.raises(NegativeAmount):
        OFFICE.next_workday(date(2026, 9, 30), 0)


def test_a_make_up_day_has_ordinary_hours_and_leave_has_none() -> None:
    monday_to_sunday = [
        (start.astimezone(CHINA).time(), end.astimezone(CHINA).time())
        for start, end in OFFICE.intervals(date(2026, 10, 10))
    ]
    assert tuple(monday_to_sunday) == OFFICE_HOURS
    assert OFFICE.without([date(2026, 10, 10)]).intervals(date(2026, 10, 10)) == ()
    assert all(start.tzinfo is UTC for start, _ in OFFICE.intervals(date(2026, 10, 8)))


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("03-18 09:30", 2, "03-18 11:30"),
        ("03-18 11:39", 4, "03-18 17:09"),  # over lunch
        ("03-18 09:00", 3, "03-18 12:00"),  # ends with the interval, not after lunch
        ("03-18 12:30", 1, "03-18 14:30"),  # starts at lunch
        ("03-18 17:00", 4, "03-19 12:00"),  # into the next day
        ("03-18 22:00", 1, "03-19 10:00"),  # starts after hours
        ("03-18 06:00", 1, "03-18 10:00"),  # starts before hours
        ("03-20 17:00", 4, "03-23 12:00"),  # over a weekend
        ("02-14 17:00", 2, "02-24 10:00"),  # a make-up Saturday, then the Spring Festival
        ("02-27 17:00", 2, "02-28 10:00"),  # Friday into a make-up Saturday
        ("09-30 17:00", 2, "10-08 10:00"),
        ("03-18 20:00", 0, "03-18 20:00"),
    ],
)
def test_adding_working_hours(start: str, hours: int, end: str) -> None:
    assert OFFICE.add_working(local(start), hours * HOUR) == local(end)


@pytest.mark.parametrize(
    ("end", "hours", "start"),
    [
        ("03-18 17:09", 1, "03-18 16:09"),
        ("03-18 14:30", 1, "03-18 13:30"),  # people are back from lunch
        ("03-18 14:30", 2, "03-18 11:00"),
        ("03-19 09:30", 1, "03-18 17:30"),
        ("02-24 10:00", 2, "02-14 17:00"),
        ("03-18 20:00", 0, "03-18 20:00"),
    ],
)
def test_going_back_from_a_deadline(end: str, hours: int, start: str) -> None:
    assert OFFICE.subtract_working(local(end), hours * HOUR) == local(start)


@pytest.mark.parametrize(
    ("a", "b", "minutes"),
    [
        ("03-18 11:30", "03-18 14:00", 60),
        ("03-18 12:05", "03-18 13:20", 0),
        ("03-18 17:30", "03-19 09:30", 60),
        ("03-20 17:00", "03-23 10:00", 120),
        ("09-30 09:00", "10-08 18:00", 900),
        ("03-18 14:00", "03-18 11:30", -60),
    ],
)
def test_working_time_between(a: str, b: str, minutes: int) -> None:
    assert OFFICE.working_between(local(a), local(b)) == timedelta(minutes=minutes)


def test_three_intervals_and_midnight() -> None:
    assert NIGHT_DESK.add_working(local("03-18 09:00"), 6 * HOUR) == local("03-18 23:00")
    assert NIGHT_DESK.add_working(local("03-18 23:30"), HOUR) == local("03-19 08:30")
    assert NIGHT_DESK.day_length == 8 * HOUR
    assert NIGHT_DESK.is_working(local("03-18 23:59"))
    assert not NIGHT_DESK.is_working(local("03-18 10:00"))


def test_a_zone_with_summer_time_counts_real_hours() -> None:
    around_the_clock = BusinessCalendar(zone=ZoneInfo("Europe/Berlin"), week=(((time(0), time(0)),),) * 7)
    assert around_the_clock.day_length == 24 * HOUR
    ((start, end),) = around_the_clock.intervals(date(2026, 3, 29))
    assert end - start == 23 * HOUR


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        (((time(9), time(12)), (time(11), time(15))), "周一的时段 11:00-15:00"),
        (((time(12), time(9)),), "首尾颠倒"),
        (((time(20), time(0)), (time(21), time(22))), "首尾颠倒"),
        ((), "没有任何工作时间"),
    ],
)
def test_hours_that_cannot_be(hours: tuple[tuple[time, time], ...], says: str) -> None:
    with pytest.raises(BadCalendar, match=says):
        BusinessCalendar(week=(hours, (), (), (), (), (), ()))


def test_refusals_say_what_to_do() -> None:
    day = date(2026, 3, 18)
    with pytest.raises(BadCalendar, match="7 天"):
        BusinessCalendar(week=(OFFICE_HOURS,))
    with pytest.raises(BadCalendar, match="2026-03-18 不能既"):
        BusinessCalendar(extra_workdays=frozenset({day}), extra_holidays=frozenset({day}))
    with pytest.raises(BadCalendar, match="早于开始日"):
        OFFICE.without([(day, day - timedelta(days=1))])
    with pytest.raises(NegativeAmount, match="0 以上"):
        OFFICE.add_working(local("03-18 09:00"), -HOUR)
    with pytest.raises(NaiveMoment, match="没有时区"):
        OFFICE.add_working(datetime(2026, 3, 18, 9), HOUR)
    with pytest.raises(NegativeAmount, match="0 以上"):
        OFFICE.subtract_working(local("03-18 09:00"), -HOUR)
    for_years = OFFICE.without([(day, day + timedelta(days=1500))])
    with pytest.raises(BadCalendar, match="连续 1001 天"):
        for_years.add_working(local("03-18 09:00"), HOUR)
    with pytest.raises(BadCalendar, match="连续 1001 天"):
        for_years.next_workday(day)


def test_plain_values_keep_the_calendar() -> None:
    calendar = NIGHT_DESK.with_workday(date(2026, 10, 1)).with_holiday(date(2026, 10, 9)).without([date(2026, 10, 12)])
    assert BusinessCalendar.from_dict(json.loads(json.dumps(calendar.to_dict()))) == calendar
    assert BusinessCalendar.from_dict({}) == OFFICE


def test_hours_are_read_as_people_write_them() -> None:
    assert parse_week({"周三": ["9:00-12:00", "20：00-24:00"]})[2] == ((time(9), time(12)), (time(20), time(0)))
    with pytest.raises(BadCalendar, match="没有「星期三」"):
        parse_week({"星期三": []})
    with pytest.raises(BadCalendar, match="看不懂工作时段「九点到五点」"):
        parse_week({"周三": ["九点到五点"]})


moments = st.integers(0, 60 * 24 * 360).map(lambda m: datetime(2025, 12, 25, tzinfo=UTC) + timedelta(minutes=m))
amounts = st.integers(0, 60 * 80).map(lambda m: timedelta(minutes=m))
calendars = st.sampled_from([OFFICE, NIGHT_DESK, OFFICE.without([(date(2026, 3, 2), date(2026, 3, 6))])])


def minute_works(calendar: BusinessCalendar, minute: datetime) -> bool:
    """Whether a minute is worked, from the official list and the hours, with nothing of the code under test."""
    there = minute.astimezone(CHINA)
    saturday_desk = calendar is NIGHT_DESK and there.weekday() == 5
    official = (
        there.date() not in chinese_calendar.constants.holidays
        if saturday_desk
        else chinese_calendar.is_workday(there.date())
    )
    hours = calendar.week[0]
    inside = any(start <= there.time() and (there.time() < end or end == time(0)) for start, end in hours)
    return official and inside and there.date() not in calendar.leave


@given(calendars, moments, st.integers(0, 60 * 24 * 4))
def test_working_time_is_the_number_of_worked_minutes(calendar: BusinessCalendar, start: datetime, span: int) -> None:
    counted = sum(minute_works(calendar, start + timedelta(minutes=n)) for n in range(span))
    assert calendar.working_between(start, start + timedelta(minutes=span)) == timedelta(minutes=counted)


@given(calendars, moments, amounts)
def test_what_was_added_lies_between_and_not_a_minute_early(
    calendar: BusinessCalendar, start: datetime, amount: timedelta
) -> None:
    end = calendar.add_working(start, amount)
    assert calendar.working_between(start, end) == amount
    assert calendar.working_between(end, start) == -amount
    if amount:
        assert calendar.working_between(start, end - timedelta(minutes=1)) < amount


@given(calendars, moments, amounts)
def test_going_back_is_the_last_such_moment(calendar: BusinessCalendar, end: datetime, amount: timedelta) -> None:
    start = calendar.subtract_working(end, amount)
    assert calendar.working_between(start, end) == amount
    if amount:
        assert calendar.working_between(start + timedelta(minutes=1), end) < amount


@given(calendars, moments, amounts, amounts)
def test_adding_twice_is_adding_the_sum(
    calendar: BusinessCalendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    in_two = calendar.add_working(calendar.add_working(start, first), second)
    assert in_two == calendar.add_working(start, first + second)
