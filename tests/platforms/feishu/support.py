"""What several of these tests need: settings for an emulator, a durable-enough sink, a server for the callback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from bot.clock import VirtualClock
from bot.platforms.base import Address, Inbound
from bot.platforms.feishu import FeishuPlatform, FeishuSettings
from tests.emulators.feishu import FeishuEmulator


def settings_for(feishu: FeishuEmulator, **changes: Any) -> FeishuSettings:
    return feishu.settings(**changes)


class Inbox:
    """A sink as the runtime has one: what it took is safe, a repeat is known by its key."""

    def __init__(self) -> None:
        self.taken: list[Inbound] = []
        self.repeats = 0
        self.broken = False
        self.gate: asyncio.Event | None = None
        self._changed = asyncio.Event()

    async def __call__(self, inbound: Inbound) -> bool:
        if self.broken:
            raise OSError("disk full")
        if self.gate is not None:
            await self.gate.wait()
        fresh = inbound.event_key not in {one.event_key for one in self.taken}
        self.repeats += not fresh
        if fresh:
            self.taken.append(Inbound.from_json(inbound.to_json()))
        self._changed.set()
        return fresh

    async def holds(self, count: int) -> list[Inbound]:
        while len(self.taken) < count:
            self._changed.clear()
            await self._changed.wait()
        return self.taken


@asynccontextmanager
async def callback_server(platform: FeishuPlatform, inbox: Inbox) -> AsyncIterator[str]:
    """Our callback address, served."""
    app = web.Application()
    app.add_routes(platform.routes(inbox))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/callbacks/feishu/{platform.app}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def listening(platform: FeishuPlatform, feishu: FeishuEmulator, inbox: Inbox) -> AsyncIterator[None]:
    """Our long connection, open."""
    task = asyncio.create_task(platform.listen(inbox))
    await feishu.stream.connected()
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def to(user: str = "", group: str = "") -> Address:
    return Address("feishu", "main", user=user, group=group)


async def forward(clock: VirtualClock, by: timedelta) -> datetime:
    """Moves the clock, and lets what was waiting go on."""
    clock.move_to(clock.now() + by)
    await settle()
    return clock.now()


async def until(condition: Callable[[], object]) -> None:
    """Lets the loop turn until `condition` holds: what comes over the loopback has no other signal to wait for."""
    while not condition():  # noqa: ASYNC110 - see above
        await asyncio.sleep(0)


async def settle() -> None:
    """Lets every task that can run do so; sockets on the loopback need a few turns of the loop."""
    for _ in range(50):
        await asyncio.sleep(0)
