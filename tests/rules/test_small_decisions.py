"""Stall, concession, priority, places: one table each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import CHINA, BusinessCalendar
from rules.concession import NonPositivePrice, concession, needs_second_approval
from rules.durations import Limit, parse_limit
from rules.places import Position, distance, is_far
from rules.priority import Entry, ranked
from rules.stall import limit_for, stalled, stalls_at

OFFICE = BusinessCalendar()


def local(text: str) -> datetime:
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)


def test_two_stages_have_limits_of_their_own() -> None:
    assert limit_for("方案演示") == Limit(timedelta(hours=48))
    assert limit_for("谈判") == Limit(timedelta(hours=72))


@pytest.mark.parametrize(
    ("entered", "contact", "now", "limit", "over"),
    [
        ("03-16 10:00", None, "03-18 09:59", "48小时", None),
        ("03-16 10:00", None, "03-18 10:00", "48小时", "0:00"),
        ("03-16 10:00", "03-17 10:00", "03-18 11:00", "48小时", None),
        ("03-16 10:00", "03-17 10:00", "03-19 13:00", "48小时", "3:00"),
        ("03-16 10:00", "03-01 10:00", "03-18 12:00", "48小时", "2:00"),  # a contact before the stage began
        ("03-20 17:00", None, "03-23 11:00", "2小时工作时间", "1:00"),
        ("09-30 10:00", None, "10-08 10:00", "2个工作日", None),
        ("09-30 10:00", None, "10-09 11:00", "2个工作日", "1:00"),
    ],
)
def test_stalled(entered: str, contact: str | None, now: str, limit: str, over: str | None) -> None:
    seen = local(contact) if contact else None
    stall = stalled(local(entered), seen, local(now), parse_limit(limit), OFFICE)
    expected = None if over is None else timedelta(hours=int(over.split(":")[0]))
    assert (stall.over if stall else None) == expected
    at = stalls_at(local(entered), seen, parse_limit(limit), OFFICE)
    assert (at <= local(now)) is (stall is not None)


def test_a_stall_says_since_when_and_how_long() -> None:
    stall = stalled(local("03-16 10:00"), local("03-17 08:00"), local("03-20 08:00"), limit_for("方案演示"), OFFICE)
    assert stall is not None
    assert (stall.since, stall.silent) == (local("03-17 08:00"), timedelta(days=3))


@pytest.mark.parametrize(
    ("deal", "target", "share", "second"),
    [
        ("87.5", "100", "0.125", True),
        ("88", "100", "0.12", False),
        ("87.99", "100", "0.1201", True),
        ("100", "100", "0", False),
        ("110", "100", "-0.1", False),
    ],
)
def test_concession(deal: str, target: str, share: str, second: bool) -> None:
    assert concession(Decimal(deal), Decimal(target)) == Decimal(share)
    assert needs_second_approval(Decimal(deal), Decimal(target)) is second


@pytest.mark.parametrize("target", ["0", "-5"])
def test_a_target_that_is_no_price_is_refused(target: str) -> None:
    with pytest.raises(NonPositivePrice, match="目标价要大于 0"):
        concession(Decimal(5), Decimal(target))


def test_the_days_list_begins_with_the_longest_silence() -> None:
    entries = [
        Entry(1, "云帆软件", local("03-18 08:00")),
        Entry(2, "宏达机械", local("03-11 23:59")),
        Entry(3, "新客户", None),
        Entry(4, "华联超市", local("03-12 00:00")),
        Entry(5, "未来", local("03-19 00:00")),
    ]
    found = ranked(entries, local("03-18 08:30"))
    assert [(rank.entry.key, rank.days, rank.untouched) for rank in found] == [
        (3, None, True),
        (2, 7, True),
        (4, 6, False),
        (1, 0, False),
        (5, 0, False),
    ]


def test_days_are_counted_in_the_teams_zone() -> None:
    late = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai
    (rank,) = ranked([Entry(1, "客户", late)], datetime(2026, 3, 17, 16, 30, tzinfo=UTC))
    assert rank.days == 8


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        (Position(31.2304, 121.4737), Position(31.2304, 121.4737), 0),
        (Position(31.2304, 121.4737), Position(39.9042, 116.4074), 1_067_000),  # Shanghai to Beijing
        (Position(0, 0), Position(0, 180), 20_015_115),  # half round the equator
        (Position(31.2304, 121.4737), Position(31.2349, 121.4737), 500),
    ],
)
def test_distances(a: Position, b: Position, metres: float) -> None:
    assert distance(a, b) == pytest.approx(metres, rel=0.002, abs=1)


@pytest.mark.parametrize(("metres", "accuracy", "far"), [(499, None, False), (502, None, True), (600, 150.0, False)])
def test_an_arrival_too_far_is_flagged_unless_the_phone_is_unsure(
    metres: float, accuracy: float | None, far: bool
) -> None:
    shop = Position(31.2304, 121.4737)
    assert is_far(Position(shop.latitude + metres / 111_195, shop.longitude, accuracy), shop) is far


positions = st.builds(Position, st.floats(-90, 90), st.floats(-180, 180))


@given(positions, positions)
def test_a_distance_is_the_same_both_ways_and_fits_on_the_earth(a: Position, b: Position) -> None:
    assert distance(a, b) == pytest.approx(distance(b, a), abs=1e-3)
    assert 0 <= distance(a, b) <= 20_015_200
