"""The page's live connection (server-sent events), resumable so that nothing is missed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import ClientConnectionResetError, web

from bot.clock import Clock
from bot.platforms.console.hub import Event, Hub, Numbered
from bot.platforms.console.identity import Identity
from bot.platforms.console.ports import ConsolePerson
from bot.platforms.console.settings import ConsoleSettings
from bot.platforms.console.view import View

log = structlog.get_logger(__name__)

BEAT = 15.0
"""Seconds of silence after which a comment is sent, below the usual 60 s of proxies."""

RETRY = b"retry: 1000\n"
"""Milliseconds after which a page whose connection broke comes back."""

HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass(frozen=True, slots=True)
class Stream:
    """GET /console/api/stream."""

    settings: ConsoleSettings
    clock: Clock
    identity: Identity
    view: View
    hub: Hub

    async def open(self, request: web.Request) -> web.StreamResponse:
        """Events until the page goes away. The first, `hello`, says whether the page has to read everything afresh."""
        person = await self.identity.person(request)
        response = web.StreamResponse(headers=HEADERS)
        try:
            await self._follow(request, response, person)
        except ClientConnectionResetError:
            log.debug("page went away", user=person.user)
        return response

    async def _follow(self, request: web.Request, response: web.StreamResponse, person: ConsolePerson) -> None:
        with self.hub.listen(request.headers.get("Last-Event-ID", "")) as listener:
            await response.prepare(request)
            hello = {"fresh": listener.fresh, "now": self.clock.now().isoformat()}
            # A resuming page keeps its old place until it has the events it missed.
            await response.write(RETRY + _frame("hello", hello, listener.at if listener.fresh else ""))
            async for numbered in listener.events(BEAT):
                frame = b": still here\n\n" if numbered is None else await self._drawn(numbered, person)
                if frame:
                    await response.write(frame)

    async def _drawn(self, numbered: Numbered, person: ConsolePerson) -> bytes:
        event = numbered.event
        if not await self._sees(event, person):
            return self._nudge(numbered)
        fields = dict(event.fields)
        if event.conversation:
            fields["conversation"] = event.conversation
        if event.message is not None:
            fields = self.view.message(event.message, person.user)
        return _frame(event.kind, fields, numbered.id)

    def _nudge(self, numbered: Numbered) -> bytes:
        """In the demo: somebody else has something to look at, so the persona switch counts afresh."""
        event = numbered.event
        if self.settings.demo and event.kind in ("message", "read"):
            return _frame("elsewhere", {"conversation": event.conversation, "user": event.user}, numbered.id)
        return b""

    async def _sees(self, event: Event, person: ConsolePerson) -> bool:
        if event.user:
            return event.user == person.user
        if not event.conversation or event.conversation == f"user:{person.user}":
            return True
        return event.conversation.startswith("group:") and event.conversation in await self.identity.conversations(
            person
        )


def _frame(kind: str, fields: dict[str, Any], event_id: str) -> bytes:
    named = f"id: {event_id}\n" if event_id else ""
    return f"{named}event: {kind}\ndata: {json.dumps(fields, ensure_ascii=False)}\n\n".encode()
