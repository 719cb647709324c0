"""What is known of a push after an attempt: it arrived, it certainly did not, or nobody can tell."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from bot.attempts import RowNotes
from bot.errors import Credentials, RetryAfter, Unanswered
from bot.platforms.base import Outgoing, Receipt
from storage import outbox
from storage.outbox import Push, Receiver
from storage.tables import CardSent, Outbox
from tests.harness.platform import RecordingClient
from tests.harness.team import Team

WORDS = Push(Receiver(person_id=3), "text", {"text": "已记下"}, key="words", urgent=True)


async def begun(team: Team) -> datetime | None:
    async with team.app.services.db.read() as tx:
        return (await tx.scalars(select(Outbox.begun_at))).one()


async def enqueue(team: Team, push: Push = WORDS) -> None:
    async with team.app.services.db.write() as tx:
        await outbox.enqueue(tx, push, team.virtual.now())


class Watching(RecordingClient):
    """Sees what is on disk while it sends, and what it is told."""

    def __init__(self, team: Team) -> None:
        super().__init__()
        self.team = team
        self.on_disk: list[datetime | None] = []
        self.told: list[datetime | None] = []

    async def send(self, message: Outgoing) -> Receipt:
        self.on_disk.append(await begun(self.team))
        self.told.append(message.begun)
        return await super().send(message)


@pytest.fixture
def client(team: Team) -> Watching:
    watching = Watching(team)
    platform = team.app.services.platforms["console", "web"]
    platform.client = watching  # type: ignore[misc]  # a recording platform's client may be changed
    return watching


async def test_an_attempt_is_on_disk_before_it_is_made_and_the_first_knows_of_none(
    team: Team, client: Watching
) -> None:
    await enqueue(team)
    await team.app.runtime.settle()
    assert client.on_disk == [team.virtual.now()] and client.told == [None]


@pytest.mark.parametrize("error", [RetryAfter("busy"), Credentials("secret")])
async def test_what_was_refused_is_not_in_doubt(team: Team, client: Watching, error: Exception) -> None:
    client.fail_next.append(error)
    await enqueue(team)
    await team.app.runtime.settle()
    assert await begun(team) is None


@pytest.mark.parametrize("error", [Unanswered("timed out"), RuntimeError("a defect")])
async def test_what_nobody_answered_is_in_doubt_until_it_is_sent(
    team: Team, client: Watching, error: Exception
) -> None:
    client.fail_next += [error, RetryAfter("busy")]
    await enqueue(team)
    began = team.virtual.now()
    await team.app.runtime.settle()
    await team.clock.forward(hours=1)
    assert client.told == [None, began, began], "a refusal later says nothing about the first attempt"


async def test_a_kept_piece_settles_what_was_before_it(team: Team) -> None:
    await enqueue(team)
    services = team.app.services
    async with services.db.write() as tx:
        row = (await tx.scalars(select(Outbox))).one()
        row.begun_at = team.virtual.now()
    notes = RowNotes(services.db, services.clock, row)
    assert not notes.refused(RetryAfter("busy"))
    await notes.keep("piece:0", "m1")
    assert notes.refused(RetryAfter("busy")) and not notes.refused(Unanswered("timed out"))
    async with services.db.read() as tx:
        assert (await tx.scalars(select(Outbox.notes))).one() == {"piece:0": "m1"}


async def test_a_card_that_may_stand_on_a_phone_is_not_rewritten_but_changed(team: Team) -> None:
    """Its key would be recognised and the new state never be seen."""
    card = {"title": "草稿", "buttons": [], "blocks": []}
    services = team.app.services
    async with services.db.write() as tx:
        sent = await outbox.enqueue_card(tx, Push(Receiver(person_id=3), "card", card, urgent=True), team.virtual.now())
        assert sent is not None
        await outbox.begin(tx, [sent.outbox_id], team.virtual.now())
    async with services.db.write() as tx:
        row = await tx.get_one(CardSent, sent.key)
        await outbox.redraw(tx, row, dict(card, title="已记下"), team.virtual.now(), reply_token="code-1")
    async with services.db.read() as tx:
        rows = list((await tx.scalars(select(Outbox).order_by(Outbox.id))).all())
    assert [(row.kind, row.payload["card"]["title"]) for row in rows] == [("card", "草稿"), ("update", "已记下")]
    await team.app.runtime.settle()
    async with services.db.read() as tx:
        changes = list((await tx.scalars(select(Outbox).where(Outbox.kind == "update"))).all())
    assert [(row.state, row.payload["reply_token"]) for row in changes] == [("sent", "code-1")]
