"""One error while looking for pushes ended the sender for good: nothing was sent any more until somebody restarted."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage import outbox
from tests.harness.team import Team


async def test_sending_goes_on_when_the_database_is_back(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = team.app.runtime.sender
    sending = asyncio.create_task(sender.run())
    ready, away = outbox.ready, asyncio.Event()

    async def broken(*_: object, **__: object) -> list[object]:
        away.set()
        raise ConnectionError("the server closed the connection")

    monkeypatch.setattr(outbox, "ready", broken)
    team.settles = False
    await team.rep.says("/me")
    await team.app.runtime.mailboxes.settle()
    sender.wake()
    await away.wait()
    monkeypatch.setattr(outbox, "ready", ready)
    async with asyncio.timeout(10):
        while not team.rep.messages:
            team.virtual.move_to(team.clock.now() + timedelta(seconds=1))
            await asyncio.sleep(0)
    team.rep.gets("李雷 · 销售")
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
