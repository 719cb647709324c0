"""The web chat's message store, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from storage import console
from storage.console import BOT, PRESS, UPLOAD, NewMessage
from storage.database import Database
from storage.tables import ConsoleMessage, Table

NOW = datetime(2026, 3, 11, 2, 10, tzinfo=UTC)
ROOM = "user:lilei"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Table.metadata.create_all)
    yield database
    await database.close()


async def keep(
    store: Database, key: str, *, author: str = BOT, kind: str = "text", room: str = ROOM, at: datetime = NOW
) -> ConsoleMessage:
    async with store.write() as tx:
        return (await console.add(tx, NewMessage(key, room, author, kind, {"text": key}), at))[0]


async def test_a_key_is_kept_once_however_many_bring_it_at_the_same_time(store: Database) -> None:
    async def bring(text: str) -> tuple[int, bool]:
        async with store.write() as tx:
            row, new = await console.add(tx, NewMessage("one", ROOM, BOT, "text", {"text": text}), NOW)
            return row.id, new

    kept = await asyncio.gather(*(bring(str(number)) for number in range(8)))
    assert len({message_id for message_id, _ in kept}) == 1
    assert sum(new for _, new in kept) == 1


async def test_changes_are_counted_and_none_is_lost(store: Database) -> None:
    row = await keep(store, "one")

    async def change(name: str) -> None:
        async with store.write() as tx:
            await console.change(tx, row.id, {name: True}, NOW + timedelta(minutes=1))

    await asyncio.gather(*(change(name) for name in "abcdef"))
    async with store.read() as tx:
        changed = await console.by_id(tx, row.id)
    assert changed is not None
    assert changed.body == {"text": "one", "rev": 7, **dict.fromkeys("abcdef", True)}
    assert (changed.at, changed.changed_at) == (NOW, NOW + timedelta(minutes=1))


async def test_changing_what_is_not_there_gives_nothing(store: Database) -> None:
    async with store.write() as tx:
        assert await console.change(tx, 99, {}, NOW) is None
        assert await console.by_key(tx, "none") is None


async def test_presses_and_uploads_do_not_stand_in_the_conversation(store: Database) -> None:
    await keep(store, "said")
    await keep(store, "pressed", author="lilei", kind=PRESS)
    await keep(store, "uploaded", author="lilei", kind=UPLOAD)
    async with store.read() as tx:
        assert [row.key for row in await console.page(tx, ROOM)] == ["said"]
        assert (await console.newest(tx, [ROOM, "group:none"]))[ROOM].key == "said"
        assert await console.unread(tx, "lilei", ROOM) == 1


async def test_unread_counts_what_others_said_below_the_last_read(store: Database) -> None:
    rows = [await keep(store, str(number), author=author) for number, author in enumerate((BOT, BOT, "lilei", BOT))]
    await keep(store, "elsewhere", room="group:east1")
    async with store.write() as tx:
        assert await console.unread(tx, "lilei", ROOM) == 3
        await console.mark_read(tx, "lilei", ROOM, rows[1].id)
        assert await console.unread(tx, "lilei", ROOM) == 1
        assert await console.mark_read(tx, "lilei", ROOM, rows[0].id) == rows[1].id
        assert await console.unread(tx, "wang", ROOM) == 4


async def test_uploads_belong_to_who_made_them(store: Database) -> None:
    await keep(store, console.upload_key("lilei", "a" * 64), author="lilei", kind=UPLOAD)
    async with store.read() as tx:
        assert await console.uploaded(tx, "lilei", ["a" * 64, "b" * 64]) == {"a" * 64}
        assert await console.uploaded(tx, "wang", ["a" * 64]) == set()


async def test_what_people_said_lately_in_order(store: Database) -> None:
    await keep(store, "old", author="lilei", at=NOW - timedelta(hours=2))
    await keep(store, "bot")
    await keep(store, "said", author="lilei")
    await keep(store, "pressed", author="lilei", kind=PRESS)
    await keep(store, "upload", author="lilei", kind=UPLOAD)
    async with store.read() as tx:
        rows = await console.said_since(tx, NOW - timedelta(hours=1))
    assert [row.key for row in rows] == ["said", "pressed"]
