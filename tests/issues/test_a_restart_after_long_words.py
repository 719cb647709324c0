"""A push that was several messages kept their ids where the sender looks for their number, and the sender died of it.

It happened on DingTalk, at the first push after a restart within a minute.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from storage import outbox
from storage.tables import Outbox
from tests.harness.team import Team


async def test_a_receipt_with_ids_is_counted(team: Team) -> None:
    await team.rep.says("/没有这个")
    services = team.app.services
    async with services.db.write() as tx:
        await tx.execute(update(Outbox).values(receipt={"message_id": "a", "details": {"messages": ["a", "b"]}}))
    async with services.db.read() as tx:
        (gone,) = await outbox.sent_since(tx, services.clock.now() - timedelta(minutes=1))
    assert gone.messages == 2
