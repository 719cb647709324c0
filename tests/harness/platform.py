"""A platform for scenarios that run without HTTP: keeps what was delivered, honours idempotency keys, can fail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web

from bot.errors import MediaRefused
from bot.platforms.base import (
    Address,
    Capabilities,
    CardBody,
    DirectoryPerson,
    Finding,
    Media,
    MediaRef,
    Outgoing,
    Receipt,
    Sink,
    UpdateBody,
)
from cards.model import Card, InputKind

EVERYTHING = Capabilities(
    inputs=frozenset(InputKind),
    max_inputs=50,
    max_options=200,
    max_buttons=20,
    card_bytes=1 << 20,
    text_bytes=1 << 20,
    update_within=timedelta(days=3650),
    group_cards=True,
    group_presses=True,
    files=True,
    file_bytes=20 << 20,
)

NO_INPUTS = Capabilities(max_buttons=6, card_bytes=1 << 15, text_bytes=1 << 12, update_within=timedelta(days=14))


@dataclass
class Delivered:
    """A message as the person sees it; updates change it in place."""

    to: Address
    words: str = ""
    card: Card | None = None
    card_key: str = ""
    file: str = ""
    read: bool = False


@dataclass
class RecordingClient:
    capabilities: Capabilities = EVERYTHING
    messages: list[Delivered] = field(default_factory=list)
    keys: dict[str, Receipt] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    fail_next: list[Exception] = field(default_factory=list)
    fail_updates: Exception | None = None
    """What becomes of every change of a card."""

    async def send(self, message: Outgoing) -> Receipt:
        if self.fail_next:
            raise self.fail_next.pop(0)
        if message.key in self.keys:
            return self.keys[message.key]
        body = message.body
        if isinstance(body, UpdateBody):
            if self.fail_updates is not None:
                raise self.fail_updates
            shown = next(one for one in self.messages if one.card_key == body.card_key)
            shown.card = body.card
        elif isinstance(body, CardBody):
            self.messages.append(Delivered(message.to, card=body.card, card_key=body.card_key))
        else:
            self.messages.append(Delivered(message.to, words=getattr(body, "text", ""), file=getattr(body, "name", "")))
        self.keys[message.key] = Receipt(message_id=f"m{len(self.keys)}")
        return self.keys[message.key]

    async def fetch(self, media: MediaRef) -> Media:
        if media.ref not in self.media:
            raise MediaRefused("文件已经取不到了，请重新发送。")
        return self.media[media.ref]

    async def people(self) -> AsyncIterator[DirectoryPerson]:
        for person in ():
            yield person

    async def check(self) -> Sequence[Finding]:
        return [Finding("聊天", "ok", "正常")]

    async def close(self) -> None:
        return None


@dataclass
class RecordingPlatform:
    name: str = "console"
    app: str = "web"
    client: RecordingClient = field(default_factory=RecordingClient)
    alone: bool = False

    def routes(self, sink: Sink) -> Sequence[web.RouteDef]:
        return ()

    async def listen(self, sink: Sink) -> None:
        return None
