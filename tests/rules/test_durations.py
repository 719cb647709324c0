from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import CHINA, BusinessCalendar
from rules.durations import BadDuration, Limit, after, between, parse_duration, parse_limit

OFFICE = BusinessCalendar()


def local(text: str) -> datetime:
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("text", "minutes", "working", "canonical"),
    [
        ("4小时工作时间", 240, True, "4小时工作时间"),
        ("4 小时的工作时间", 240, True, "4小时工作时间"),
        ("4个工作小时", 240, True, "4小时工作时间"),
        ("四小时工作时间", 240, True, "4小时工作时间"),
        ("48小时", 2880, False, "48小时"),
        ("两天", 2880, False, "48小时"),
        ("30分钟", 30, False, "30分钟"),
        ("半小时", 30, False, "30分钟"),
        ("1个半小时", 90, False, "1小时30分钟"),
        ("１小时３０分", 90, False, "1小时30分钟"),
        ("4h", 240, False, "4小时"),
        ("1h30m", 90, False, "1小时30分钟"),
        ("1.5小时", 90, False, "1小时30分钟"),
        ("1周", 10080, False, "7天"),
        ("十五天", 21600, False, "15天"),
        ("二十四小时", 1440, False, "24小时"),
    ],
)
def test_limits_are_read_as_people_write_them(text: str, minutes: int, working: bool, canonical: str) -> None:
    limit = parse_limit(text)
    assert limit == Limit(timedelta(minutes=minutes), working)
    assert str(limit) == canonical
    assert parse_limit(canonical) == limit


@pytest.mark.parametrize(("text", "days"), [("2个工作日", 2), ("两个工作日", 2), ("1工作日", 1), ("半个工作日", 0.5)])
def test_workdays(text: str, days: float) -> None:
    limit = parse_limit(text)
    assert limit == Limit(working=True, workdays=days)
    assert parse_limit(str(limit)) == limit


@pytest.mark.parametrize(
    "text", ["", "很快", "4", "0小时", "0个工作日", "-4小时", "4小时左右", "0.01分钟", "9" * 20 + "天"]
)
def test_what_is_no_length_of_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadDuration, match="4小时工作时间、2个工作日"):
        parse_limit(text)


def test_a_plain_duration_is_not_working_time() -> None:
    assert parse_duration("3天") == timedelta(days=3)
    with pytest.raises(BadDuration):
        parse_duration("2个工作日")


@pytest.mark.parametrize(
    ("limit", "start", "due"),
    [
        ("4小时工作时间", "03-18 11:39", "03-18 17:09"),
        ("4小时", "03-18 11:39", "03-18 15:39"),
        ("48小时", "09-30 17:00", "10-02 17:00"),
        ("2个工作日", "03-18 10:00", "03-20 10:00"),
        ("1个工作日", "03-20 20:00", "03-23 18:00"),
        ("2个工作日", "09-30 10:00", "10-09 10:00"),
        ("半个工作日", "03-18 09:00", "03-18 14:15"),
    ],
)
def test_due(limit: str, start: str, due: str) -> None:
    assert parse_limit(limit).due(local(start), OFFICE) == local(due)


@given(st.integers(1, 60 * 24 * 400), st.booleans())
def test_every_limit_survives_being_written_down(minutes: int, working: bool) -> None:
    limit = Limit(timedelta(minutes=minutes), working)
    assert parse_limit(str(limit)) == limit


@given(st.integers(0, 60 * 24 * 300), st.integers(0, 60 * 100), st.booleans())
def test_what_is_added_is_what_lies_between(start: int, minutes: int, working: bool) -> None:
    begin, amount = local("01-01 00:00") + timedelta(minutes=start), timedelta(minutes=minutes)
    assert between(begin, after(begin, amount, working, OFFICE), working, OFFICE) == amount
