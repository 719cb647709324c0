"""DingTalk (钉钉): one robot of one organisation, by Stream or by HTTP."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from bot.clock import Clock
from bot.platforms.base import Client, Sink
from bot.platforms.dingtalk.callback import Callbacks
from bot.platforms.dingtalk.client import DingTalkClient
from bot.platforms.dingtalk.health import Health
from bot.platforms.dingtalk.login import WebLogin
from bot.platforms.dingtalk.pictures import Attachment
from bot.platforms.dingtalk.press import PLATFORM
from bot.platforms.dingtalk.receiver import Receiver
from bot.platforms.dingtalk.routing import CardRoute
from bot.platforms.dingtalk.settings import DingTalkSettings
from bot.platforms.dingtalk.socket import Stream
from bot.platforms.dingtalk.webhooks import Webhooks
from bot.platforms.http import Http
from bot.platforms.reconnect import Backoff, keep_connected

__all__ = ["DingTalkPlatform", "DingTalkSettings"]


class DingTalkPlatform:
    """Implements bot.platforms.base.Platform for one configured app."""

    name = PLATFORM
    alone = True

    def __init__(
        self,
        settings: DingTalkSettings,
        http: Http,
        clock: Clock,
        *,
        app: str = "main",
        attachment: Attachment | None = None,
        backoff: Backoff | None = None,
        address: str = "",
    ) -> None:
        """`address`: where DingTalk reaches the callback from outside; empty when that is not known."""
        self.app = app
        self.health = Health()
        self._settings = settings
        self._http = http
        self._clock = clock
        self._backoff = backoff
        self._webhooks = Webhooks(settings, clock)
        self._delivery = DingTalkClient(
            settings, http, clock, health=self.health, webhooks=self._webhooks, attachment=attachment
        )
        self.client: Client = self._delivery
        self.login = WebLogin(settings, self._delivery.api)
        self._route = CardRoute(settings, self._delivery.api, clock, self.health, address)

    def routes(self, sink: Sink) -> Sequence[web.RouteDef]:
        """One address for robot messages, events and card presses."""
        callbacks = Callbacks(self._settings, self._receiver(sink))
        path = f"/callbacks/dingtalk/{self.app}"
        return [web.post(path, callbacks.post), web.get(path, callbacks.get)]

    async def listen(self, sink: Sink) -> None:
        """Holds the Stream connection until cancelled; when it is switched off, says where presses go, and returns."""
        if not self._settings.stream:
            await self._route.keep_registered()
            return
        stream = Stream(self._settings, self._delivery.api, self._http, self._clock, self.health, self._receiver(sink))
        await keep_connected(f"dingtalk/{self.app}", stream.live, self._clock, backoff=self._backoff)

    def _receiver(self, sink: Sink) -> Receiver:
        return Receiver(self.app, self._settings, self._clock, self.health, self._webhooks, sink)
