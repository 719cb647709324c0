"""Once for the same thing, quiet when asked, and only on workdays."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import CHINA, BusinessCalendar
from rules.expression import Schedule
from rules.firing import Fired, fires, next_look

NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SAME, OTHER = {"客户等级": "A"}, {"客户等级": "B"}
CALENDAR = BusinessCalendar()


@pytest.mark.parametrize(
    ("last", "quiet", "fires_now"),
    [
        (None, None, True),
        (Fired(NOW - DAY, SAME), None, False),
        (Fired(NOW - DAY, OTHER), None, True),
        (Fired(NOW - 7 * DAY, SAME), None, True),
        (Fired(NOW - 7 * DAY + timedelta(seconds=1), SAME), None, False),
        (None, NOW + DAY, False),
        (Fired(NOW - DAY, OTHER), NOW + DAY, False),
        (Fired(NOW - 3 * DAY, SAME), NOW, True),
        (Fired(NOW - DAY, SAME), NOW - 2 * DAY, False),
    ],
)
def test_a_rule_fires_once_for_the_same_thing(last: Fired | None, quiet: datetime | None, fires_now: bool) -> None:
    assert fires(SAME, last, NOW, again=7 * DAY, quiet_until=quiet) is fires_now


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("schedule", "after", "expected"),
    [
        (Schedule("day", time(8, 30)), "2026-03-11T08:00", "2026-03-11T08:30"),
        (Schedule("day", time(8, 30)), "2026-03-13T08:30", "2026-03-16T08:30"),
        (Schedule("workday", time(17, 0)), "2026-03-13T16:00", "2026-03-13T17:00"),
        (Schedule("week", time(17, 0), 4), "2026-03-11T08:00", "2026-03-13T17:00"),
        (Schedule("interval", interval=timedelta(hours=1)), "2026-03-11T12:00", "2026-03-11T13:30"),
        (Schedule("month", time(9, 0), 31), "2026-03-11T09:00", "2026-03-31T09:00"),
        (Schedule("month", time(9, 0), 31), "2026-04-01T09:00", "2026-04-30T09:00"),
        (Schedule("month", time(9, 0), 15), "2026-03-01T09:00", "2026-03-13T09:00"),
        (Schedule("month", time(9, 0), 1), "2026-03-02T08:00", "2026-03-02T09:00"),
        (Schedule("month", time(9, 0), 1), "2026-04-30T08:00", "2026-05-06T09:00"),
    ],
)
def test_next_look(schedule: Schedule, after: str, expected: str) -> None:
    """13 March 2026 is a Friday, the 15th a Sunday, 31 March a Tuesday."""
    assert next_look(schedule, local(after), CALENDAR) == local(expected)


@given(st.integers(0, 1000), st.integers(1, 31))
def test_the_next_look_is_later_and_on_a_workday(hours: int, day: int) -> None:
    after = NOW + timedelta(hours=hours)
    found = next_look(Schedule("month", time(9, 0), day), after, CALENDAR)
    assert found > after
    assert CALENDAR.is_workday(found.astimezone(CHINA).date())
