"""Delivers to one Feishu app, and fetches from it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote
from weakref import WeakValueDictionary

from bot.clock import Clock
from bot.errors import CardExpired, Credentials, Permanent
from bot.platforms.base import (
    Address,
    Body,
    Capabilities,
    CardBody,
    DirectoryPerson,
    FileBody,
    Finding,
    Limit,
    MarkdownBody,
    Media,
    MediaRef,
    Outgoing,
    Receipt,
    TextBody,
    UpdateBody,
)
from bot.platforms.feishu import cards, doctor, uploads, words
from bot.platforms.feishu.api import Api
from bot.platforms.feishu.directory import people
from bot.platforms.feishu.errors import update_failure
from bot.platforms.feishu.health import Health
from bot.platforms.feishu.inputs import ON_CARD
from bot.platforms.feishu.settings import FeishuSettings
from bot.platforms.http import Http
from bot.platforms.media import as_media
from bot.platforms.repeats import card_perhaps_twice, each, file_perhaps_twice, in_doubt, perhaps_twice
from bot.platforms.tokens import Token, TokenSource
from cards.model import Card, Picture

Attachment = Callable[[str], Awaitable[bytes]]
"""The bytes kept under an attachment key."""

KEPT_PICTURES = 512
MESSAGES = "/open-apis/im/v1/messages"

SECOND = timedelta(seconds=1)

REMEMBERED = timedelta(minutes=55)
"""Feishu sends at most one message for a uuid within an hour; our clocks need not agree to the minute."""

Write = Callable[[str], tuple[str, dict[str, Any]]]
"""A piece as msg_type and content."""

CAPABILITIES = Capabilities(
    inputs=frozenset(kind.value for kind in ON_CARD),
    max_inputs=cards.MAX_INPUTS,
    max_options=cards.MAX_OPTIONS,
    max_buttons=cards.MAX_BUTTONS,
    card_bytes=cards.MAX_BYTES,
    text_bytes=words.TEXT_BYTES,
    update_within=timedelta(days=14),
    group_cards=True,
    group_presses=True,
    files=True,
    file_bytes=uploads.FILE_BYTES,
    limits=(
        Limit("app", 50, SECOND),
        Limit("app", 1000, timedelta(minutes=1)),
        Limit("receiver", 5, SECOND),
        Limit("group", 5, SECOND),
        Limit("card", 5, SECOND),
    ),
)


class FeishuClient:
    capabilities = CAPABILITIES

    def __init__(
        self,
        app: str,
        settings: FeishuSettings,
        http: Http,
        clock: Clock,
        health: Health,
        attachment: Attachment | None,
    ) -> None:
        self._app = app
        self._settings = settings
        self._http = http
        self._clock = clock
        self._health = health
        self._attachment = attachment
        self._api = Api(settings, http, clock, health)
        self.bot = ""
        """The bot's own open_id, once it is known."""
        self._bot = TokenSource(self._fetch_bot, clock)
        self._pictures: OrderedDict[str, str] = OrderedDict()
        # Two writers to one card make it flicker back to an old state; so updates of a message go one by one.
        self._updating: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def send(self, message: Outgoing) -> Receipt:
        body = message.body
        match body:
            case TextBody(text):
                return await self._say(message, words.text_pieces(text), words.text)
            case MarkdownBody(title, text):
                return await self._say(message, words.post_pieces(text), partial(words.post, title))
            case CardBody():
                return await self._send_card(message, body)
            case FileBody():
                return await self._send_file(message, body)
            case UpdateBody():
                return await self._update(message, body)

    def weigh(self, body: Body) -> int:
        return words.weight(body)

    async def fetch(self, media: MediaRef) -> Media:
        message_id, key = quote(media.context.get("message_id", ""), safe=""), quote(media.ref, safe="")
        reply = await self._api.download(
            f"{MESSAGES}/{message_id}/resources/{key}",
            params={"type": media.context.get("type", "file")},
            limit=self._settings.media_bytes,
        )
        mime = reply.headers.get("content-type", "").partition(";")[0]
        return as_media(reply.body, kind=media.kind, name=media.name, mime=mime, limit=self._settings.media_bytes)

    def people(self) -> AsyncIterator[DirectoryPerson]:
        return people(self._api)

    async def check(self) -> Sequence[Finding]:
        return await doctor.examine(self._api, self._settings, self._health, self._clock.now())

    async def close(self) -> None:
        """Nothing of its own to close: the pool belongs to the application."""

    async def bot_id(self) -> str:
        """The bot's own open_id, asked for once however many ask."""
        self.bot = self.bot or await self._bot.get()
        return self.bot

    async def _fetch_bot(self) -> Token:
        answer = await self._api.call("GET", "/open-apis/bot/v3/info")
        return Token(str((answer.get("bot") or {}).get("open_id", "")), timedelta(days=1))

    async def _say(self, message: Outgoing, pieces: Sequence[str], write: Write) -> Receipt:
        doubt, first = self._in_doubt(message), Receipt("")

        async def one(piece: str, place: int, doubtful: bool) -> str:
            nonlocal first
            kind, content = write(perhaps_twice(piece) if doubtful and doubt else piece)
            receipt = await self._create(message, place, kind, json.dumps(content, ensure_ascii=False))
            first = receipt if place == 0 else first
            return receipt.message_id

        ids = await each(message, pieces, one)
        return Receipt(ids[0], {**first.details, "parts": ids})

    async def _send_card(self, message: Outgoing, body: CardBody) -> Receipt:
        card = card_perhaps_twice(body.card) if self._in_doubt(message) else body.card
        drawn = await self._drawn(card, body.card_key, message.to)
        receipt = await self._create(message, 0, "interactive", drawn.text)
        return replace(receipt, details={**receipt.details, "left_out": list(drawn.left_out)})

    async def _send_file(self, message: Outgoing, body: FileBody) -> Receipt:
        if self._in_doubt(message):
            kind, content = words.text(file_perhaps_twice(body))
            await self._create(message, 1, kind, json.dumps(content, ensure_ascii=False))
        kind, content = await uploads.upload(self._api, body)
        sent = await self._create(message, 0, kind, json.dumps(content, ensure_ascii=False))
        return Receipt(sent.message_id, {**sent.details, "parts": [sent.message_id]})

    def _in_doubt(self, message: Outgoing) -> bool:
        """Within its hour Feishu knows the key itself; a repeat after that would be a second message."""
        return in_doubt(message, self._clock.now(), REMEMBERED)

    async def _update(self, message: Outgoing, body: UpdateBody) -> Receipt:
        """Changes the card in place, always by the message itself: callback tokens live 30 minutes and work twice."""
        message_id = str(body.receipt.get("message_id") or "")
        if not message_id:
            raise CardExpired("no message id is known for this card")
        drawn = await self._drawn(body.card, body.card_key, message.to)
        lock = self._updating.setdefault(message_id, asyncio.Lock())
        async with lock:
            path = f"{MESSAGES}/{quote(message_id, safe='')}"
            await self._api.call("PATCH", path, json={"content": drawn.text}, fail=update_failure)
        known = body.receipt.get("details") or {}
        return Receipt(message_id, {**known, "left_out": list(drawn.left_out)})

    async def _drawn(self, card: Card, card_key: str, to: Address) -> cards.Drawn:
        wanted = [block.attachment for block in card.blocks if isinstance(block, Picture)]
        pictures = {key: image for key in wanted if (image := await self._image_key(key))}
        return cards.draw(card, card_key, group=bool(to.group), pictures=pictures)

    async def _image_key(self, attachment: str) -> str:
        """The image key of an attachment, uploaded once; empty when it cannot be shown and is named in words."""
        if attachment not in self._pictures and self._attachment is not None:
            try:
                content = await self._attachment(attachment)
                self._pictures[attachment] = await uploads.upload_image(self._api, content)
            except (OSError, LookupError, Permanent, Credentials) as error:
                # Credentials too: the permission for pictures is one of its own, and the words can still arrive.
                uploads.log.warning("picture.not_shown", attachment=attachment, reason=str(error))
        while len(self._pictures) > KEPT_PICTURES:
            self._pictures.popitem(last=False)
        return self._pictures.get(attachment, "")

    async def _create(self, message: Outgoing, part: int, kind: str, content: str) -> Receipt:
        to = message.to
        answer = await self._api.call(
            "POST",
            MESSAGES,
            params={"receive_id_type": "chat_id" if to.group else "open_id"},
            json={
                "receive_id": to.group or to.user,
                "msg_type": kind,
                "content": content,
                "uuid": _uuid(message.key, part),
            },
        )
        data: Mapping[str, Any] = answer.get("data") or {}
        return Receipt(str(data.get("message_id", "")), {"chat_id": str(data.get("chat_id", ""))})


def _uuid(key: str, part: int) -> str:
    """Feishu's idempotency key: at most 50 characters, good for an hour. The same push always gets the same."""
    return hashlib.sha256(f"{key}\n{part}".encode()).hexdigest()[:40]
