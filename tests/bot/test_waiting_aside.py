"""Whoever waits for a recording to be heard takes nobody's place."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.clock import VirtualClock
from bot.engine import Mailboxes
from storage.database import Database
from storage.inbox import Received, claim, inbox_writer
from storage.migrating import migrate
from storage.tables import Inbox
from tests.harness.company import START


async def test_a_slow_message_lets_the_others_by(tmp_path: Path) -> None:
    db, clock = Database(f"sqlite+aiosqlite:///{tmp_path / 'genjin.db'}"), VirtualClock(START)
    await migrate(db)
    heard, answered = asyncio.Event(), asyncio.Event()
    done: list[str] = []

    async def handle(row: Inbox) -> None:
        if row.mailbox == "slow":
            async with mailboxes.aside():
                await heard.wait()
        async with db.write() as tx:
            await claim(tx, row.id, clock.now())
        done.append(row.mailbox)
        if row.mailbox == "quick":
            answered.set()

    async def parked(row: Inbox) -> None:
        raise AssertionError(row.error)

    mailboxes = Mailboxes(db, clock, handle, parked, parallel=1)
    writer = inbox_writer(db)
    for name in ("slow", "quick"):
        await writer.put(Received("console", "web", name, name, "{}", START))
        mailboxes.wake(name)
    async with asyncio.timeout(20):
        await answered.wait()
        heard.set()
        await mailboxes.settle()
    assert done == ["quick", "slow"]
    await mailboxes.close()
    await writer.close()
    await db.close()
