"""Which clocks are forgotten, and what sets them going again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rules.audit import forgotten, mended
from rules.calendar import BusinessCalendar
from rules.flow_definition import FlowDef, StepDef

CALENDAR = BusinessCalendar()
OPENED = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
"""Wednesday 10:00 in Shanghai; 4 working hours end at 15:30."""
DUE = datetime(2026, 3, 11, 7, 30, tzinfo=UTC)


def step(**more: object) -> StepDef:
    body = {
        "name": "reply",
        "owner": "superior(reporter)",
        "limit": "4小时工作时间",
        "reminders": ["1小时工作时间"],
        "ladder": [{"after": "到期", "to": "superior(owner)"}, {"after": "4小时工作时间", "to": "person:陈总监"}],
    }
    return FlowDef.from_dict({"name": "f", "steps": [{**body, **more}]}).steps[0]


@pytest.mark.parametrize(
    ("rung", "expected"),
    [
        (set(), True),
        ({("reminder", 0)}, True),
        ({("reminder", 0), ("due", 0), ("escalation", 0)}, True),
        ({("due", 0), ("escalation", 0), ("escalation", 1)}, False),
    ],
)
def test_a_clock_is_forgotten_until_its_last_rung_has_rung(rung: set[tuple[str, int]], expected: bool) -> None:
    assert forgotten(step(), rung) is expected


def test_a_step_without_a_limit_is_never_forgotten() -> None:
    bare = step(limit=None, reminders=[], ladder=[])
    assert not forgotten(bare, set())
    assert mended(bare, OPENED, None, OPENED, CALENDAR, set()) == ()


def test_what_is_still_ahead_keeps_its_moment() -> None:
    moments = {
        each.key: each.at for each in mended(step(), OPENED, DUE, OPENED + timedelta(minutes=30), CALENDAR, set())
    }
    assert moments[("due", 0)] == DUE
    assert moments[("reminder", 0)] == datetime(2026, 3, 11, 6, 30, tzinfo=UTC)


def test_a_clock_that_was_never_set_runs_from_the_opening() -> None:
    moments = {each.key: each.at for each in mended(step(), OPENED, None, OPENED + timedelta(hours=1), CALENDAR, set())}
    assert moments[("due", 0)] == DUE


def test_what_was_missed_comes_at_once_and_only_that() -> None:
    late = DUE + timedelta(minutes=30)
    moments = {each.key: each.at for each in mended(step(), OPENED, DUE, late, CALENDAR, {("due", 0)})}
    assert ("due", 0) not in moments
    assert moments[("escalation", 0)] == late
    assert moments[("escalation", 1)] == datetime(2026, 3, 12, 2, 30, tzinfo=UTC)
