"""The demo company on four platforms at once, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot import demo
from bot.app import App, build
from bot.clock import VirtualClock
from bot.platforms.registry import ConsoleExtras, configured, console
from bot.web.server import web_app
from config.settings import Settings
from rules.calendar import BusinessCalendar
from storage.database import Database
from storage.migrating import migrate
from tests.emulators.phone.phone import Happened, Phone
from tests.emulators.together.company import Together, around
from tests.harness.company import START
from tests.harness.voices import ScriptedTranscriber


@dataclass
class Chat:
    """One person's chat on one platform."""

    four: Four
    phone: Phone
    user: str

    async def says(self, text: str) -> None:
        await self.phone.says(self.user, "", text)
        await self.four.app.runtime.settle()

    async def presses(self, label: str, answers: dict[str, Any] | None = None) -> Happened:
        """The newest such button."""
        message = next(one for one in reversed(self.cards()) if label in str(one["card"]))
        happened = await self.phone.presses(self.user, message["id"], label, answers or {})
        await self.four.app.runtime.settle()
        return happened

    def shows(self, *words: str) -> bool:
        """Whether one message of the bot's, as it stands now, has all these words."""
        messages = [str(one) for one in self.phone.messages(self.user, "") if not one["mine"]]
        return any(all(word in message for word in words) for message in messages)

    def cards(self) -> list[dict[str, Any]]:
        return [one for one in self.phone.messages(self.user, "") if one["kind"] == "card"]

    @property
    def count(self) -> int:
        return self.phone.got(self.user)


@dataclass
class Four:
    app: App
    clock: VirtualClock
    platforms: Together
    url: str

    def chat(self, platform: str, user: str) -> Chat:
        return Chat(self, next(one for one in self.platforms.phones if one.platform == platform), user)

    async def forward(self, **amount: float) -> None:
        await self.app.runtime.forward(self.clock.now() + timedelta(**amount))

    async def state(self, user: str) -> dict[str, Any]:
        """What the page is told."""
        async with (
            aiohttp.ClientSession(self.url) as session,
            session.get("/side-by-side/state", params={"user": user}) as answer,
        ):
            return dict(await answer.json())


@asynccontextmanager
async def four_platforms(folder: Path) -> AsyncIterator[Four]:
    """Wednesday 10:00; everybody on all platforms, none of whom has said anything yet."""
    clock = VirtualClock(START)
    async with around(clock, demo.definition()) as together:
        url = f"sqlite+aiosqlite:///{folder / 'genjin.db'}"
        db = Database(url)
        await migrate(db)
        async with db.write() as tx:
            await demo.settle(tx, START, BusinessCalendar())
            await demo.put_on_all(tx)
        settings = Settings(data=folder, database=url, demo=True, platforms=together.settings())
        app = build(
            settings,
            clock=clock,
            db=db,
            transcriber=ScriptedTranscriber(),
            platforms=lambda services: [console(services, ConsoleExtras()), *configured(services)],
        )
        await app.runtime.open()
        server = web_app(app.runtime)
        server.add_routes(together.routes(app))
        runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        here = f"http://127.0.0.1:{runner.addresses[0][1]}"
        await together.connect(here)
        yield Four(app, clock, together, here)
        await runner.cleanup()
        await app.close()
