"""An emulated DingTalk, an app on it, and a sink that remembers what became durable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.clock import VirtualClock
from bot.platforms.base import Address, Body, Inbound, Notes, Outgoing, Platform, Receipt
from bot.platforms.dingtalk import DingTalkPlatform
from bot.platforms.dingtalk.template import template
from bot.platforms.http import Http
from tests.emulators.dingtalk import DingTalkEmulator

START = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)


async def settle(done: Callable[[], bool]) -> None:
    """Lets sockets carry what is under way until `done`; bounded by the number of turns, not by time."""
    async with asyncio.timeout(10):
        while not done():  # noqa: ASYNC110  # turns of the loop, no time: sockets and sinks have no common event
            await asyncio.sleep(0)


class Kept:
    """A sink: unique by event key, as the inbox is."""

    def __init__(self) -> None:
        self.inbounds: list[Inbound] = []
        self.calls = 0
        self.fail: Exception | None = None
        self.gate: asyncio.Event | None = None
        """When set, nothing is durable before the gate opens."""

    async def __call__(self, inbound: Inbound) -> bool:
        self.calls += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.fail is not None:
            raise self.fail
        if any(one.event_key == inbound.event_key for one in self.inbounds):
            return False
        self.inbounds.append(inbound)
        return True

    @property
    def last(self) -> Inbound:
        return self.inbounds[-1]


class App:
    """One app with what a test needs to talk through it."""

    def __init__(self, platform: DingTalkPlatform, kept: Kept, clock: VirtualClock) -> None:
        self.platform: Platform = platform
        self.dingtalk = platform
        self.kept = kept
        self.clock = clock
        self._keys = 0

    async def send(
        self,
        body: Body,
        *,
        user: str = "",
        group: str = "",
        key: str = "",
        begun: datetime | None = None,
        notes: Notes | None = None,
    ) -> Receipt:
        self._keys += 1
        to = Address("dingtalk", "main", user=user, group=group)
        push = Outgoing(key or f"push-{self._keys}", to, body, begun=begun, notes=Notes() if notes is None else notes)
        return await self.platform.client.send(push)

    def forward(self, **duration: float) -> None:
        self.clock.move_to(self.clock.now() + timedelta(**duration))


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
async def ding(clock: VirtualClock) -> AsyncIterator[DingTalkEmulator]:
    async with DingTalkEmulator(clock) as emulator:
        emulator.person("lilei", "李雷", manager="wang", mobile="13800000001", email="lilei@example.com", title="销售")
        emulator.person("wang", "王主管")
        emulator.person("guest", "外部人员", outside=True)
        yield emulator


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    async with Http() as pool:
        yield pool


@pytest.fixture
def make_app(ding: DingTalkEmulator, http: Http, clock: VirtualClock, kept: Kept) -> Callable[..., App]:
    """Builds an app on the emulator; keyword arguments change its settings."""

    def make(**changes: Any) -> App:
        return App(DingTalkPlatform(ding.settings(**changes), http, clock), kept, clock)

    return make


@pytest.fixture
def form(ding: DingTalkEmulator) -> dict[str, Any]:
    """Settings of an app whose operator has imported Genjin's own template."""
    return {"form_template": {"template_id": ding.import_template(template())}}


@pytest.fixture
async def app(make_app: Callable[..., App], form: dict[str, Any]) -> App:
    """Not listening: for what is sent."""
    return make_app(**form)


@pytest.fixture
async def online(app: App, ding: DingTalkEmulator) -> AsyncIterator[App]:
    """Listening on the long connection."""
    listening = asyncio.create_task(app.platform.listen(app.kept))
    await asyncio.wait_for(ding.gateway.connected.wait(), 5)
    yield app
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
