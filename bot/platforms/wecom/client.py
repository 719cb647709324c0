"""A self-built app behind the platform boundary."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from bot.clock import Clock
from bot.platforms.base import Body, Capabilities, DirectoryPerson, Finding, Media, MediaRef, Outgoing, Receipt
from bot.platforms.http import Http
from bot.platforms.media import as_media
from bot.platforms.wecom.api import Api
from bot.platforms.wecom.cards import BUTTONS, DROPDOWN_OPTIONS, DROPDOWNS
from bot.platforms.wecom.codes import GroupExists
from bot.platforms.wecom.directory import people
from bot.platforms.wecom.doctor import Health, check_app
from bot.platforms.wecom.groups import WEBHOOK, Groups
from bot.platforms.wecom.limits import APP_LIMITS, app_limits
from bot.platforms.wecom.sending import CARD_LIFE, MESSAGE_BYTES, Attachment, Sending
from bot.platforms.wecom.settings import WeComSettings

FILE_BYTES = 20 * 1024 * 1024

CAPABILITIES = Capabilities(
    # What always has a place. A card whose only button submits takes more (cards.plan): three dropdowns, or ticks.
    inputs=frozenset({"choice"}),
    max_inputs=1,
    max_options=DROPDOWN_OPTIONS,
    max_buttons=BUTTONS,
    card_bytes=0,
    text_bytes=MESSAGE_BYTES,
    update_within=CARD_LIFE,
    group_cards=False,
    group_presses=False,
    files=True,
    file_bytes=FILE_BYTES,
    alone={"choice": DROPDOWNS, "multi_choice": 1},
    limits=APP_LIMITS,
)


class AppClient:
    """One self-built app. Every method raises the typed errors of bot.errors."""

    LIMITS = APP_LIMITS

    def __init__(
        self, settings: WeComSettings, http: Http, clock: Clock, *, health: Health, attachment: Attachment | None = None
    ) -> None:
        self.capabilities = replace(CAPABILITIES, limits=app_limits(settings.accounts))
        self.api = Api(settings, http, clock)
        self.groups = Groups(settings, self.api)
        self._settings = settings
        self._clock = clock
        self._health = health
        self._sending = Sending(settings, self.api, clock, attachment)

    async def send(self, message: Outgoing) -> Receipt:
        with self._health.watching(self._clock):
            return await (self.groups.send(message) if message.to.group else self._sending.send(message))

    def boards(self) -> Mapping[str, str]:
        return {name: f"{WEBHOOK}{name}" for name in self._settings.webhooks}

    async def make_group(self, name: str, users: Sequence[str], key: str) -> str:
        try:
            return await self.groups.create(name, users, chatid=key)
        except GroupExists:
            return key

    def weigh(self, body: Body) -> int:
        return self._sending.count(body)

    async def fetch(self, media: MediaRef) -> Media:
        reply = await self.api.download(media.ref, FILE_BYTES)
        return as_media(reply.body, kind=media.kind, name=media.name, mime=media.mime, limit=FILE_BYTES)

    def people(self) -> AsyncIterator[DirectoryPerson]:
        return people(self.api)

    async def check(self) -> Sequence[Finding]:
        return await check_app(self._settings, self.api, self._health)

    async def close(self) -> None:
        """The connection pool belongs to whoever made it; nothing else is held."""
