"""The adapter at work against the emulator: real HTTP on loopback, virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from bot.clock import VirtualClock
from bot.platforms.base import Address, Body, CardBody, Inbound, Notes, Outgoing, Receipt, TextBody, UpdateBody
from bot.platforms.http import Http
from bot.platforms.wecom import WeComPlatform
from cards.model import Card
from tests.emulators.wecom import WeComEmulator

START = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)


class Desk:
    """Emulator, adapter and an inbox in memory that knows repeats, as the durable one does."""

    def __init__(self, line: str) -> None:
        self.clock = VirtualClock(START)
        self.emulator = WeComEmulator(self.clock, line=line)
        self.http = Http()
        self.inbox: list[Inbound] = []
        self.sink_calls = 0
        self.before_keeping: Callable[[Inbound], Awaitable[None]] | None = None
        self._keys: set[str] = set()
        self._runner: web.AppRunner | None = None
        self._listening: asyncio.Task[None] | None = None

    async def open(self, **settings: Any) -> Desk:
        self.emulator.user("lilei", "李雷", departments=[1], position="销售")
        self.emulator.user("Wang", "王主管", departments=[1])
        await self.emulator.start()
        self.settings = self.emulator.settings(**settings)
        self.platform = WeComPlatform(self.settings, self.http, self.clock, app="sales")
        application = web.Application()
        application.add_routes(self.platform.routes(self.sink))
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/callbacks/wecom/sales"
        if self.settings.has_callback:
            self.emulator.calls_at(self.url)
        return self

    async def close(self) -> None:
        await self.stop_listening()
        await self.http.close()
        await self.emulator.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def sink(self, inbound: Inbound) -> bool:
        self.sink_calls += 1
        if self.before_keeping is not None:
            await self.before_keeping(inbound)
        if inbound.event_key in self._keys:
            return False
        self._keys.add(inbound.event_key)
        self.inbox.append(inbound)
        return True

    async def listen(self) -> None:
        """Holds the long connection; returns once it is subscribed."""
        self._listening = asyncio.create_task(self.platform.listen(self.sink))
        await self.emulator.sockets.connected()
        await until(lambda: self.platform.health.connected_since is not None)

    async def stop_listening(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
            self._listening = None

    async def forward(self, **duration: float) -> None:
        """Moves time and lets everybody notice."""
        self.clock.move_to(self.clock.now() + timedelta(**duration))
        await settle()

    async def send(
        self,
        body: Body,
        *,
        to: str = "lilei",
        group: str = "",
        key: str = "k1",
        begun: datetime | None = None,
        notes: Notes | None = None,
    ) -> Receipt:
        """`begun` and `notes` as the outbox keeps them from one attempt to the next."""
        address = Address("wecom", "sales", user="" if group else to, group=group)
        push = Outgoing(key, address, body, begun=begun, notes=Notes() if notes is None else notes)
        return await self.platform.client.send(push)

    async def says(self, text: str, **more: Any) -> Receipt:
        return await self.send(TextBody(text), **more)

    async def shows(self, card: Card, *, card_key: str = "card-1", **more: Any) -> Receipt:
        return await self.send(CardBody(card, card_key), **more)

    async def changes(self, card: Card, receipt: Receipt, *, reply_token: str = "", **more: Any) -> Receipt:
        return await self.send(UpdateBody(card, "card-1", receipt.details, reply_token), **more)

    @property
    def last(self) -> Inbound:
        return self.inbox[-1]


Open = Callable[..., Awaitable[Desk]]
"""Opens a desk: the line, then settings of one's own."""


@asynccontextmanager
async def opened(line: str = "app", **settings: Any) -> AsyncIterator[Desk]:
    """A desk for one test outside this folder."""
    desk = Desk(line)
    try:
        yield await desk.open(**settings)
    finally:
        await desk.close()


async def settle() -> None:
    """Lets everything that can run do so, sockets on loopback included."""
    for _ in range(50):
        await asyncio.sleep(0)


async def until(condition: Callable[[], bool]) -> None:
    """Gives way until `condition` holds; fails when it never does."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - conditions of another's making have no event to wait for
            await asyncio.sleep(0)
