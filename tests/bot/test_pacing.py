"""Windows, scopes and the tenth of a silent limit that stays unused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pacing import Pacer, in_words, usable
from bot.platforms.base import Address, Limit

NOW = datetime(2026, 3, 11, 10, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LILEI, WANG = Address("feishu", "main", user="lilei"), Address("feishu", "main", user="wang")


def sent(pacer: Pacer, to: Address, limits: tuple[Limit, ...], times: int, at: datetime = NOW) -> None:
    for _ in range(times):
        assert pacer.hold(to, limits, at) is None
        pacer.count(to, limits, at)


@pytest.mark.parametrize(
    ("limit", "same_app", "same_person"),
    [
        (Limit("app", 2, SECOND), True, True),
        (Limit("receiver", 2, SECOND), False, True),
        (Limit("group", 2, SECOND), False, False),
    ],
)
def test_a_limit_holds_whom_it_is_about(limit: Limit, same_app: bool, same_person: bool) -> None:
    pacer = Pacer()
    sent(pacer, LILEI, (limit,), 2)
    assert (pacer.hold(LILEI, (limit,), NOW) is not None) is same_person
    assert (pacer.hold(WANG, (limit,), NOW) is not None) is same_app
    assert pacer.hold(Address("feishu", "other", user="lilei"), (limit,), NOW) is None


def test_the_longest_wait_counts() -> None:
    pacer, limits = Pacer(), (Limit("app", 1, SECOND), Limit("receiver", 1, MINUTE))
    sent(pacer, LILEI, limits, 1)
    hold = pacer.hold(LILEI, limits, NOW)
    assert hold is not None and (hold.until, hold.limit.scope) == (NOW + MINUTE, "receiver")
    assert pacer.hold(LILEI, limits, NOW + MINUTE) is None


def test_webhooks_are_no_groups_and_changes_are_counted_by_their_card() -> None:
    pacer = Pacer()
    limits = (Limit("group", 1, SECOND), Limit("webhook", 1, MINUTE), Limit("card", 1, SECOND))
    webhook, group = Address("wecom", "main", group="webhook:sales"), Address("wecom", "main", group="east")
    sent(pacer, webhook, limits, 1)
    assert pacer.hold(group, limits, NOW) is None
    assert pacer.hold(webhook, limits, NOW + SECOND) is not None
    pacer.count(LILEI, limits, NOW, card="k1")
    assert pacer.hold(WANG, limits, NOW, card="k1") is not None
    assert pacer.hold(WANG, limits, NOW, card="k2") is None


def test_of_a_silent_limit_a_tenth_stays_unused() -> None:
    assert [usable(Limit("receiver", count, MINUTE, silent=True)) for count in (1, 5, 30, 1000)] == [1, 4, 27, 900]
    assert usable(Limit("receiver", 30, MINUTE)) == 30
    assert in_words(Limit("app", 50, SECOND)) == "50 per 1 s for each app"


def test_a_push_of_several_messages_needs_room_for_all() -> None:
    pacer, limits = Pacer(), (Limit("receiver", 5, MINUTE),)
    pacer.count(LILEI, limits, NOW, weight=3)
    assert pacer.hold(LILEI, limits, NOW, weight=2) is None
    assert pacer.hold(LILEI, limits, NOW, weight=3) is not None
    assert Pacer().hold(LILEI, limits, NOW, weight=9) is None, "what is larger than the limit goes alone"


def test_who_was_silent_long_is_forgotten() -> None:
    pacer, limits = Pacer(), (Limit("receiver", 1, MINUTE),)
    pacer.count(LILEI, limits, NOW)
    pacer.forget(NOW + SECOND)
    assert pacer.hold(LILEI, limits, NOW + SECOND) is None


@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=80),
    st.integers(1, 6),
    st.integers(1, 30),
)
def test_no_window_ever_holds_more_than_allowed(pauses: list[int], count: int, seconds: int) -> None:
    """Whoever waits as long as told never exceeds the limit, and never waits without need."""
    pacer, limits, at = Pacer(), (Limit("app", count, timedelta(seconds=seconds)),), NOW
    went: list[datetime] = []
    for pause in pauses:
        at += timedelta(milliseconds=pause * 10)
        while (hold := pacer.hold(LILEI, limits, at)) is not None:
            assert len([one for one in went if at - one < limits[0].per]) == count
            at = hold.until
        pacer.count(LILEI, limits, at)
        went.append(at)
    for last in went:
        assert len([one for one in went if timedelta(0) <= last - one < limits[0].per]) <= count
