"""The loop that never gives up, and never hammers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import Credentials, Permanent, RetryAfter
from bot.platforms.reconnect import Backoff, keep_connected

SECOND = timedelta(seconds=1)


class Enough(BaseException):
    """Ends the endless loop."""


class Waits:
    """A clock that jumps over every sleep and remembers how long it was."""

    def __init__(self, rounds: int) -> None:
        self.moment = datetime(2026, 3, 2, tzinfo=UTC)
        self.waited: list[float] = []
        self.rounds = rounds

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, duration: timedelta) -> None:
        self.waited.append(duration.total_seconds())
        self.moment += duration
        if len(self.waited) == self.rounds:
            raise Enough


async def _run(
    clock: Waits, error: Exception | None, lives: timedelta = timedelta(0), chance: float = 1.0
) -> list[float]:
    async def live() -> None:
        clock.moment += lives
        if error is not None:
            raise error

    with pytest.raises(Enough):
        await keep_connected("feishu/main", live, clock, chance=lambda: chance)
    return clock.waited


async def test_waits_double_up_to_the_most() -> None:
    assert await _run(Waits(9), RetryAfter("down", SECOND)) == [1, 2, 4, 8, 16, 32, 64, 120, 120]


async def test_chance_halves_a_wait_at_most() -> None:
    assert await _run(Waits(3), Permanent("refused"), chance=0.0) == [0.5, 1, 2]


async def test_a_connection_that_lived_starts_the_count_anew() -> None:
    assert await _run(Waits(3), None, lives=timedelta(minutes=5)) == [1, 1, 1]


async def test_one_that_closes_at_once_does_not() -> None:
    assert await _run(Waits(3), None, lives=SECOND) == [1, 2, 4]


async def test_the_platforms_own_wait_is_honoured() -> None:
    assert await _run(Waits(2), RetryAfter("limit", timedelta(seconds=30))) == [30, 30]


async def test_wrong_credentials_are_tried_rarely() -> None:
    assert await _run(Waits(2), Credentials("secret")) == [300, 300]


async def test_a_defect_is_not_swallowed() -> None:
    async def live() -> None:
        raise KeyError("defect")

    with pytest.raises(KeyError):
        await keep_connected("feishu/main", live, Waits(1))


async def test_cancelling_ends_it() -> None:
    connected = asyncio.Event()

    async def live() -> None:
        connected.set()
        await asyncio.Event().wait()

    loop = asyncio.create_task(keep_connected("feishu/main", live, Waits(1)))
    await connected.wait()
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop


def test_a_thousandth_failure_does_not_overflow() -> None:
    assert Backoff().wait(1000, 0.999) <= timedelta(minutes=2)
