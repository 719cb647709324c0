"""Two processes of the product (two whole apps, each with its own connections) on one database, before one emulator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.app import App, build
from bot.clock import VirtualClock
from bot.platforms.registry import configured
from config.settings import Settings
from storage import outbox
from storage.database import Database
from storage.migrating import migrate
from storage.outbox import Push, Receiver
from tests.harness.company import START, settle
from tests.harness.sockets import Line, turns, until
from tests.harness.voices import ScriptedTranscriber

SECOND = timedelta(seconds=1)


@dataclass
class Node:
    """One process. `hangs`: it does nothing any more, and its connections stay open."""

    app: App
    hangs: bool = False

    async def lives_on(self) -> None:
        """One round of everything that a running process does by itself."""
        if not self.hangs:
            await self.app.runtime.leases.round()
            await self.app.runtime.settle()

    @property
    def holds(self) -> bool:
        return bool(self.app.runtime.leases.ours())


@dataclass
class House:
    line: Line
    clock: VirtualClock
    settings: Settings
    nodes: list[Node] = field(default_factory=list)

    async def process(self) -> Node:
        """One more process is started."""
        db = Database(self.settings.database_url)
        heard = ScriptedTranscriber()
        app = build(self.settings, clock=self.clock, db=db, transcriber=heard, platforms=configured)
        await app.runtime.open()
        await self.line.attach(app)
        self.nodes.append(Node(app))
        return self.nodes[-1]

    async def stops(self, node: Node) -> None:
        """It is told to end, and ends in order."""
        self.nodes.remove(node)
        await node.app.close()

    async def settle(self) -> None:
        """Everybody at once, as processes are."""
        await asyncio.gather(*(node.lives_on() for node in self.nodes))
        await turns()
        await until(self.line.quiet)

    async def forward(self, seconds: int, still: Callable[[], bool] = lambda: True) -> None:
        """Second by second."""
        for _ in range(seconds):
            self.clock.move_to(self.clock.now() + SECOND)
            await self.settle()
            assert still()

    async def push(self, users: Iterable[str], text: str) -> None:
        """Words for these people, as any handler would have left them."""
        async with self.nodes[0].app.services.db.write() as tx:
            for user in users:
                address = {"platform": self.line.name, "app": self.line.app, "user": user, "group": ""}
                await outbox.enqueue(tx, Push(Receiver(address=address), "text", {"text": text}), self.clock.now())

    def shown(self, user: str) -> list[str]:
        return [screen.words.strip() for screen in self.line.inbox(user)]


@asynccontextmanager
async def open_house(folder: Path, url: str, line: Line) -> AsyncIterator[House]:
    """The company on this line, with no process running yet."""
    clock = VirtualClock(START)
    given = dict(await line.start(clock))
    db = Database(url)
    await migrate(db)
    async with db.write() as tx:
        await settle(tx, line.name, line.app)
    await db.close()
    settings = Settings(data=folder, database=url, platforms={line.name: {line.app: given}})
    house = House(line, clock, settings)
    try:
        yield house
    finally:
        for node in list(house.nodes):
            await house.stops(node)
        await line.close()
