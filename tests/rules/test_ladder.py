from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import CHINA, BusinessCalendar
from rules.durations import parse_limit
from rules.flow_definition import FlowDef, Rung, StepDef
from rules.ladder import NoLimit, paused, resumed, resumed_due, schedule, upcoming

OFFICE = BusinessCalendar()
STEP = StepDef(
    "reply",
    "上级答复",
    ("superior(reporter)",),
    limit=parse_limit("4小时工作时间"),
    reminders=(parse_limit("1小时工作时间"), parse_limit("10分钟")),
    ladder=(Rung(parse_limit("30分钟工作时间"), "superior(owner)"), Rung(parse_limit("24小时"), "role:总经理")),
)


def local(text: str) -> datetime:
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)


def told(deadlines: object) -> list[tuple[str, int, str, str]]:
    assert isinstance(deadlines, tuple)
    return [(d.kind, d.index, f"{d.at.astimezone(CHINA):%m-%d %H:%M}", d.to) for d in deadlines]


def test_a_four_hour_clock_over_lunch() -> None:
    assert told(schedule(STEP, local("03-18 11:39"), OFFICE)) == [
        ("reminder", 0, "03-18 16:09", "owner"),
        ("reminder", 1, "03-18 16:59", "owner"),
        ("due", 0, "03-18 17:09", "owner"),
        ("escalation", 0, "03-18 17:39", "superior(owner)"),
        ("escalation", 1, "03-19 17:09", "role:总经理"),
    ]


def test_a_clock_started_on_the_eve_of_a_holiday_waits_for_the_first_workday() -> None:
    moments = [at for _, _, at, _ in told(schedule(STEP, local("09-30 17:00"), OFFICE))]
    assert moments == ["10-08 11:00", "10-08 11:50", "10-08 12:00", "10-08 14:00", "10-09 12:00"]


def test_on_leave_the_clock_waits_too() -> None:
    away = OFFICE.without([local("03-19 00:00").date()])
    assert schedule(STEP, local("03-18 17:00"), away)[2].at == local("03-20 12:00")


def test_a_reminder_before_the_start_is_left_out() -> None:
    short = StepDef("s", "快", ("reporter",), limit=parse_limit("30分钟"), reminders=(parse_limit("1小时"),))
    assert told(schedule(short, local("03-18 10:00"), OFFICE)) == [("due", 0, "03-18 10:30", "owner")]
    assert schedule(StepDef("s", "无时限", ("reporter",)), local("03-18 10:00"), OFFICE) == ()


def test_pause_and_resume_keep_what_was_left() -> None:
    due = schedule(STEP, local("03-18 09:00"), OFFICE)[2].at
    assert due == local("03-18 14:30")
    left = paused(STEP, due, local("03-18 10:30"), OFFICE)
    assert left == timedelta(hours=2, minutes=30)
    assert told(resumed(STEP, left, local("03-18 17:00"), OFFICE)) == [
        ("reminder", 0, "03-19 09:30", "owner"),
        ("reminder", 1, "03-19 10:20", "owner"),
        ("due", 0, "03-19 10:30", "owner"),
        ("escalation", 0, "03-19 11:00", "superior(owner)"),
        ("escalation", 1, "03-20 10:30", "role:总经理"),
    ]


def test_a_clock_paused_late_goes_on_being_late() -> None:
    due = local("03-18 14:30")
    left = paused(STEP, due, local("03-18 15:45"), OFFICE)
    assert left == -timedelta(hours=1, minutes=15)
    sent = {("reminder", 0), ("reminder", 1), ("due", 0), ("escalation", 0)}
    assert told(resumed(STEP, left, local("03-19 10:00"), OFFICE, sent)) == [
        ("escalation", 1, "03-19 17:45", "role:总经理")
    ]


def test_what_fell_due_but_was_never_sent_comes_at_once() -> None:
    late = resumed(STEP, -timedelta(hours=1), local("03-19 10:00"), OFFICE)
    assert told(late)[:2] == [
        ("due", 0, "03-19 10:00", "owner"),
        ("escalation", 0, "03-19 10:00", "superior(owner)"),
    ]


def test_a_known_due_moment_is_kept_to_the_minute() -> None:
    """Friday 18:00 and Monday 09:00 are the same working time, but a day later they are not."""
    due, now = local("03-20 18:00"), local("03-23 10:00")
    assert told(upcoming(STEP, due, now, OFFICE, {("due", 0)})) == [
        ("escalation", 0, "03-23 10:00", "superior(owner)"),
        ("escalation", 1, "03-23 10:00", "role:总经理"),
    ]


@given(st.integers(0, 60 * 24 * 100), st.integers(0, 240))
def test_resuming_at_once_changes_nothing(start: int, minutes: int) -> None:
    begun = local("01-05 09:00") + timedelta(minutes=start)
    deadlines = schedule(STEP, begun, OFFICE)
    due = next(d.at for d in deadlines if d.kind == "due")
    now = OFFICE.add_working(begun, timedelta(minutes=minutes))
    later = tuple(d for d in deadlines if d.kind != "reminder" or d.at > now)
    assert resumed(STEP, paused(STEP, due, now, OFFICE), now, OFFICE) == later


def test_a_step_without_limit_has_no_clock_to_pause() -> None:
    with pytest.raises(NoLimit, match="没有时限"):
        paused(StepDef("s", "无时限", ("reporter",)), local("03-18 10:00"), local("03-18 10:00"), OFFICE)


def test_the_ladder_of_a_snapshot_is_the_ladder_that_was_written() -> None:
    flow = FlowDef("f", "流程", 1, (STEP,))
    again = FlowDef.from_dict(flow.to_dict()).steps[0]
    assert schedule(again, local("03-18 09:00"), OFFICE) == schedule(STEP, local("03-18 09:00"), OFFICE)


@given(st.integers(0, 60 * 24 * 200), st.lists(st.tuples(st.integers(1, 200), st.integers(0, 3000)), max_size=5))
def test_however_often_it_pauses_the_owner_has_four_working_hours(start: int, pauses: list[tuple[int, int]]) -> None:
    """Each pair is minutes until the pause and minutes paused."""
    now = local("01-05 09:00") + timedelta(minutes=start)
    due, used = schedule(STEP, now, OFFICE)[2].at, timedelta(0)
    for running, waiting in pauses:
        stop = now + timedelta(minutes=running)
        used += OFFICE.working_between(now, stop)
        left = paused(STEP, due, stop, OFFICE)
        assert left == timedelta(hours=4) - used
        now = stop + timedelta(minutes=waiting)
        due = resumed_due(STEP, left, now, OFFICE)
        assert next(d.at for d in resumed(STEP, left, now, OFFICE) if d.kind == "due") == max(due, now)
    assert OFFICE.working_between(now, due) == timedelta(hours=4) - used
