"""Delivery to one DingTalk app."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from bot.clock import Clock
from bot.platforms.base import (
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
from bot.platforms.dingtalk.directory import Directory
from bot.platforms.dingtalk.doctor import Doctor
from bot.platforms.dingtalk.health import Health
from bot.platforms.dingtalk.instances import Instances
from bot.platforms.dingtalk.ladder import CARD_INPUTS, Ladder
from bot.platforms.dingtalk.pictures import Attachment, Pictures
from bot.platforms.dingtalk.sending import Message, Sender
from bot.platforms.dingtalk.settings import DingTalkSettings
from bot.platforms.dingtalk.webhooks import Webhooks
from bot.platforms.http import Http
from bot.platforms.media import as_media

FILE_BYTES = 20 * 1024 * 1024
UPDATABLE = timedelta(days=365)
"""No limit is documented; a card that DingTalk has forgotten answers cardNotExist."""

LIMITS = (Limit("app", 20, timedelta(seconds=1)), Limit("receiver", 20, timedelta(minutes=1)))
"""20 calls a second for each API, taken for all together; a session webhook takes 20 messages a minute."""

HALF_SENT = 1000


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
        self._half_sent: OrderedDict[str, list[str]] = OrderedDict()

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
        """Delivers one push. Cards carry their key and never show twice; robot messages have no such key."""
        match message.body:
            case TextBody(text):
                return await self._all(message, sending.texts(text))
            case MarkdownBody(title, text):
                return await self._all(message, sending.markdowns(title, text))
            case FileBody() as file:
                return Receipt(await self._sender.file(message.to, file))
            case CardBody() as body:
                return await self._cards.send(message.to, body, quiet=message.quiet)
            case UpdateBody() as body:
                return await self._cards.update(message.to, body)

    async def fetch(self, media: MediaRef) -> Media:
        """The bytes behind a download code. Raises MediaRefused in words for the sender, typed errors otherwise."""
        body = {"downloadCode": media.ref, "robotCode": self._settings.robot}
        answer = await self.api.new("POST", "/v1.0/robot/messageFiles/download", body)
        content = await self.api.download(str(answer.get("downloadUrl") or ""), FILE_BYTES)
        return as_media(content, kind=media.kind, name=media.name, mime=media.mime, limit=FILE_BYTES)

    def people(self) -> AsyncIterator[DirectoryPerson]:
        return self._directory.people()

    async def check(self) -> Sequence[Finding]:
        return await self._doctor.findings()

    async def close(self) -> None:
        """Nothing of its own: the connection pool belongs to whoever made it."""

    async def _all(self, message: Outgoing, pieces: Sequence[Message]) -> Receipt:
        """Every piece of a long text once: a retry goes on behind the pieces that went out before the failure."""
        done = self._half_sent.setdefault(message.key, [])
        while len(self._half_sent) > HALF_SENT:
            self._half_sent.popitem(last=False)
        for piece in pieces[len(done) :]:
            done.append(await self._sender.deliver(message.to, piece))
        self._half_sent.pop(message.key, None)
        return Receipt(done[0] if done else "", {"messages": list(done)})
