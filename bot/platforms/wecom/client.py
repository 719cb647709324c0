"""Delivers for a self-built app: people in its chat, its own groups, and group webhooks."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.clock import Clock
from bot.errors import CardExpired, DeliveryError, Permanent, Unreachable
from bot.platforms.base import (
    Address,
    Capabilities,
    CardBody,
    DirectoryPerson,
    FileBody,
    Finding,
    MarkdownBody,
    Media,
    MediaRef,
    Outgoing,
    Receipt,
    TextBody,
    UpdateBody,
)
from bot.platforms.http import Http
from bot.platforms.media import as_media
from bot.platforms.text import split_text
from bot.platforms.wecom.api import Api
from bot.platforms.wecom.cards import APP, DROPDOWN_OPTIONS, DROPDOWNS, draw
from bot.platforms.wecom.codes import AlreadySent, MediaGone
from bot.platforms.wecom.directory import people
from bot.platforms.wecom.doctor import Health, check_app
from bot.platforms.wecom.groups import Groups
from bot.platforms.wecom.limits import APP_LIMITS
from bot.platforms.wecom.press import task_id
from bot.platforms.wecom.settings import WeComSettings
from bot.platforms.wecom.upload import check_file
from bot.platforms.wecom.words import Dialect, fit_markdown, message, safe_text, titled
from cards.model import Card, Picture

log = structlog.get_logger(__name__)

MESSAGE_BYTES = 2048
"""Text and markdown are cut without a word beyond this (reference §4.1)."""

MARK_CHARS = 8
FILE_BYTES = 20 * 1024 * 1024
CARD_LIFE = timedelta(hours=72)
REPEAT_SECONDS = 4 * 3600
"""The longest window of the duplicate check."""

Pictures = Callable[[str], Awaitable[Media]]
"""Fetches an attachment of a card's picture by its storage key."""

CAPABILITIES = Capabilities(
    inputs=frozenset({"choice", "multi_choice"}),
    max_inputs=DROPDOWNS,
    max_options=DROPDOWN_OPTIONS,
    max_buttons=6,
    card_bytes=0,
    text_bytes=MESSAGE_BYTES - 3 * MARK_CHARS,
    update_within=CARD_LIFE,
    group_cards=False,
    group_presses=False,
    files=True,
    file_bytes=FILE_BYTES,
)


