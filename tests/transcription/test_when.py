"""The time grammar against its table, and what holds for any text."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import BusinessCalendar
from tests.transcription.conftest import CORPUS, NOW
from transcription.when import find_when, when

TABLE: list[dict[str, Any]] = [
    json.loads(line) for line in (CORPUS / "when.jsonl").read_text(encoding="utf-8").splitlines()
]


def written(point: date | datetime | None) -> str | None:
    return point.strftime("%Y-%m-%dT%H:%M") if isinstance(point, datetime) else point and point.isoformat()


def test_the_table_is_long_enough() -> None:
    assert len({(line["phrase"], line["now"]) for line in TABLE}) >= 300


@pytest.mark.parametrize("line", TABLE, ids=lambda line: f"{line['phrase']}@{line['now'][:10]}")
def test_phrase(line: dict[str, Any]) -> None:
    found = when(line["phrase"], datetime.fromisoformat(line["now"]))
    assert written(found.point if found else None) == line["when"]


@pytest.mark.parametrize(
    ("phrase", "first", "last"),
    [
        ("下周", "2026-05-25", "2026-05-31"),
        ("下个月初", "2026-06-01", "2026-06-10"),
        ("第三季度", "2026-07-01", "2026-09-30"),
        ("周三到周五", "2026-05-20", "2026-05-22"),
        ("端午期间", "2026-06-19", "2026-06-21"),
        ("下半年", "2026-07-01", "2026-12-31"),
    ],
)
def test_a_span_keeps_its_span(phrase: str, first: str, last: str) -> None:
    found = when(phrase, NOW)
    assert found is not None
    assert found.last is not None
    assert (found.day.isoformat(), found.last.isoformat()) == (first, last)
    assert found.point is None


@pytest.mark.parametrize("phrase", ["昨天", "上周五", "今天上午八点", "5月12号"])
def test_a_past_one_says_so(phrase: str) -> None:
    found = when(phrase, NOW)
    assert found is not None
    assert found.past


def test_company_days_count() -> None:
    calendar = BusinessCalendar().with_holiday(date(2026, 6, 22))
    found = when("端午后", NOW, calendar)
    assert found is not None
    assert found.day == date(2026, 6, 23)


def test_every_phrase_of_a_text_in_order() -> None:
    text = "上午去了，明天下午三点再谈，月底前签"
    assert [text[one.start : one.end] for one in find_when(text, NOW)] == ["上午", "明天下午三点", "月底前"]


@given(st.text(alphabet="今明后天下周一二三四五六日月号点半上午年底节前Q3到0123456789：:/第个工作", max_size=24))
def test_any_text_is_read_without_error_and_spans_lie_inside(text: str) -> None:
    found = find_when(text, NOW)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 30)), st.sampled_from("一二三四五六日"))
def test_next_week_is_next_week(moment: datetime, weekday: str) -> None:
    now = moment.replace(tzinfo=NOW.tzinfo)
    found = when(f"下周{weekday}", now)
    assert found is not None
    monday = now.date() - timedelta(days=now.weekday())
    assert found.day == monday + timedelta(days=7 + "一二三四五六日".index(weekday))


@given(st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 30)), st.integers(1, 31))
def test_a_day_of_the_month_is_never_past(moment: datetime, day: int) -> None:
    found = when(f"{day}号", moment.replace(tzinfo=NOW.tzinfo))
    assert found is not None
    assert found.day >= moment.date()
    assert found.day.day == day
