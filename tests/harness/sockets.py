"""People at the platforms' long connections, whose heartbeats have to go on while a test moves the clock."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.app import App
from bot.clock import VirtualClock
from bot.platforms.base import Inbound
from tests.emulators.dingtalk.access import Trouble
from tests.emulators.dingtalk.refusals import Raw
from tests.harness.platforms import DingTalkStream, Driver, FeishuLine, WeComRobot

MANY = 1000

BEAT = timedelta(seconds=15)
"""Time passes in steps shorter than any heartbeat, so that every one is sent and answered as in life."""


async def turns(count: int = 30) -> None:
    """Lets everything that can run do so, sockets on loopback included."""
    for _ in range(count):
        await asyncio.sleep(0)


async def until(condition: Callable[[], object]) -> None:
    """Gives way until `condition` holds; fails when it never does."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  # conditions of another's making have no event to wait for
            await asyncio.sleep(0)


class Line(Driver):
    """What a long connection adds to a driver: it is opened by the product, and it lives while time passes."""

    async def attach(self, app: App) -> None:
        """The product is there, and holds its connections."""
        await app.runtime.connect()
        await until(lambda: self.connections == 1)

    @property
    @abstractmethod
    def connections(self) -> int:
        """How many are open now."""

    @property
    @abstractmethod
    def opened(self) -> int:
        """How many have been opened so far."""

    @property
    @abstractmethod
    def tried(self) -> int:
        """How often the product has tried to open one."""

    @abstractmethod
    async def cut(self) -> None:
        """The line breaks without a word."""

    @abstractmethod
    def refuses(self, on: bool) -> None:
        """The platform is too busy to open a line."""

    @abstractmethod
    def falls_silent(self, on: bool) -> None:
        """Nothing answers on the line any more, and nobody closes it."""

    def quiet(self) -> bool:
        """Whether every heartbeat has its answer."""
        return True

    async def passes(self, clock: VirtualClock, to: datetime) -> None:
        """Time passes until then, beat by beat."""
        while clock.now() < to:
            clock.move_to(min(clock.now() + BEAT, to))
            await turns()
            await until(self.quiet)


class FeishuSocket(Line, FeishuLine):
    """Events and presses over the WebSocket."""

    @property
    def connections(self) -> int:
        return len(self.emulator.stream.sockets)

    @property
    def opened(self) -> int:
        return self.emulator.stream.opened

    @property
    def tried(self) -> int:
        return sum(path == "/callback/ws/endpoint" for _, path in self.emulator.world.calls)

    async def cut(self) -> None:
        await self.emulator.stream.kill()

    def refuses(self, on: bool) -> None:
        headers = {"Handshake-Status": "514", "Handshake-Msg": "busy", "Handshake-Autherrcode": "1"}
        self.emulator.stream.handshake = headers if on else None

    def falls_silent(self, on: bool) -> None:
        self.emulator.stream.answer_pings = not on


class Refusing(Trouble):
    """Refuses until it is taken away."""

    @property
    def refused(self) -> int:
        return MANY - self.times if self.refusal is not None else 0


class DingTalkSocket(Line, DingTalkStream):
    """Messages and presses over Stream; nothing of HTTP is configured."""

    _refused = Refusing("nothing yet")

    @property
    def connections(self) -> int:
        return len(self.emulator.gateway.lines)

    @property
    def opened(self) -> int:
        return len(self.emulator.gateway.opened)

    @property
    def tried(self) -> int:
        return self.opened + self._refused.refused

    async def cut(self) -> None:
        await self.emulator.gateway.kill()
        await until(lambda: not self.connections)

    def refuses(self, on: bool) -> None:
        if on:
            self._refused = Refusing("connections/open", Raw(503, "busy"), MANY)
            self.emulator.access.troubles.append(self._refused)
        else:
            self.emulator.access.troubles.remove(self._refused)

    def falls_silent(self, on: bool) -> None:
        if on:
            self.emulator.gateway.freeze()

    def quiet(self) -> bool:
        return all(not line.owed for line in self.emulator.gateway.lines)


class RobotSocket(Line, WeComRobot):
    """The intelligent robot over its WebSocket. It hears no position, and a card changes only when it is pressed."""

    def __init__(self) -> None:
        super().__init__()
        self._apps: list[App] = []

    async def start(self, clock: VirtualClock) -> Mapping[str, Any]:
        # Left at two hours, the line would be renewed on suspicion while nobody speaks, and a test could not tell.
        return {**await super().start(clock), "silence": timedelta(days=7)}

    async def attach(self, app: App) -> None:
        self._apps.append(app)
        sink = app.runtime.sink

        async def counted(inbound: Inbound) -> bool:
            fresh = await sink(inbound)
            self.kept += 1
            return fresh

        app.runtime.sink = counted  # type: ignore[method-assign]
        await super().attach(app)

    async def connect(self, url: str) -> None:
        """It calls us."""

    @property
    def connections(self) -> int:
        return len(self.emulator.sockets.connections)

    @property
    def opened(self) -> int:
        return self.emulator.sockets.subscriptions

    @property
    def tried(self) -> int:
        return sum(frame["cmd"] == "aibot_subscribe" for frame in self.emulator.sockets.frames)

    async def cut(self) -> None:
        await self.emulator.kill_connections()
        await until(lambda: not self.connections)

    def refuses(self, on: bool) -> None:
        self.emulator.sockets.faults.refuse_subscribe = -1 if on else 0

    def falls_silent(self, on: bool) -> None:
        self.emulator.sockets.faults.no_pong = on

    def quiet(self) -> bool:
        platforms = [app.services.platforms[self.name, self.app] for app in self._apps]
        return not any(platform._socket._answers for platform in platforms)  # type: ignore[attr-defined]