class AppClient:
    """One self-built app. Every method raises the typed errors of bot.errors."""

    LIMITS = APP_LIMITS

    def __init__(
        self, settings: WeComSettings, http: Http, clock: Clock, *, health: Health, pictures: Pictures | None = None
    ) -> None:
        self.capabilities = CAPABILITIES
        self.api = Api(settings, http, clock)
        self.groups = Groups(settings, self.api)
        self._settings = settings
        self._clock = clock
        self._health = health
        self._pictures = pictures
        self._uploaded: OrderedDict[str, str] = OrderedDict()

    async def send(self, message: Outgoing) -> Receipt:
        if message.to.group:
            return await self.groups.send(message)
        receipt = await self._send(message)
        self._health.delivered(self._clock.now())
        return receipt

    async def fetch(self, media: MediaRef) -> Media:
        reply = await self.api.download(media.ref, FILE_BYTES)
        return as_media(reply.body, kind=media.kind, name=media.name, mime=media.mime, limit=FILE_BYTES)

    def people(self) -> AsyncIterator[DirectoryPerson]:
        return people(self.api)

    async def check(self) -> Sequence[Finding]:
        return await check_app(self._settings, self.api, self._health, self._clock.now())

    async def close(self) -> None:
        """The connection pool belongs to whoever made it; nothing else is held."""

    async def _send(self, push: Outgoing) -> Receipt:
        match push.body:
            case TextBody(text):
                return await self._say(push.to, push.key, safe_text(text), Dialect.PLAIN)
            case MarkdownBody(title, text):
                return await self._say(
                    push.to, push.key, fit_markdown(titled(title, text), self._dialect), self._dialect
                )
            case CardBody(card, card_key):
                return await self._card(push, card, card_key)
            case UpdateBody():
                return await self._update(push.to, push.body)
            case FileBody():
                return await self._file(push.to, push.body, push.key)

    @property
    def _dialect(self) -> Dialect:
        return Dialect.PLAIN if self._settings.plain_text else Dialect.APP

    async def _say(self, to: Address, key: str, text: str, dialect: Dialect) -> Receipt:
        """One message, or several where it is long; a repeat of the same push repeats the same bytes."""
        kind = "text" if dialect is Dialect.PLAIN else "markdown"
        answer: Mapping[str, Any] = {}
        for place, piece in enumerate(split_text(text, MESSAGE_BYTES - 3 * MARK_CHARS)):
            answer = await self._post(to, kind, {"content": piece + mark(f"{key}/{place}")})
        if not answer:
            raise Permanent("an empty text cannot be sent")
        return self._receipt(answer)

    async def _card(self, push: Outgoing, card: Card, card_key: str) -> Receipt:
        await self._send_pictures(push, card)
        task = task_id(card_key, push.key)
        drawn = draw(card, APP, task, card_url=self._settings.card_url)
        if drawn is None:
            return await self._say(push.to, push.key, message(card, self._dialect), self._dialect)
        if drawn.shortened:
            await self._say(
                push.to, f"{push.key}/whole", message(card, self._dialect, without=drawn.standing), self._dialect
            )
        try:
            answer = await self._post(push.to, "template_card", drawn.template)
        except AlreadySent:
            log.info("wecom.card_was_sent_before", key=push.key)
            answer = {}
        return self._receipt(
            answer, task_id=task, left_out=list(drawn.left_out), response_code=answer.get("response_code", "")
        )

    async def _update(self, to: Address, body: UpdateBody) -> Receipt:
        """Uses the press's code first and the sending's after it; each works once. Raises CardExpired when none is left."""
        drawn = draw(
            body.card, APP, str(body.receipt.get("task_id", "")), card_url=self._settings.card_url, update=True
        )
        kept = str(body.receipt.get("response_code", "")) if self._alive(body.receipt) else ""
        codes = [code for code in dict.fromkeys((body.reply_token, kept)) if code]
        while codes and drawn is not None:
            code = codes.pop(0)
            try:
                await self._replace_card(to, code, drawn.template)
            except CardExpired:
                continue
            left = {"response_code": codes[0] if codes else "", "left_out": list(drawn.left_out)}
            return Receipt(str(body.receipt.get("message_id", "")), {**body.receipt, **left})
        raise CardExpired("no response_code is left for this card: each works once, within 72 hours")

    async def _replace_card(self, to: Address, code: str, template: Mapping[str, Any]) -> None:
        body = {
            "userids": [to.user],
            "agentid": self._settings.agent_id,
            "response_code": code,
            "template_card": template,
        }
        answer = await self.api.post("message/update_template_card", body)
        if answer.get("invaliduser"):
            raise Unreachable(f"message/update_template_card: {to.user} does not hold this card")

    async def _file(self, to: Address, body: FileBody, key: str) -> Receipt:
        kind = check_file(body)
        try:
            answer = await self._post(to, kind, {"media_id": await self._media_id(kind, body, key)})
        except MediaGone:
            self._uploaded.pop(key, None)
            answer = await self._post(to, kind, {"media_id": await self._media_id(kind, body, key)})
        return self._receipt(answer)

    async def _media_id(self, kind: str, body: FileBody, key: str) -> str:
        """Remembered, so that a repeated push carries the same JSON and is seen as a repeat."""
        known = self._uploaded.get(key)
        if known is None:
            known = self._uploaded[key] = await self.api.upload(kind, body.name, body.mime, body.content)
            while len(self._uploaded) > 256:
                self._uploaded.popitem(last=False)
        return known

    async def _send_pictures(self, push: Outgoing, card: Card) -> None:
        """Cards hold no pictures without a public address: they go before the card as messages of their own."""
        shown = [block for block in card.blocks if isinstance(block, Picture)] if self._pictures else []
        for picture in shown:
            assert self._pictures is not None
            media = await self._pictures(picture.attachment)
            await self._file(
                push.to,
                FileBody(media.name, media.mime, media.content, picture=True),
                f"{push.key}/{picture.attachment}",
            )

    async def _post(self, to: Address, kind: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        body = {
            "touser": to.user,
            "msgtype": kind,
            "agentid": self._settings.agent_id,
            kind: payload,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": REPEAT_SECONDS,
        }
        try:
            answer = await self.api.post("message/send", body)
        except DeliveryError as error:
            self._health.failed(self._clock.now(), str(error))
            raise
        # errcode 0 is no delivery: who could not be reached is listed beside it (reference §4.2).
        if answer.get("unlicenseduser"):
            raise Unreachable(f"{to.user} 没有接口许可：到 管理后台 → 应用管理 → 接口许可 为该成员分配")
        if answer.get("invaliduser"):
            raise Unreachable(f"{to.user} 不在应用的可见范围内，或已离职")
        return answer

    def _receipt(self, answer: Mapping[str, Any], **details: Any) -> Receipt:
        sent = {"sent_at": self._clock.now().isoformat(), "message_id": str(answer.get("msgid", ""))}
        return Receipt(sent["message_id"], sent | details)

    def _alive(self, receipt: Mapping[str, Any]) -> bool:
        sent = receipt.get("sent_at")
        return not sent or self._clock.now() - datetime.fromisoformat(str(sent)) < CARD_LIFE


def mark(key: str) -> str:
    """Eight invisible characters that differ from push to push.

    The duplicate check compares requests: a repeat must be the same bytes, and the same words said twice must not be.
    """
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:2], "big")
    return "".join("\u200b\u200c\u200d\u2060"[number >> 2 * place & 3] for place in range(MARK_CHARS))
