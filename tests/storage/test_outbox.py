"""The outbox on both databases: keys, order of a receiver, retries that hold their place, cards redrawn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from storage import outbox
from storage.database import Database
from storage.migrating import migrate
from storage.outbox import Push, Receiver
from storage.tables import Person

NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
CARD = {"title": "一"}


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    await migrate(opened)
    async with opened.write() as tx:
        tx.add_all([Person(name=name, role="rep", joined_at=NOW) for name in ("李雷", "韩梅")])
    yield opened
    await opened.close()


def push(person: int = 1, key: str = "", **more: object) -> Push:
    return Push(to=Receiver(person_id=person), kind="text", payload={"text": key}, key=key, **more)  # type: ignore[arg-type]  # fields of a Push


async def keys(db: Database, now: datetime = NOW) -> list[str]:
    async with db.read() as tx:
        return [row.key for row in await outbox.ready(tx, now)]


async def test_the_same_key_is_pushed_once(db: Database) -> None:
    async with db.write() as tx:
        assert await outbox.enqueue(tx, push(key="a"), NOW) is not None
        assert await outbox.enqueue(tx, push(key="a"), NOW) is None
    assert await keys(db) == ["a"]


async def test_each_receiver_gets_theirs_in_order(db: Database) -> None:
    async with db.write() as tx:
        for key, person in (("a1", 1), ("a2", 1), ("b1", 2)):
            await outbox.enqueue(tx, push(person, key), NOW)
    assert await keys(db) == ["a1", "b1"]
    async with db.write() as tx:
        first = (await outbox.ready(tx, NOW))[0]
        await outbox.sent(tx, first.id, receipt={"message_id": "m"}, to={}, now=NOW)
    assert await keys(db) == ["a2", "b1"]


async def test_what_is_held_for_the_morning_lets_the_urgent_pass(db: Database) -> None:
    async with db.write() as tx:
        await outbox.enqueue(tx, push(key="held", not_before=LATER), NOW)
        await outbox.enqueue(tx, push(key="urgent"), NOW)
    assert await keys(db) == ["urgent"]
    async with db.read() as tx:
        assert await outbox.next_due(tx, NOW) == LATER


async def test_a_push_to_be_tried_again_holds_its_place(db: Database) -> None:
    async with db.write() as tx:
        for key in ("first", "second"):
            await outbox.enqueue(tx, push(key=key), NOW)
        row = (await outbox.ready(tx, NOW))[0]
        await outbox.postponed(tx, row.id, error="busy", until=LATER)
    assert await keys(db) == []
    assert await keys(db, LATER) == ["first"]


async def test_what_was_given_up_can_be_retried(db: Database) -> None:
    async with db.write() as tx:
        row = await outbox.enqueue(tx, push(key="a"), NOW)
        assert row is not None
        await outbox.gave_up(tx, row.id, error="bad content")
    assert await keys(db) == []
    async with db.write() as tx:
        assert await outbox.counts(tx) == {"failed": 1}
        assert await outbox.retry_failed(tx, NOW) == 1
    assert await keys(db) == ["a"]


async def test_a_card_still_waiting_is_redrawn_in_place_and_a_sent_one_by_one_update(db: Database) -> None:
    async with db.write() as tx:
        card = await outbox.enqueue_card(tx, Push(to=Receiver(person_id=1), kind="card", payload=CARD, thread="t"), NOW)
        assert card is not None
        await outbox.redraw(tx, card, {"title": "二"}, NOW)
        (waiting,) = await outbox.ready(tx, NOW)
        assert waiting.payload["card"] == {"title": "二"}
        await outbox.sent(tx, waiting.id, receipt={"message_id": "m"}, to={"user": "u"}, now=NOW)
    async with db.write() as tx:
        (card,) = await outbox.cards_about(tx, "t")
        for title in ("三", "四"):
            await outbox.redraw(tx, card, {"title": title}, NOW)
        (update,) = await outbox.ready(tx, NOW)
        assert (update.kind, update.payload["card"]) == ("update", {"title": "四"})
        assert await outbox.counts(tx) == {"pending": 1, "sent": 1, "superseded": 1}
        await outbox.redraw(tx, card, {"title": "五"}, NOW, close=True)
        assert await outbox.cards_about(tx, "t") == []
