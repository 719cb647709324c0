"""Delivery to one DingTalk app."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.errors import MediaRefused, Permanent
from bot.platforms.base import (
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
from bot.platforms.dingtalk import cards, forms, sending
from bot.platforms.dingtalk.api import Api
from bot.platforms.dingtalk.codes import Unsafe
from bot.platforms.dingtalk.directory import Directory
from bot.platforms.dingtalk.doctor import Doctor
from bot.platforms.dingtalk.health import Health
from bot.platforms.dingtalk.instances import Instances
from bot.platforms.dingtalk.ladder import CARD_INPUTS, Ladder, Rung
from bot.platforms.dingtalk.pictures import Attachment, Pictures
from bot.platforms.dingtalk.sending import Sender
from bot.platforms.dingtalk.settings import DingTalkSettings
from bot.platforms.dingtalk.webhooks import Webhooks
from bot.platforms.dingtalk.words import Words
from bot.platforms.http import Http
from bot.platforms.media import as_media
from bot.platforms.repeats import apart, file_perhaps_twice
from cards.texts import say

log = structlog.get_logger(__name__)

FILE_BYTES = 20 * 1024 * 1024
UPDATABLE = timedelta(days=365)
"""No limit is documented; a card that DingTalk has forgotten answers cardNotExist."""

LIMITS = (
    Limit("app", 20, timedelta(seconds=1)),
    Limit("receiver", 20, timedelta(minutes=1)),
    Limit("group", 20, timedelta(minutes=1)),
)
"""20 calls a second for each API, taken for all together; the webhook of a conversation takes 20 messages a minute."""

GONE = "钉钉那边已经取不到这个文件了（放得太久），请重新发送一次。"


class DingTalkClient:
    """Implements bot.platforms.base.Client."""

    def __init__(
        self,
        settings: DingTalkSettings,
        http: Http,
        clock: Clock,
        *,
        health: Health,
        webhooks: Webhooks,
        attachment: Attachment | None = None,
    ) -> None:
        self.api = Api(settings, http, clock, health)
        self.ladder = Ladder(settings, clock)
        self._settings = settings
        self._sender = Sender(settings, self.api, webhooks)
        self._cards = Instances(settings, self.api, self._sender, self.ladder, Pictures(self.api, attachment))
        self._directory = Directory(self.api, clock)
        self._doctor = Doctor(settings, self.api, clock, health, self.ladder)
        self._words = Words(settings, self._cards, self._sender, self.ladder)

    @property
    def capabilities(self) -> Capabilities:
        """What can be done now: when the form template failed, inputs are asked in the chat."""
        form = self.ladder.has_form
        return Capabilities(
            inputs=frozenset(kind.value for kind in CARD_INPUTS) if form else frozenset(),
            max_inputs=forms.MAX_FIELDS if form else 0,
            max_options=forms.MAX_OPTIONS if form else 0,
            max_buttons=cards.MAX_BUTTONS,
            card_bytes=self._settings.card_value_chars,
            text_bytes=sending.PIECE_BYTES,
            update_within=UPDATABLE if self.ladder.has_cards else timedelta(0),
            group_cards=True,
            group_presses=self.ladder.has_cards,
            files=True,
            file_bytes=FILE_BYTES,
            limits=LIMITS,
        )

    async def send(self, message: Outgoing) -> Receipt:
        """Delivers one push. Cards carry their key and never show twice, and words go on cards where there are any."""
        try:
            return await self._deliver(message)
        except Unsafe as refused:
            return await self._withheld(message, refused)

    def weigh(self, body: Body) -> int:
        """A long text is several messages."""
        return self._words.count(body.text) if isinstance(body, TextBody | MarkdownBody) else 1

    async def _deliver(self, message: Outgoing) -> Receipt:
        match message.body:
            case TextBody(text):
                return await self._words.send(message, text)
            case MarkdownBody(title, text):
                return await self._words.send(message, text, title=title)
            case FileBody() as file:
                return await self._file(message, file)
            case CardBody() as body:
                return await self._cards.send(message, body)
            case UpdateBody() as body:
                return await self._cards.update(message.to, body)

    async def fetch(self, media: MediaRef) -> Media:
        """The bytes behind a download code. Raises MediaRefused in words for the sender, typed errors otherwise."""
        body = {"downloadCode": media.ref, "robotCode": self._settings.robot}
        try:
            answer = await self.api.new("POST", "/v1.0/robot/messageFiles/download", body)
        except Permanent as gone:
            raise MediaRefused(GONE) from gone
        content = await self.api.download(str(answer.get("downloadUrl") or ""), FILE_BYTES)
        return as_media(content, kind=media.kind, name=media.name, mime=media.mime, limit=FILE_BYTES)

    def people(self) -> AsyncIterator[DirectoryPerson]:
        return self._directory.people()

    async def check(self) -> Sequence[Finding]:
        return await self._doctor.findings()

    async def close(self) -> None:
        """Nothing of its own: the connection pool belongs to whoever made it."""

    async def _withheld(self, push: Outgoing, refused: Unsafe) -> Receipt:
        """What DingTalk's content check holds back is not passed over in silence: a neutral sentence says so."""
        log.warning("dingtalk.content_refused", key=push.key, reason=str(refused))
        said = await self._words.send(apart(push, "unsafe"), say("runtime.unsafe"))
        kept = dict(push.body.receipt.get("details") or push.body.receipt) if isinstance(push.body, UpdateBody) else {}
        return Receipt(said.message_id, {**said.details, "rung": Rung.TEXT.value, **kept, "unsafe": str(refused)})

    async def _file(self, push: Outgoing, file: FileBody) -> Receipt:
        """Files have no key: before one that may be a repeat goes a word about it."""
        if push.begun is not None:
            await self._words.send(apart(push), file_perhaps_twice(file))
        return Receipt(await self._sender.file(push.to, file))
