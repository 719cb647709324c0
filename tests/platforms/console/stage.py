"""What a test does at the web chat: speak as the bot, act as a person's page, follow the live events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from aiohttp import ClientResponse, FormData
from aiohttp.test_utils import TestClient

from bot.clock import VirtualClock
from bot.platforms.base import Address, Body, CardBody, Outgoing, TextBody
from bot.platforms.console import ConsolePlatform
from cards.model import Card
from storage.database import Database
from tests.platforms.console.backstage import MemoryAttachments, Sunk

Answer = tuple[int, dict[str, Any]]


@dataclass
class Stage:
    """The chat, opened for a test."""

    platform: ConsolePlatform
    db: Database
    clock: VirtualClock
    attachments: MemoryAttachments
    sink: Sunk
    http: TestClient[Any, Any]

    async def says(self, body: Body | str, *, user: str = "", group: str = "", key: str = "") -> int:
        """The bot says something; gives the message's id."""
        to = Address("console", "web", user=user, group=group)
        drawn = TextBody(body) if isinstance(body, str) else body
        receipt = await self.platform.client.send(Outgoing(key or token_hex(8), to, drawn))
        return int(receipt.message_id)

    async def shows(self, card: Card, *, user: str = "", group: str = "", key: str = "card-key") -> int:
        return await self.says(CardBody(card, key), user=user, group=group)

    async def get(self, path: str, user: str, **query: Any) -> Answer:
        return await _answer(await self.http.get(f"/console/api/{path}", params={"as": user, **query}))

    async def post(self, path: str, user: str, body: Any, headers: dict[str, str] | None = None) -> Answer:
        to = f"/console/api/{path}"
        return await _answer(await self.http.post(to, params={"as": user}, json=body, headers=headers))

    async def types(self, user: str, text: str, *, place: str = "", client_id: str = "") -> Answer:
        body = {"id": client_id or token_hex(8), "conversation": place or f"user:{user}", "text": text}
        return await self.post("messages", user, body)

    async def presses(
        self, user: str, message: int, action: dict[str, Any], client_id: str = "", **answers: Any
    ) -> Answer:
        body = {"id": client_id or token_hex(8), "message": message, "action": action, "answers": answers}
        return await self.post("presses", user, body)

    async def sends(self, user: str, kind: str, content: bytes, name: str, *, to: str = "messages") -> Answer:
        """A file as a message, or (to="uploads") for a card."""
        form = FormData()
        for field, value in {
            "id": token_hex(8),
            "conversation": f"user:{user}",
            "kind": kind,
            "seconds": "7.0",
        }.items():
            form.add_field(field, value)
        form.add_field("file", content, filename=name, content_type="application/octet-stream")
        return await _answer(await self.http.post(f"/console/api/{to}", params={"as": user}, data=form))

    async def conversation(self, user: str, place: str = "") -> list[dict[str, Any]]:
        _, page = await self.get("messages", user, conversation=place or f"user:{user}")
        messages: list[dict[str, Any]] = page["messages"]
        return messages

    @asynccontextmanager
    async def page_of(self, user: str, after: str = "") -> AsyncIterator[Live]:
        """A page that listens; `after` is the id of the last event it has."""
        headers = {"Last-Event-ID": after} if after else {}
        async with self.http.get("/console/api/stream", params={"as": user}, headers=headers) as response:
            yield Live(response)


@dataclass
class Live:
    """The events of one open page."""

    response: ClientResponse
    last: str = ""

    async def next(self) -> tuple[str, dict[str, Any]]:
        """The next event: its kind and its fields."""
        kind = ""
        while line := (await self.response.content.readline()).decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            if name == "id":
                self.last = value
            elif name == "event":
                kind = value
            elif name == "data":
                fields: dict[str, Any] = json.loads(value)
        return (kind, fields) if kind else await self.next()

    async def until(self, kind: str) -> dict[str, Any]:
        """The next event of this kind."""
        found, fields = await self.next()
        return fields if found == kind else await self.until(kind)


async def _answer(response: ClientResponse) -> Answer:
    return response.status, await response.json()
