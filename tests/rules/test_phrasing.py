from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from rules import phrasing
from rules.calendar import CHINA, BusinessCalendar

OFFICE = BusinessCalendar()
WEDNESDAY = date(2026, 3, 18)


@pytest.mark.parametrize(
    ("that", "says"),
    [
        (date(2026, 3, 18), "今天"),
        (date(2026, 3, 19), "明天"),
        (date(2026, 3, 17), "昨天"),
        (date(2026, 3, 20), "周五"),
        (date(2026, 3, 22), "周日"),
        (date(2026, 3, 23), "下周一"),
        (date(2026, 3, 29), "下周日"),
        (date(2026, 3, 30), "3月30日"),
        (date(2026, 3, 16), "3月16日"),
        (date(2027, 1, 4), "2027年1月4日"),
    ],
)
def test_days_relative_to_a_wednesday(that: date, says: str) -> None:
    assert phrasing.day(that, WEDNESDAY) == says


def test_a_moment_is_said_in_the_teams_zone() -> None:
    now = datetime(2026, 3, 18, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
    assert phrasing.moment(now + timedelta(minutes=30), now, CHINA) == "今天 23:30"
    assert phrasing.moment(now + timedelta(hours=2), now, CHINA) == "明天 01:00"


@pytest.mark.parametrize(
    ("length", "says"),
    [
        (timedelta(seconds=20), "不到 1 分钟"),
        (timedelta(seconds=59), "1 分钟"),
        (timedelta(minutes=50), "50 分钟"),
        (timedelta(hours=3), "3 小时"),
        (timedelta(hours=3, minutes=50), "3 小时 50 分"),
        (timedelta(hours=3, minutes=59, seconds=59.9), "4 小时"),
        (timedelta(hours=53), "2 天 5 小时"),
        (timedelta(days=7), "7 天"),
    ],
)
def test_spans(length: timedelta, says: str) -> None:
    assert phrasing.span(length) == says


def test_what_is_left_says_whether_it_counts_working_time() -> None:
    assert phrasing.remaining(timedelta(hours=3, minutes=50), working=True) == "还剩 3 小时 50 分工作时间"
    assert phrasing.remaining(timedelta(hours=30), working=True) == "还剩 30 小时工作时间"
    assert phrasing.remaining(timedelta(hours=30), working=False) == "还剩 1 天 6 小时"
    assert phrasing.remaining(timedelta(minutes=-20), working=False) == "已超时 20 分钟"


def test_a_deadline_gives_the_moment_and_what_is_left() -> None:
    now = datetime(2026, 3, 18, 11, 49, tzinfo=CHINA)
    due = datetime(2026, 3, 18, 17, 9, tzinfo=CHINA)
    assert phrasing.until(due, now, OFFICE, True, "回复") == "今天 17:09 前回复（还剩 3 小时 50 分工作时间）"
    assert phrasing.until(due, now, OFFICE, False) == "今天 17:09（还剩 5 小时 20 分）"
