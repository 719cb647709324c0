"""The demo's clock and its opening hour."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import SystemClock, VirtualClock
from bot.demo import opening
from bot.timemachine import target
from rules.calendar import CHINA, BusinessCalendar

CALENDAR = BusinessCalendar()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("now", "to", "then"),
    [
        ("2026-03-11T10:00", "+1h", "2026-03-11T11:00"),
        ("2026-03-11T10:00", "18:00", "2026-03-11T18:00"),
        ("2026-03-11T18:00", "18:00", "2026-03-12T18:00"),
        ("2026-03-13T19:00", "18:00", "2026-03-16T18:00"),
        ("2026-03-13T19:00", "next-8:30", "2026-03-16T08:30"),
        ("2026-03-11T07:00", "next-8:30", "2026-03-12T08:30"),
        ("2026-03-11T10:00", "friday-17:00", "2026-03-13T17:00"),
        ("2026-03-13T17:00", "friday-17:00", "2026-03-20T17:00"),
        ("2026-09-30T17:00", "next-8:30", "2026-10-08T08:30"),
    ],
)
def test_where_a_button_leads(now: str, to: str, then: str) -> None:
    assert target(to, local(now), CALENDAR) == local(then)


@pytest.mark.parametrize("to", ["yesterday-8:30", "25:00", "soon"])
def test_anything_else_is_refused(to: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        target(to, local("2026-03-11T10:00"), CALENDAR)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-11T10:30", "2026-03-11T10:30"),
        ("2026-03-11T23:00", "2026-03-11T10:00"),
        ("2026-03-11T06:00", "2026-03-10T10:00"),
        ("2026-03-15T12:00", "2026-03-13T10:00"),
        ("2026-10-05T12:00", "2026-09-30T10:00"),
    ],
)
def test_the_demo_opens_in_working_hours(now: str, opens: str) -> None:
    assert opening(local(now), CALENDAR) == local(opens)


def test_clocks_only_move_forward() -> None:
    virtual, system = VirtualClock(datetime(2026, 3, 11, tzinfo=UTC)), SystemClock()
    for clock in (virtual, system):
        with pytest.raises(ValueError, match="forward"):
            clock.move_to(datetime(2020, 1, 1, tzinfo=UTC))


async def test_sleepers_wake_when_their_time_has_come_and_not_before() -> None:
    clock = SystemClock()
    clock.move_to(clock.now() + timedelta(hours=1))
    short, long = (asyncio.create_task(clock.sleep(timedelta(minutes=minutes))) for minutes in (5, 50))
    await asyncio.sleep(0)
    assert not short.done(), "a move before it slept woke it"
    clock.move_to(clock.now() + timedelta(minutes=10))
    await asyncio.wait((short, long), return_when=asyncio.FIRST_COMPLETED)
    assert (short.done(), long.done()) == (True, False)
    clock.move_to(clock.now() + timedelta(minutes=45))
    await long
