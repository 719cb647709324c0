"""What the page may ask to see: who is here, their conversations, messages, today's open items, attachments."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.clock import Clock
from bot.platforms.console.answers import HEADERS, Problem, answer
from bot.platforms.console.identity import Identity
from bot.platforms.console.playable import playable
from bot.platforms.console.ports import Attachments, CommandsFor, ConsolePerson, Roster, TodayFor
from bot.platforms.console.settings import ConsoleSettings
from bot.platforms.console.signing import FileGrant, Signer
from bot.platforms.console.view import View
from bot.platforms.media import sniff
from storage import console
from storage.database import Database
from storage.tables import ConsoleMessage

MOST_MESSAGES = 200


@dataclass(frozen=True, slots=True)
class Reads:
    """The reading half of the page's API."""

    settings: ConsoleSettings
    db: Database
    clock: Clock
    attachments: Attachments
    roster: Roster
    identity: Identity
    signer: Signer
    view: View
    commands: CommandsFor | None
    today_for: TodayFor | None
    movable: bool
    """The clock can be moved, so it is shown."""

    async def people(self, request: web.Request) -> web.StreamResponse:
        """GET /console/api/people: who I am, and in the demo whom I may be; the settings the page needs."""
        people = await self.roster.people()
        shown = people if self.settings.demo else []
        me = await self._me(request, people)
        commands = await self.commands(me.user) if self.commands else ()
        return answer(
            {
                "demo": self.settings.demo,
                "title": self.settings.title,
                "zone": self.settings.zone,
                "now": self.clock.now().isoformat(),
                "clock": self.settings.demo and self.movable,
                "file_bytes": self.settings.file_bytes,
                "examples": self.settings.examples,
                "commands": [asdict(command) for command in commands],
                "me": asdict(me),
                "people": [{**asdict(person), "unread": await self._unread_of(person)} for person in shown],
            }
        )

    async def conversations(self, request: web.Request) -> web.StreamResponse:
        """GET /console/api/conversations: what I see, each with its last line and how much of it I have not read."""
        person = await self.identity.person(request)
        titles = await self.identity.conversations(person)
        async with self.db.read() as tx:
            newest = await console.newest(tx, titles)
            unread = {conversation: await console.unread(tx, person.user, conversation) for conversation in titles}
        rows = [
            self._conversation(place, title, newest.get(place), unread[place], person)
            for place, title in titles.items()
        ]
        return answer({"conversations": rows})

    async def messages(self, request: web.Request) -> web.StreamResponse:
        """GET /console/api/messages?conversation=&before=&limit=: a page of messages, oldest first."""
        person = await self.identity.person(request)
        conversation = request.query.get("conversation", "")
        await self.identity.must_see(person, conversation)
        before, limit = _whole(request.query, "before", None), _whole(request.query, "limit", 50) or 50
        async with self.db.read() as tx:
            rows = await console.page(tx, conversation, before=before, limit=min(limit, MOST_MESSAGES) + 1)
        more = len(rows) > min(limit, MOST_MESSAGES)
        shown = rows[1:] if more else rows
        return answer({"messages": [self.view.message(row, person.user) for row in shown], "more": more})

    async def today(self, request: web.Request) -> web.StreamResponse:
        """GET /console/api/today: the open items beside the chat; null hides the column."""
        person = await self.identity.person(request)
        today = await self.today_for(person.user) if self.today_for else None
        return answer(asdict(today) if today else None)

    async def attachment(self, request: web.Request) -> web.StreamResponse:
        """GET /console/attachments/{sha256}?token=: the bytes, for the person the address was signed for."""
        grant = self.signer.file_grant(request.query.get("token", ""))
        if grant is None or grant.sha256 != request.match_info["sha256"]:
            raise Problem(403, "token", "这个文件的链接已经失效，请刷新页面。")
        if not self.settings.demo and (await self.identity.person(request)).user != grant.user:
            raise Problem(403, "token", "这个文件的链接不是给你的。")
        try:
            content = await self.attachments.get(grant.sha256)
        except KeyError as error:
            raise Problem(404, "no_file", "这个文件已经不在了。") from error
        if "play" in request.query:
            content = await asyncio.to_thread(playable, content)
        return _served(request, content, grant)

    async def _me(self, request: web.Request, people: Sequence[ConsolePerson]) -> ConsolePerson:
        if self.settings.demo and people and request.query.get("as", "") not in {person.user for person in people}:
            return people[0]
        return await self.identity.person(request)

    async def _unread_of(self, person: ConsolePerson) -> int:
        async with self.db.read() as tx:
            return await console.unread(tx, person.user, f"user:{person.user}")

    def _conversation(
        self, place: str, title: str, last: ConsoleMessage | None, unread: int, person: ConsolePerson
    ) -> dict[str, Any]:
        shown = self.view.message(last, person.user) if last is not None else None
        return {"id": place, "kind": place.partition(":")[0], "title": title, "unread": unread, "last": shown}


def _whole(query: Mapping[str, str], name: str, otherwise: int | None) -> int | None:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else otherwise


def _served(request: web.Request, content: bytes, grant: FileGrant) -> web.Response:
    """The bytes under the type their content has; only pictures and sound open in the page. Honours a Range."""
    found = sniff(content)
    mime, inline = found.mime, found.kind in ("photo", "voice") or found.mime == "video/mp4"
    name = quote(grant.name or f"{grant.sha256[:12]}{found.extension}")
    headers = {
        **HEADERS,
        "Cache-Control": "private, max-age=86400, immutable",
        "Content-Type": mime,
        "Content-Disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{name}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Accept-Ranges": "bytes",
    }
    try:
        wanted = request.http_range
    except ValueError:
        wanted = slice(None)
    if wanted.start is None and wanted.stop is None:
        return web.Response(body=content, headers=headers)
    start, stop, _ = wanted.indices(len(content))
    if start >= stop:
        return web.Response(status=416, headers={**HEADERS, "Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
    return web.Response(status=206, body=content[start:stop], headers=headers)
