"""A message its sender took back while it waited was handled all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage.tables import Event
from tests.harness.live import LiveTeam, open_live
from tests.harness.platforms import Feishu
from tests.harness.voices import ScriptedTranscriber

VOICE = b"OggS a voice note"


class BusyTranscriber(ScriptedTranscriber):
    """Listens until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.listening, self.go_on = asyncio.Event(), asyncio.Event()

    async def transcribe(self, *args: Any, **more: Any) -> Any:
        self.listening.set()
        await self.go_on.wait()
        return await super().transcribe(*args, **more)


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[LiveTeam]:
    team = await open_live(tmp_path, Feishu())
    team.app.services.transcriber = BusyTranscriber()
    yield team
    await team.close()


async def test_it_is_not_recorded_and_nobody_is_bothered(live: LiveTeam) -> None:
    assert isinstance(live.driver, Feishu)
    busy = live.app.services.transcriber
    assert isinstance(busy, BusyTranscriber)
    busy.hears[VOICE] = "宏达机械今天已报价"
    phone = live.driver.emulator
    first = await phone.sends_voice("lilei", VOICE, 3.0)
    await busy.listening.wait()
    second = await phone.says("lilei", "/help")
    await phone.recalls("lilei", first)
    await phone.recalls("lilei", second)
    await _handled(live, "platform.recalled", 2)
    busy.go_on.set()
    await live.settle()
    live.nobody_else_heard_anything()


async def test_what_was_handled_already_stays(live: LiveTeam) -> None:
    assert isinstance(live.driver, Feishu)
    said = await live.driver.emulator.says("lilei", "/help")
    await live.settle()
    live.rep.gets("/help")
    await live.driver.emulator.recalls("lilei", said)
    await live.settle()
    live.nobody_else_heard_anything()


async def _handled(live: LiveTeam, kind: str, count: int) -> None:
    """Lets the loop turn until so many of these events are in the records."""
    while True:
        async with live.app.services.db.read() as tx:
            if len((await tx.scalars(select(Event).where(Event.kind == kind))).all()) == count:
                return
        await asyncio.sleep(0)
