"""Delivers for an intelligent robot (aibot), to people and groups, over whichever channel it has."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import structlog
from aiohttp.multipart import content_disposition_filename, parse_content_disposition

from bot.clock import Clock
from bot.errors import CardExpired, MediaRefused, Permanent
from bot.platforms.base import (
    Body,
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
from bot.platforms.repeats import each, file_perhaps_twice, perhaps_twice
from bot.platforms.text import split_text
from bot.platforms.wecom.aibot_inbound import TOKEN_MARK
from bot.platforms.wecom.cards import AIBOT, BUTTONS, DROPDOWN_OPTIONS, DROPDOWNS, draw
from bot.platforms.wecom.channels import REPLY, Channel, Spent
from bot.platforms.wecom.codes import AlreadySent
from bot.platforms.wecom.crypto import decrypt_media
from bot.platforms.wecom.doctor import ELSEWHERE, Health, common, received
from bot.platforms.wecom.limits import AIBOT_LIMITS
from bot.platforms.wecom.press import details_of, task_id
from bot.platforms.wecom.settings import WeComSettings
from bot.platforms.wecom.upload import check_file
from bot.platforms.wecom.words import Dialect, escape, fit_markdown, message, titled
from cards.model import Card

log = structlog.get_logger(__name__)

MESSAGE_BYTES = 20480
DOUBT_BYTES = 64
FILE_BYTES = 100 * 1024 * 1024
SENT_BYTES = 20 * 1024 * 1024

CALLBACK_REMEDY = "管理后台 → 智能机器人 → API 模式 → URL 回调：URL、Token、EncodingAESKey 与设置一致后保存"

CAPABILITIES = Capabilities(
    # What always has a place. A card whose only button submits takes more (cards.plan): three dropdowns, or ticks.
    inputs=frozenset({"choice"}),
    max_inputs=1,
    max_options=DROPDOWN_OPTIONS,
    max_buttons=BUTTONS,
    card_bytes=0,
    text_bytes=MESSAGE_BYTES,
    update_within=REPLY,
    group_cards=True,
    group_presses=True,
    files=True,
    file_bytes=SENT_BYTES,
    alone={"choice": DROPDOWNS, "multi_choice": 1},
    limits=AIBOT_LIMITS,
)


class AibotClient:
    """One robot. Every method raises the typed errors of bot.errors."""

    LIMITS = AIBOT_LIMITS

    def __init__(self, settings: WeComSettings, http: Http, clock: Clock, channel: Channel, *, health: Health) -> None:
        self.capabilities = CAPABILITIES
        self._settings = settings
        self._http = http
        self._clock = clock
        self._channel = channel
        self._health = health

    async def send(self, message: Outgoing) -> Receipt:
        with self._health.watching(self._clock):
            return await self._send(message)

    def weigh(self, body: Body) -> int:
        """How many messages it becomes: each counts against the conversation's limit."""
        match body:
            case TextBody(text):
                return max(len(split_text(escape(text), MESSAGE_BYTES - DOUBT_BYTES)), 1)
            case CardBody(card, _):
                drawn = draw(card, AIBOT, "weigh", card_url=self._settings.card_url)
                return 2 if drawn is not None and drawn.shortened else 1
        return 1

    async def fetch(self, media: MediaRef) -> Media:
        reply = await self._http.download(media.ref, hosts=self._settings.media_hosts, limit=FILE_BYTES)
        if reply.status != 200:
            raise MediaRefused("文件地址已过期（有效 5 分钟），请重新发送一次。")
        key = media.context.get("aeskey", "")
        content = decrypt_media(reply.body, key) if key else reply.body
        return as_media(
            content, kind=media.kind, name=media.name or _name(reply.headers), mime=media.mime, limit=FILE_BYTES
        )

    async def people(self) -> AsyncIterator[DirectoryPerson]:
        """A robot has no directory; the self-built app of the same enterprise has."""
        nobody: tuple[DirectoryPerson, ...] = ()
        for person in nobody:
            yield person

    async def check(self) -> Sequence[Finding]:
        return [self._connection(), *common(self._health)]

    async def close(self) -> None:
        """The connection belongs to `listen`, the pool to whoever made it."""

    async def _send(self, push: Outgoing) -> Receipt:
        match push.body:
            case TextBody(text):
                # Plain text is no reply type of an aibot: markdown without anything active says the same.
                return await self._say(push, escape(text))
            case MarkdownBody(title, text):
                return await self._say(push, fit_markdown(titled(title, text), Dialect.FULL))
            case CardBody(card, card_key):
                return await self._card(push, card, card_key)
            case UpdateBody():
                return await self._update(push.body)
            case FileBody():
                return await self._file(push, push.body)

    async def _push(self, push: Outgoing, message: dict[str, Any]) -> None:
        try:
            await self._channel.push(push.to, message)
        except Spent:
            if push.begun is None:
                raise
            log.info("wecom.was_answered_before", key=push.key)

    async def _say(self, push: Outgoing, text: str, *, scope: str = "piece") -> Receipt:
        """The robot's words have no key: a repeat of unknown fate says that it may be one."""

        async def one(words: str, place: int, doubtful: bool) -> str:
            said = perhaps_twice(words) if doubtful else words
            await self._push(push, {"msgtype": "markdown", "markdown": {"content": said}})
            return ""

        pieces = split_text(text, MESSAGE_BYTES - DOUBT_BYTES)
        if not pieces:
            raise Permanent("an empty text cannot be sent")
        await each(push, pieces, one, scope=scope)
        return self._receipt()

    async def _file(self, push: Outgoing, body: FileBody) -> Receipt:
        kind = check_file(body)
        media = await self._channel.upload(kind, body)
        if push.begun is not None:
            words = escape(file_perhaps_twice(body))
            await self._push(push, {"msgtype": "markdown", "markdown": {"content": words}})
        await self._push(push, {"msgtype": kind, kind: {"media_id": media}})
        return self._receipt()

    async def _card(self, push: Outgoing, card: Card, card_key: str) -> Receipt:
        task = task_id(card_key, push.key)
        one = self._channel.has_one(push.to)
        drawn = draw(card, AIBOT, task, card_url=self._settings.card_url, alone=one)
        if drawn is None:
            return await self._say(push, message(card, Dialect.FULL))
        if drawn.shortened and not one:
            await self._whole(push, message(card, Dialect.FULL, without=drawn.standing))
        try:
            await self._push(push, {"msgtype": "template_card", "template_card": drawn.template})
        except AlreadySent:
            log.info("wecom.card_was_sent_before", key=push.key)
        return self._receipt(task_id=task, left_out=list(drawn.left_out))

    async def _whole(self, push: Outgoing, words: str) -> None:
        """What the card is too small for goes before it, once: the card's own key tells nothing about it."""
        if "whole" in push.notes:
            return
        await self._say(push, words, scope="part")
        await push.notes.keep("whole", "1")

    async def _update(self, body: UpdateBody) -> Receipt:
        pressed = body.reply_token.partition(TOKEN_MARK)[2]
        if not pressed:
            raise CardExpired("an aibot's card can only be changed in answer to a press")
        drawn = draw(body.card, AIBOT, pressed, card_url=self._settings.card_url, update=True)
        if drawn is None:
            raise CardExpired("this state of the card cannot be drawn")
        template = drawn.template | {"task_id": pressed}
        await self._channel.update(body.reply_token, template)
        return Receipt("", {**details_of(body.receipt), "left_out": list(drawn.left_out)})

    def _receipt(self, **details: Any) -> Receipt:
        return Receipt("", {"sent_at": self._clock.now().isoformat(), **details})

    def _connection(self) -> Finding:
        if not self._settings.long_connection:
            return received("回调", self._health, "跟机器人说一句话", CALLBACK_REMEDY)
        if self._health.aside:
            return ELSEWHERE
        if self._health.elsewhere:
            return Finding("长连接", "ok", "由另一个进程保持")
        if self._health.connected_since is None:
            remedy = "核对 Bot ID 和 Secret；确认没有第二个程序在用同一个机器人；确认本机能访问长连接地址"
            return Finding("长连接", "fail", "没有连上企业微信", remedy)
        return Finding("长连接", "ok", f"已连接；{_heard(self._health.last_callback)}")


def _heard(last: datetime | None) -> str:
    return "启动以来还没有收到消息" if last is None else "收到过消息"


def _name(headers: Any) -> str:
    """The file's name from Content-Disposition."""
    _, parameters = parse_content_disposition(headers.get("content-disposition"))
    return content_disposition_filename(parameters) or ""
