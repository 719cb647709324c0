"""Leases on both databases: one holder at a time, whatever happens at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from storage import leases
from storage.database import Database
from storage.leases import Grant, Holder
from storage.migrating import migrate

NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
TTL = timedelta(seconds=15)
NAME = "feishu/main"


def holder(name: str) -> Holder:
    return Holder(name, "app-1", 4242, "machine", "birth")


ONE, OTHER = holder("one"), holder("other")


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    await migrate(opened)
    yield opened
    await opened.close()


async def take(
    db: Database, who: Holder, now: datetime = NOW, *, name: str = NAME, over: int | None = None
) -> Grant | None:
    async with db.write() as tx:
        return await leases.acquire(tx, name, who, now, TTL, over=over)


async def taken(db: Database, who: Holder, now: datetime = NOW, *, over: int | None = None) -> Grant:
    grant = await take(db, who, now, over=over)
    assert grant is not None
    return grant


async def renews(db: Database, who: Holder, grant: Grant, now: datetime) -> bool:
    async with db.write() as tx:
        return await leases.renew(tx, NAME, who, grant, now + TTL)


async def holders(db: Database, now: datetime = NOW) -> dict[str, str]:
    async with db.read() as tx:
        return {name: lease.holder for name, lease in (await leases.all_held(tx, now)).items()}


async def test_what_is_free_is_taken_and_then_held(db: Database) -> None:
    assert await taken(db, ONE) == Grant(1, NOW + TTL)
    assert await take(db, OTHER) is None
    assert await holders(db) == {NAME: "one"}


async def test_each_app_has_its_own(db: Database) -> None:
    await taken(db, ONE)
    assert await take(db, OTHER, name="feishu/north") is not None
    assert await holders(db) == {NAME: "one", "feishu/north": "other"}


async def test_it_lapses_on_the_dot_and_the_fence_grows(db: Database) -> None:
    await taken(db, ONE)
    assert await take(db, OTHER, NOW + TTL - timedelta(microseconds=1)) is None
    assert (await taken(db, OTHER, NOW + TTL)).fence == 2


async def test_a_renewed_one_does_not_lapse(db: Database) -> None:
    grant = await taken(db, ONE)
    assert await renews(db, ONE, grant, NOW + TTL / 3)
    assert await take(db, OTHER, NOW + TTL) is None
    assert await holders(db, NOW + TTL) == {NAME: "one"}
    assert await holders(db, NOW + TTL * 4 / 3) == {}


async def test_who_was_followed_renews_nothing_and_gives_nothing_back(db: Database) -> None:
    old = await taken(db, ONE)
    await taken(db, OTHER, NOW + TTL)
    assert not await renews(db, ONE, old, NOW + TTL)
    async with db.write() as tx:
        await leases.release(tx, NAME, ONE, old, NOW + TTL)
    assert await holders(db, NOW + TTL) == {NAME: "other"}


async def test_the_same_process_under_an_older_number_holds_nothing(db: Database) -> None:
    old = await taken(db, ONE)
    fresh = await taken(db, ONE, NOW + timedelta(seconds=1))
    assert fresh.fence == old.fence + 1
    assert not await renews(db, ONE, old, NOW)
    assert await renews(db, ONE, fresh, NOW)


async def test_a_lapsed_one_that_nobody_took_is_still_ours(db: Database) -> None:
    grant = await taken(db, ONE)
    assert await renews(db, ONE, grant, NOW + timedelta(hours=3))
    assert await take(db, OTHER, NOW + timedelta(hours=3)) is None


async def test_what_is_given_back_is_free_at_once_and_keeps_its_number(db: Database) -> None:
    grant = await taken(db, ONE)
    async with db.write() as tx:
        await leases.release(tx, NAME, ONE, grant, NOW)
    assert await holders(db) == {}
    assert (await taken(db, OTHER)).fence == 2


async def test_a_dead_holder_is_followed_at_once_but_not_its_successor(db: Database) -> None:
    dead = await taken(db, ONE)
    assert (await taken(db, OTHER, over=dead.fence)).fence == 2
    assert await take(db, holder("third"), over=dead.fence) is None


@pytest.mark.parametrize("lapsed", [False, True])
async def test_of_many_at_once_exactly_one_gets_it(db: Database, lapsed: bool) -> None:
    now = NOW
    if lapsed:
        await taken(db, ONE)
        now = NOW + TTL
    grants = await asyncio.gather(*(take(db, holder(f"h{number}"), now) for number in range(10)))
    assert sum(grant is not None for grant in grants) == 1


async def test_since_is_when_the_holder_came(db: Database) -> None:
    grant = await taken(db, ONE)
    await renews(db, ONE, grant, NOW + TTL / 3)
    async with db.read() as tx:
        lease = await leases.held(tx, NAME)
    assert lease is not None
    assert (lease.since, lease.until, lease.host, lease.pid) == (NOW, NOW + TTL * 4 / 3, "app-1", 4242)
