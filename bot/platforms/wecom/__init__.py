"""WeCom (企业微信): the self-built app with its groups and webhooks, and the intelligent robot (aibot)."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import timedelta

from aiohttp import web

from bot.clock import Clock
from bot.errors import MediaRefused
from bot.platforms.base import Inbound, Sink
from bot.platforms.http import Http
from bot.platforms.reconnect import Backoff, keep_connected
from bot.platforms.wecom.aibot_client import AibotClient
from bot.platforms.wecom.aibot_inbound import Reading, read_aibot
from bot.platforms.wecom.callback import AibotCallback, AppCallback, Callback
from bot.platforms.wecom.channels import REPLY_URL_LIFE, CallbackChannel, SocketChannel
from bot.platforms.wecom.client import AppClient
from bot.platforms.wecom.doctor import Health
from bot.platforms.wecom.inbound import PLATFORM
from bot.platforms.wecom.intake import Intake
from bot.platforms.wecom.login import Login
from bot.platforms.wecom.sending import Attachment
from bot.platforms.wecom.settings import WeComSettings
from bot.platforms.wecom.socket import AibotSocket
from bot.waiting import first_to_end

__all__ = ["WeComPlatform", "WeComSettings"]


class WeComPlatform:
    """One configured app or robot. `http` is shared and closed by whoever opened it.

    `attachment` gives the bytes of a card's picture; without it the picture's description stands on the card.
    """

    name = PLATFORM
    alone = True

    def __init__(
        self,
        settings: WeComSettings,
        http: Http,
        clock: Clock,
        *,
        app: str = "main",
        attachment: Attachment | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.app = app
        self.health = Health()
        self.login: Login | None = None
        self._settings = settings
        self._clock = clock
        self._backoff = backoff
        self._socket: AibotSocket | None = None
        self._answers: CallbackChannel | None = None
        self._speaks: SocketChannel | None = None
        self.client: AppClient | AibotClient
        if settings.line == "app":
            self.client = AppClient(settings, http, clock, health=self.health, attachment=attachment)
            self.login = Login(settings, self.client.api, clock)
        elif settings.long_connection:
            self._socket = AibotSocket(settings, http, clock, self.health)
            self._speaks = SocketChannel(self._socket, clock)
            self.client = AibotClient(settings, http, clock, self._speaks, health=self.health)
        else:
            self._answers = CallbackChannel(http, clock, settings.api_url)
            self.client = AibotClient(settings, http, clock, self._answers, health=self.health)

    def routes(self, sink: Sink) -> Sequence[web.RouteDef]:
        """GET and POST /callbacks/wecom/{app}; none for a long connection or an app that only pushes."""
        if not self._settings.has_callback:
            return []
        path = f"/callbacks/{self.name}/{self.app}"
        callback = self._callback(sink)
        return [web.get(path, callback.verify, allow_head=False), web.post(path, callback.receive)]

    @property
    def recalls(self) -> timedelta:
        return timedelta(0) if self._answers is None else REPLY_URL_LIFE

    def recall(self, inbound: Inbound) -> None:
        """The reply address that came with it works for an hour, whichever process uses it."""
        if self._answers is not None:
            with contextlib.suppress(MediaRefused):  # another house's address was refused when it came, too
                self._answers.note(inbound)

    async def listen(self, sink: Sink) -> None:
        """Holds the robot's long connection until cancelled; returns at once for everything else."""
        socket, channel = self._socket, self._speaks
        if socket is None or channel is None:
            return

        async def take(req_id: str, body: str) -> None:
            inbound = read_aibot(body, Reading(self.app, self._settings.bot_name, req_id, self._clock.now()))
            if inbound is not None:
                channel.note(inbound, req_id)
                await sink(inbound)

        intake = Intake(self._clock, take)
        connection = keep_connected(
            f"wecom/{self.app}", lambda: socket.live(intake.put), self._clock, backoff=self._backoff
        )
        await first_to_end(connection, intake.run())

    def _callback(self, sink: Sink) -> Callback:
        if self._answers is not None:
            return AibotCallback(self.app, self._settings, self._clock, sink, self.health, self._answers)
        return AppCallback(self.app, self._settings, self._clock, sink, self.health)
