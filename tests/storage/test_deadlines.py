"""Deadlines on both databases: armed once, fired once, cancelled, tried again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from storage import deadlines
from storage.database import Database
from storage.deadlines import Alarm
from storage.migrating import migrate

NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    await migrate(opened)
    yield opened
    await opened.close()


def alarm(key: str, at: datetime, subject: int = 1) -> Alarm:
    return Alarm(key, "flow.due", at, "step", subject, {"index": 0})


async def test_armed_once_and_never_early(db: Database) -> None:
    async with db.write() as tx:
        assert await deadlines.arm(tx, alarm("a", NOW + HOUR))
        assert not await deadlines.arm(tx, alarm("a", NOW))
        assert await deadlines.due(tx, NOW + HOUR - timedelta(microseconds=1)) == []
        assert [row.key for row in await deadlines.due(tx, NOW + HOUR)] == ["a"]
        assert await deadlines.next_at(tx) == NOW + HOUR


async def test_the_earliest_comes_first_and_each_fires_once(db: Database) -> None:
    async with db.write() as tx:
        for key, at in (("late", NOW), ("early", NOW - HOUR)):
            await deadlines.arm(tx, alarm(key, at))
        first, second = await deadlines.due(tx, NOW)
        assert (first.key, second.key) == ("early", "late")
        assert await deadlines.fire(tx, first.id, NOW)
        assert not await deadlines.fire(tx, first.id, NOW)
        assert [row.key for row in await deadlines.fired_for(tx, "step", 1)] == ["early"]


async def test_cancelled_ones_stay_silent_and_other_subjects_keep_theirs(db: Database) -> None:
    async with db.write() as tx:
        await deadlines.arm(tx, alarm("a", NOW, subject=1))
        await deadlines.arm(tx, alarm("b", NOW, subject=2))
        assert await deadlines.cancel(tx, "step", 1) == 1
        assert [row.key for row in await deadlines.due(tx, NOW)] == ["b"]
        assert [row.key for row in await deadlines.open_for(tx, "step", 2)] == ["b"]


async def test_one_that_failed_is_tried_again_then_kept_as_failed(db: Database) -> None:
    async with db.write() as tx:
        await deadlines.arm(tx, alarm("a", NOW))
        (row,) = await deadlines.due(tx, NOW)
        await deadlines.failed(tx, row.id, error="boom", retry_at=NOW + HOUR)
        assert await deadlines.due(tx, NOW) == []
        (again,) = await deadlines.due(tx, NOW + HOUR)
        await deadlines.failed(tx, again.id, error="boom", retry_at=None)
        assert (again.state, again.attempts) == ("failed", 2)
        assert await deadlines.due(tx, NOW + HOUR) == []
