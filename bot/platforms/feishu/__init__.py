"""Feishu (飞书) and Lark: one configured app behind the platform boundary."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from bot.clock import Clock
from bot.platforms.base import Sink
from bot.platforms.feishu.callback import look, taking
from bot.platforms.feishu.client import Attachment, FeishuClient
from bot.platforms.feishu.health import Health
from bot.platforms.feishu.inbound import NAME
from bot.platforms.feishu.login import WebLogin
from bot.platforms.feishu.receive import Receiver
from bot.platforms.feishu.settings import FeishuSettings
from bot.platforms.feishu.socket import LongConnection
from bot.platforms.http import Http
from bot.platforms.reconnect import Backoff, keep_connected

__all__ = ["FeishuPlatform", "FeishuSettings"]


class FeishuPlatform:
    """`app` is the app's name in the settings; `attachment` gives the bytes of a picture a card shows."""

    name = NAME
    alone = True

    def __init__(
        self,
        settings: FeishuSettings,
        http: Http,
        clock: Clock,
        *,
        app: str = "main",
        attachment: Attachment | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.app = app
        self.health = Health()
        self.login = WebLogin(settings, http, self.health)
        self.client = FeishuClient(app, settings, http, clock, self.health, attachment)
        self._settings = settings
        self._http = http
        self._clock = clock
        self._backoff = backoff
        self._receiver = Receiver(app, self.client, clock, self.health)

    def routes(self, sink: Sink) -> Sequence[web.RouteDef]:
        """POST /callbacks/feishu/<app> where the webhook is switched on, and GET beside it for a look."""
        if not self._settings.webhook:
            return ()
        path = f"/callbacks/{NAME}/{self.app}"
        take = taking(self._settings, self._receiver, self._clock, self.health, sink)
        return web.post(path, take), web.get(path, look)

    async def listen(self, sink: Sink) -> None:
        """Holds the long connection until cancelled; returns at once where it is switched off."""
        if not self._settings.long_connection:
            return
        connection = LongConnection(self._settings, self._http, self._clock, self._receiver, self.health, sink)
        await keep_connected(f"{NAME}/{self.app}", connection.live, self._clock, backoff=self._backoff)
