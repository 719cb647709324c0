"""A token is fetched once under concurrency, renewed before its end, and dropped when refused."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import VirtualClock
from bot.errors import RetryAfter
from bot.platforms.tokens import Token, TokenSource

HOUR = timedelta(hours=1)


class Counter:
    """A platform that numbers the tokens it gives, and fails while told to."""

    def __init__(self, life: timedelta = 2 * HOUR) -> None:
        self.given = 0
        self.life = life
        self.failing = False

    async def fetch(self) -> Token:
        await asyncio.sleep(0)
        if self.failing:
            raise RetryAfter("busy")
        self.given += 1
        return Token(f"t-{self.given}", self.life)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


async def test_a_hundred_callers_share_one_fetch(clock: VirtualClock) -> None:
    platform = Counter()
    tokens = TokenSource(platform.fetch, clock)
    assert set(await asyncio.gather(*(tokens.get() for _ in range(100)))) == {"t-1"}
    assert platform.given == 1


@pytest.mark.parametrize(
    ("life", "age", "expected"),
    [
        (2 * HOUR, timedelta(minutes=109), "t-1"),
        (2 * HOUR, timedelta(minutes=110), "t-2"),
        (timedelta(seconds=60), timedelta(seconds=44), "t-1"),  # a short life is used for three quarters
        (timedelta(seconds=60), timedelta(seconds=45), "t-2"),
    ],
)
async def test_it_is_renewed_before_its_end(
    clock: VirtualClock, life: timedelta, age: timedelta, expected: str
) -> None:
    tokens = TokenSource(Counter(life).fetch, clock)
    await tokens.get()
    clock.move_to(clock.now() + age)
    assert await tokens.get() == expected


async def test_invalidating_an_old_token_keeps_the_new_one(clock: VirtualClock) -> None:
    platform = Counter()
    tokens = TokenSource(platform.fetch, clock)
    tokens.invalidate(await tokens.get())
    assert await tokens.get() == "t-2"
    tokens.invalidate("t-1")
    assert await tokens.get() == "t-2"


async def test_a_refused_token_is_replaced_once_for_all_concurrent_calls(clock: VirtualClock) -> None:
    platform = Counter()
    tokens = TokenSource(platform.fetch, clock)
    await tokens.get()

    async def call(token: str) -> str:
        await asyncio.sleep(0)
        return "expired" if token == "t-1" else token

    answers = await asyncio.gather(*(tokens.use(call, lambda answer: answer == "expired") for _ in range(20)))
    assert set(answers) == {"t-2"}


async def test_a_token_refused_twice_is_not_asked_for_a_third_time(clock: VirtualClock) -> None:
    platform = Counter()
    seen: list[str] = []

    async def call(token: str) -> str:
        seen.append(token)
        return "expired"

    assert await TokenSource(platform.fetch, clock).use(call, lambda answer: True) == "expired"
    assert seen == ["t-1", "t-2"]


async def test_a_failed_fetch_reaches_every_caller_and_the_next_one_tries_again(clock: VirtualClock) -> None:
    platform = Counter()
    tokens = TokenSource(platform.fetch, clock)
    platform.failing = True
    results = await asyncio.gather(*(tokens.get() for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [RetryAfter] * 3
    platform.failing = False
    assert await tokens.get() == "t-1"


async def test_a_caller_who_gives_up_does_not_take_it_from_the_others(clock: VirtualClock) -> None:
    tokens = TokenSource(Counter().fetch, clock)
    impatient, patient = asyncio.create_task(tokens.get()), asyncio.create_task(tokens.get())
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == "t-1"


def test_a_token_never_prints_itself() -> None:
    assert "s3cret" not in f"{Token('s3cret', HOUR)!r} {Token('s3cret', HOUR)}"
