"""The inbox on both databases: durable, unique, in order, failing politely."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage import inbox
from storage.database import Database
from storage.inbox import InboxWriter, Received, inbox_writer
from storage.migrating import migrate

NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
MESSAGE = Received("console", "web", "e1", "box", '{"text": "你好"}', NOW)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    await migrate(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def writer(db: Database) -> AsyncIterator[InboxWriter]:
    opened = inbox_writer(db)
    yield opened
    await opened.close()


async def test_a_message_is_new_once(writer: InboxWriter) -> None:
    assert await writer.put(MESSAGE)
    assert not await writer.put(MESSAGE)
    assert await writer.put(replace(MESSAGE, app="other"))


async def test_many_at_once_each_hear_the_truth(db: Database, writer: InboxWriter) -> None:
    messages = [replace(MESSAGE, event_key=f"e{number % 300}", mailbox=f"box{number % 7}") for number in range(900)]
    fresh = await asyncio.gather(*(writer.put(message) for message in messages))
    assert sum(fresh) == 300
    async with db.read() as tx:
        assert (await inbox.backlog(tx, NOW + timedelta(minutes=1))) == (300, timedelta(minutes=1))
        assert sorted(await inbox.waiting_mailboxes(tx, NOW)) == [f"box{number}" for number in range(7)]


async def test_what_was_put_comes_out_as_it_was_and_in_order(db: Database, writer: InboxWriter) -> None:
    for number in range(3):
        await writer.put(replace(MESSAGE, event_key=f"e{number}"))
    async with db.write() as tx:
        first = await inbox.head(tx, "box")
        assert first is not None
        assert (first.event_key, first.payload, first.received_at) == ("e0", MESSAGE.payload, NOW)
        assert await inbox.claim(tx, first.id, NOW)
        assert not await inbox.claim(tx, first.id, NOW)
        following = await inbox.head(tx, "box")
        assert following is not None
        assert following.event_key == "e1"


async def test_a_failed_message_waits_is_parked_and_can_be_taken_up_again(db: Database, writer: InboxWriter) -> None:
    await writer.put(MESSAGE)
    async with db.write() as tx:
        row = await inbox.head(tx, "box")
        assert row is not None
        await inbox.failed(tx, row.id, error="x" * 5000, retry_at=NOW + timedelta(seconds=5), now=NOW)
    async with db.read() as tx:
        assert await inbox.waiting_mailboxes(tx, NOW) == []
        assert await inbox.next_retry(tx, NOW) == NOW + timedelta(seconds=5)
        assert await inbox.waiting_mailboxes(tx, NOW + timedelta(seconds=5)) == ["box"]
    async with db.write() as tx:
        await inbox.failed(tx, row.id, error="again", retry_at=None, now=NOW)
    async with db.write() as tx:
        assert [parked.error for parked in await inbox.parked(tx)] == ["again"]
        assert await inbox.unpark(tx, row.id) == "box"
        assert await inbox.unpark(tx, row.id) is None
    async with db.read() as tx:
        assert await inbox.waiting_mailboxes(tx, NOW) == ["box"]


async def test_a_writer_being_closed_finishes_what_it_has(db: Database) -> None:
    writer = inbox_writer(db)
    waiting = [asyncio.create_task(writer.put(replace(MESSAGE, event_key=f"e{number}"))) for number in range(50)]
    await asyncio.sleep(0)
    await writer.close()
    assert all(await asyncio.gather(*waiting))
