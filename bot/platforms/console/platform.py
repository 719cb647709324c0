"""The web chat put together: its client, its routes, its page."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote

from aiohttp import web

from bot.clock import Clock
from bot.platforms.base import Sink
from bot.platforms.console.answers import answering
from bot.platforms.console.client import ConsoleClient
from bot.platforms.console.hub import Hub
from bot.platforms.console.identity import Identity
from bot.platforms.console.inbound import NAME, inbound_of
from bot.platforms.console.page import Page
from bot.platforms.console.ports import Attachments, CommandsFor, Roster, TimeMachine, TodayFor
from bot.platforms.console.posts import Posts
from bot.platforms.console.reads import Reads
from bot.platforms.console.settings import ConsoleSettings
from bot.platforms.console.signing import Signer
from bot.platforms.console.stream import Stream
from bot.platforms.console.view import View
from storage import console
from storage.database import Database

HANDED_OVER_AGAIN = timedelta(hours=1)
"""How far back a starting process looks for messages that were shown but may never have reached the sink. The sink
knows a repeat by its event key, so handing one over twice is harmless."""


class ConsolePlatform:
    """The built-in web chat. `commands` and `today` are optional: without them the page leaves out what they feed."""

    name = NAME
    alone = False

    def __init__(
        self,
        settings: ConsoleSettings,
        db: Database,
        clock: Clock,
        attachments: Attachments,
        roster: Roster,
        time_machine: TimeMachine | None = None,
        *,
        commands: CommandsFor | None = None,
        today: TodayFor | None = None,
    ) -> None:
        self.app = settings.app
        self._settings = settings
        self._db = db
        self._clock = clock
        self._attachments = attachments
        self._time_machine = time_machine
        self._signer = Signer(settings)
        self._view = View(self._signer)
        self._hub = Hub()
        self._identity = Identity(settings, roster, self._signer)
        self._stream = Stream(settings, clock, self._identity, self._view, self._hub)
        self._reads = Reads(
            settings,
            db,
            clock,
            attachments,
            roster,
            self._identity,
            self._signer,
            self._view,
            commands,
            today,
            time_machine is not None,
        )
        self.client = ConsoleClient(settings, db, clock, attachments, roster, self._hub)

    def login_path(self, user: str) -> str:
        """The path of a login link for this person, good for ten minutes; put the public address before it."""
        return f"/console/login?token={quote(self._signer.login_token(user))}"

    def routes(self, sink: Sink) -> Sequence[web.RouteDef]:
        page = Page(self._settings, self._signer)
        posts = Posts(
            self._settings,
            self._db,
            self._clock,
            self._attachments,
            self._identity,
            self._view,
            self._hub,
            self._time_machine,
            sink,
        )
        reads = self._reads
        return [
            web.get("/", page.index),
            web.get("/console/static/{name}", page.part),
            web.get("/console/login", answering(page.login)),
            web.get("/console/attachments/{sha256}", answering(reads.attachment)),
            web.get("/console/api/people", answering(reads.people)),
            web.get("/console/api/conversations", answering(reads.conversations)),
            web.get("/console/api/messages", answering(reads.messages)),
            web.get("/console/api/today", answering(reads.today)),
            web.get("/console/api/stream", answering(self._stream.open)),
            web.post("/console/api/messages", answering(posts.message)),
            web.post("/console/api/presses", answering(posts.press)),
            web.post("/console/api/uploads", answering(posts.upload)),
            web.post("/console/api/enter", answering(posts.enter)),
            web.post("/console/api/read", answering(posts.read)),
            web.post("/console/api/clock", answering(posts.move_clock)),
        ]

    async def listen(self, sink: Sink) -> None:
        """Hands over what a crash left between message store and sink, then holds until cancelled and lets the pages go."""
        try:
            await self._hand_over_again(sink)
            await asyncio.get_running_loop().create_future()
        finally:
            self._hub.close()

    async def _hand_over_again(self, sink: Sink) -> None:
        async with self._db.read() as tx:
            rows = await console.said_since(tx, self._clock.now() - HANDED_OVER_AGAIN)
        for row in rows:
            await sink(inbound_of(row, self.app, ""))
