"""The HTTP callback of one app: the console's URL check, and messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import structlog
from aiohttp import web

from bot.clock import Clock
from bot.errors import InboundRefused, MediaRefused
from bot.platforms.base import Inbound, Kind, Sink
from bot.platforms.wecom.aibot_inbound import Reading, read_aibot
from bot.platforms.wecom.api import encode
from bot.platforms.wecom.app_inbound import read_app
from bot.platforms.wecom.channels import CallbackChannel, response_url
from bot.platforms.wecom.crypto import Envelope, new_nonce
from bot.platforms.wecom.doctor import Health
from bot.platforms.wecom.inbound import BODY_BYTES, open_echo, open_json, open_xml
from bot.platforms.wecom.settings import WeComSettings

log = structlog.get_logger(__name__)

SEALED_WRONG = 401
"""Refused for its signature, age or ciphertext, and not for its shape."""


class Callback:
    """What both lines share: size, seal and age of a request, and what is said of a refused one."""

    def __init__(self, app: str, settings: WeComSettings, clock: Clock, sink: Sink, health: Health) -> None:
        self._app = app
        self._settings = settings
        self._clock = clock
        self._sink = sink
        self._health = health
        self._envelope = Envelope(
            settings.callback_token.get_secret_value(), settings.encoding_aes_key.get_secret_value(), settings.receiver
        )

    @property
    def _window(self) -> timedelta:
        return self._settings.callback_window

    async def verify(self, request: web.Request) -> web.Response:
        """Answers the console's check with the bare plaintext, nothing around it."""
        try:
            echo = open_echo(request.query, self._envelope, self._clock.now(), self._window)
        except InboundRefused as error:
            return self._refused(error)
        self._health.received(self._clock.now())
        return web.Response(text=echo)

    async def receive(self, request: web.Request) -> web.Response:
        """200 only when the message is durable; the platform repeats everything else."""
        try:
            return await self._receive(await read_body(request), request)
        except InboundRefused as error:
            return self._refused(error)

    async def _receive(self, body: bytes, request: web.Request) -> web.Response:
        raise NotImplementedError

    async def _keep(self, inbound: Inbound | None) -> None:
        self._health.received(self._clock.now())
        if inbound is not None:
            await self._sink(inbound)

    def _refused(self, error: InboundRefused) -> web.Response:
        log.warning("wecom.callback_refused", app=self._app, reason=str(error), status=error.status)
        if error.status == SEALED_WRONG or self._health.last_callback is None:
            # Whoever scans the internet for open doors knows no seal at all, and is no sign of wrong settings.
            self._health.refused(self._clock.now(), str(error))
        return web.Response(status=error.status)


class AppCallback(Callback):
    """A self-built app's: XML in, an empty answer out; what there is to say is pushed later."""

    async def _receive(self, body: bytes, request: web.Request) -> web.Response:
        now = self._clock.now()
        plain = open_xml(body, request.query, self._envelope, now, self._window)
        inbound = read_app(plain, self._app, now)
        if inbound is not None and inbound.kind is Kind.NOTICE:
            log.warning("wecom.notice", app=self._app, words=inbound.text)
            self._health.noticed(now, inbound.text)
        await self._keep(inbound)
        return web.Response()


class AibotCallback(Callback):
    """An aibot's: JSON in; a press may be answered with the card's new state."""

    def __init__(
        self, app: str, settings: WeComSettings, clock: Clock, sink: Sink, health: Health, channel: CallbackChannel
    ) -> None:
        super().__init__(app, settings, clock, sink, health)
        self._channel = channel

    async def _receive(self, body: bytes, request: web.Request) -> web.Response:
        now = self._clock.now()
        plain = open_json(body, request.query, self._envelope, now, self._window)
        reading = Reading(
            self._app, self._settings.bot_name, new_nonce(), now, self._settings.encoding_aes_key.get_secret_value()
        )
        inbound = read_aibot(plain, reading)
        if inbound is None:
            await self._keep(None)
            return web.Response()
        inbound = replace(inbound, answer_at=response_url(plain))
        self._note(inbound)
        if inbound.kind is not Kind.PRESS or inbound.press is None:
            await self._keep(inbound)
            return web.Response()
        with self._channel.holding(inbound.press.reply_token) as held:
            await self._keep(inbound)
            update = await held()
        return web.Response() if update is None else self._sealed(update, request.query["nonce"])

    def _note(self, inbound: Inbound) -> None:
        try:
            self._channel.note(inbound)
        except MediaRefused:
            log.warning("wecom.foreign_reply_address", app=self._app)

    def _sealed(self, answer: dict[str, object], nonce: str) -> web.Response:
        """The nonce must be the request's own (reference §7.3)."""
        moment = int(self._clock.now().timestamp())
        sealed = self._envelope.seal(encode(answer).decode(), str(moment), nonce)
        body = {"encrypt": sealed.encrypt, "msgsignature": sealed.signature, "timestamp": moment, "nonce": nonce}
        return web.json_response(body)


async def read_body(request: web.Request) -> bytes:
    """The body, at most BODY_BYTES. Raises InboundRefused (413) as soon as it is known to be larger."""
    if (request.content_length or 0) > BODY_BYTES:
        raise InboundRefused("the body is larger than any callback", status=413)
    body = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > BODY_BYTES:
            raise InboundRefused("the body is larger than any callback", status=413)
    return bytes(body)
