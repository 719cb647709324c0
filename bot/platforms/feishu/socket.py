"""Feishu's long connection: one WebSocket from opening to its end. An event is acknowledged only when it is safe."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import replace
from datetime import timedelta

import aiohttp
import structlog

from bot.clock import Clock
from bot.errors import RetryAfter
from bot.platforms.base import Sink
from bot.platforms.feishu.callback import answer_to
from bot.platforms.feishu.endpoint import Endpoint, config_in, discover, ping_interval, refusal
from bot.platforms.feishu.envelope import MAX_BODY, parse
from bot.platforms.feishu.frames import DATA, Frame, FrameError, decode, encode, ping
from bot.platforms.feishu.health import Health
from bot.platforms.feishu.inbound import event_type
from bot.platforms.feishu.parts import Assembly
from bot.platforms.feishu.receive import Receiver
from bot.platforms.feishu.settings import FeishuSettings
from bot.platforms.http import Http

SILENT_FOR = 2
"""Heartbeats without any sign of life after which a connection counts as dead."""

AT_ONCE = 64
"""Events in work at the same time; beyond it the connection is read no further, and Feishu holds the rest."""

OPEN_WITHIN = 15.0
"""Seconds for the handshake."""

log = structlog.get_logger(__name__)


class LongConnection:
    """`live` opens one connection and serves it to its end; bot.platforms.reconnect calls it again."""

    def __init__(
        self, settings: FeishuSettings, http: Http, clock: Clock, receiver: Receiver, health: Health, sink: Sink
    ) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._receiver = receiver
        self._health = health
        self._sink = sink

    async def live(self) -> None:
        """Returns when Feishu closed the connection. Raises RetryAfter or Credentials when it broke or was refused."""
        endpoint = await discover(self._http, self._settings)
        try:
            async with asyncio.timeout(OPEN_WITHIN):
                socket = await self._http.session.ws_connect(endpoint.url, max_msg_size=2 * MAX_BODY, autoping=True)
        except aiohttp.WSServerHandshakeError as error:
            raise refusal(error) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RetryAfter(f"long connection not opened: {type(error).__name__}") from error
        try:
            self._health.connected_since = self._clock.now()
            log.info("connection.opened", app_id=self._settings.app_id)
            await _Conversation(socket, endpoint, self._clock, self._receiver, self._sink).run()
        finally:
            self._health.connected_since = None
            await socket.close()


class _Conversation:
    """What happens on one open socket."""

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse, endpoint: Endpoint, clock: Clock, receiver: Receiver, sink: Sink
    ) -> None:
        self._socket = socket
        self._service = endpoint.service
        self._ping_every = endpoint.ping_every
        self._clock = clock
        self._receiver = receiver
        self._sink = sink
        self._heard = clock.now()
        self._assembly = Assembly()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        heartbeat = asyncio.create_task(self._beat())
        try:
            async with asyncio.TaskGroup() as work:
                reading = work.create_task(self._read(work))
                await asyncio.wait((heartbeat, reading), return_when=asyncio.FIRST_COMPLETED)
                if not reading.done():
                    reading.cancel()
        finally:
            heartbeat.cancel()
            await asyncio.wait((heartbeat,))
        if not heartbeat.cancelled():
            heartbeat.result()

    async def _beat(self) -> None:
        """Pings; raises RetryAfter when the other side has been silent for too long."""
        while True:
            try:
                await self._socket.send_bytes(encode(ping(self._service)))
            except (ConnectionError, aiohttp.ClientError) as error:
                raise RetryAfter("long connection broke") from error
            await self._clock.sleep(self._ping_every)
            if self._clock.now() - self._heard > self._ping_every * SILENT_FOR:
                raise RetryAfter("long connection silent", timedelta(0))

    async def _read(self, work: asyncio.TaskGroup) -> None:
        async for message in self._socket:
            self._heard = self._clock.now()
            if message.type is not aiohttp.WSMsgType.BINARY:
                log.debug("frame.ignored", type=str(message.type))
                continue
            try:
                frame = decode(message.data)
                payload = self._assembly.add(frame, self._heard) if frame.method == DATA else None
            except FrameError as error:
                log.warning("frame.unreadable", error=str(error))
                continue
            if frame.type == "pong":
                self._ping_every = ping_interval(config_in(frame.payload), self._ping_every)
            if payload is not None and frame.type in ("event", "card"):
                await self._room.acquire()
                # Started in the order they came, so that they reach the inbox in that order.
                work.create_task(self._serve(frame, payload))

    async def _serve(self, frame: Frame, payload: bytes) -> None:
        began = self._clock.now()
        try:
            envelope = parse(payload)
            await self._receiver.take(envelope, self._sink)
        except Exception:  # whatever kept it from being safe, Feishu must send it again; it does on any code but 200
            log.exception("event.not_kept", message_id=frame.headers.get("message_id", ""))
            await self._answer(frame, {"code": 500})
        else:
            took = int((self._clock.now() - began) / timedelta(milliseconds=1))
            body = base64.b64encode(json.dumps(answer_to(envelope)).encode()).decode()
            data = {"data": body} if event_type(envelope) == "card.action.trigger" else {}
            await self._answer(replace(frame, headers={**frame.headers, "biz_rt": str(took)}), {"code": 200, **data})
        finally:
            self._room.release()

    async def _answer(self, frame: Frame, answer: dict[str, object]) -> None:
        """The same frame back, with our answer as payload."""
        try:
            await self._socket.send_bytes(encode(replace(frame, payload=json.dumps(answer).encode())))
        except (ConnectionError, aiohttp.ClientError) as error:
            # Safe with us, not known to Feishu: it will come again and be recognised.
            log.info("ack.lost", error=type(error).__name__)
