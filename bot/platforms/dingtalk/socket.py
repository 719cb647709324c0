"""The long connection (Stream): opened with a one-time ticket, watched, moved over when DingTalk asks for it."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Awaitable, Collection
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import aiohttp
import structlog

from bot.clock import Clock
from bot.errors import InboundRefused, RetryAfter
from bot.platforms.dingtalk import frames
from bot.platforms.dingtalk.api import Api
from bot.platforms.dingtalk.frames import Frame
from bot.platforms.dingtalk.health import Health
from bot.platforms.dingtalk.inbound import instant
from bot.platforms.dingtalk.receiver import Receiver, object_of
from bot.platforms.dingtalk.settings import DingTalkSettings
from bot.platforms.http import Http

log = structlog.get_logger(__name__)

FRAME_BYTES = 1024 * 1024
AT_ONCE = 200
"""Frames being made durable at the same time; more wait unread in the socket."""

CLOSE_SECONDS = 2.0

Text = aiohttp.WSMsgType.TEXT
Socket = aiohttp.ClientWebSocketResponse


class Stream:
    """Holds one app's connection; a new one replaces the old before the old ends."""

    def __init__(
        self, settings: DingTalkSettings, api: Api, http: Http, clock: Clock, health: Health, receiver: Receiver
    ) -> None:
        self._settings = settings
        self._api = api
        self._http = http
        self._clock = clock
        self._health = health
        self._receiver = receiver

    async def live(self) -> None:
        """From opening to the end. Raises typed errors when it cannot be opened."""
        current = await self._open()
        leaving: set[asyncio.Task[bool]] = set()
        try:
            while await current.read():
                fresh = await self._open()
                draining = asyncio.create_task(current.read())
                leaving.add(draining)
                draining.add_done_callback(leaving.discard)
                current = fresh
        finally:
            self._health.connected_at = None
            await _end(leaving)
            await current.close()

    async def _open(self) -> Connection:
        answer = await self._api.open_stream(
            {
                "clientId": self._settings.client_id,
                "clientSecret": self._settings.client_secret.get_secret_value(),
                "subscriptions": list(frames.SUBSCRIPTIONS),
                "ua": "genjin/1",
                "localIp": "",
                "extras": {"python": platform.python_version()},
            }
        )
        if not answer.get("endpoint") or not answer.get("ticket"):
            raise RetryAfter("the Stream gateway answered without an endpoint or ticket")
        url = f"{answer['endpoint']}?ticket={quote(str(answer['ticket']), safe='')}"
        timeout = aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS)
        try:
            socket = await self._http.session.ws_connect(
                url, autoping=False, max_msg_size=FRAME_BYTES, timeout=timeout, headers={"User-Agent": "genjin"}
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RetryAfter(f"the Stream socket did not open: {type(error).__name__}") from error
        self._health.connected_at = self._clock.now()
        log.info("dingtalk.connected")
        return Connection(socket, self._settings, self._clock, self._receiver)


class Connection:
    """One socket with its watch. `read` may be called again after it said that DingTalk wants to end the connection."""

    def __init__(self, socket: Socket, settings: DingTalkSettings, clock: Clock, receiver: Receiver) -> None:
        self._socket = socket
        self._clock = clock
        self._receiver = receiver
        self._pause = timedelta(seconds=settings.ping_seconds)
        self._silence = timedelta(seconds=settings.silence_seconds)
        self._heard = clock.now()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._work: set[asyncio.Task[None]] = set()
        self._watch = asyncio.create_task(self._watching())

    async def read(self) -> bool:
        """Works off frames. True: DingTalk announced the end, open another one. False: it is closed."""
        async for message in self._socket:
            self._heard = self._clock.now()
            if message.type is aiohttp.WSMsgType.PING:
                await self._try(self._socket.pong(message.data))
            elif message.type is aiohttp.WSMsgType.ERROR:
                break
            elif message.type is Text:
                frame = frames.read(message.data)
                if frame is None:
                    log.warning("dingtalk.frame_unreadable", size=len(message.data))
                elif frame.type == "SYSTEM" and frame.topic == "disconnect":
                    return True
                else:
                    await self._start(frame)
        await self.close()
        return False

    async def close(self) -> None:
        """Lets work under way finish its durable part, then closes the socket."""
        self._watch.cancel()
        if self._work:
            await asyncio.wait(self._work)
        await self._socket.close()

    async def _start(self, frame: Frame) -> None:
        """Frames are begun in their order; each is acknowledged when it is durable."""
        if frame.type == "SYSTEM":
            await self._answer(frames.ack(frame, frames.OK, frame.data))
            return
        await self._room.acquire()
        task = asyncio.create_task(self._handle(frame))
        self._work.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._work.discard(task)
        self._room.release()

    async def _handle(self, frame: Frame) -> None:
        """One frame to its acknowledgement. A failure is acknowledged as one, so that DingTalk pushes it again."""
        try:
            code, data = await self._receive(frame)
        except InboundRefused as refused:
            log.warning("dingtalk.frame_refused", reason=str(refused), topic=frame.topic)
            code, data = frames.OK, {"response": None}
        except Exception:
            log.exception("dingtalk.frame_failed", topic=frame.topic, message_id=frame.message_id)
            code, data = frames.FAILED, {"status": "LATER", "message": "not stored"}
        await self._answer(frames.ack(frame, code, data))

    async def _receive(self, frame: Frame) -> tuple[int, dict[str, Any]]:
        data = object_of(frame.data)
        if frame.type == "EVENT":
            born = instant(frame.headers.get("eventBornTime"), self._receiver.now())
            key = str(frame.headers.get("eventId") or frame.message_id)
            await self._receiver.event(str(frame.headers.get("eventType") or ""), data, key, born)
            return frames.OK, {"status": "SUCCESS", "message": ""}
        if frame.topic == frames.BOT_TOPIC:
            await self._receiver.message(data)
            return frames.OK, {"response": None}
        if frame.topic == frames.CARD_TOPIC:
            at = instant(frame.headers.get("time"), self._receiver.now())
            return frames.OK, {"response": await self._receiver.card(data, frame.message_id, at)}
        return frames.NOT_HANDLED, {"response": None}

    async def _answer(self, text: str) -> None:
        """Sends an acknowledgement; one that cannot be sent any more makes DingTalk push again, which is harmless."""
        await self._try(self._socket.send_str(text))

    async def _try(self, sending: Awaitable[None]) -> None:
        """A socket that died under our hands is noticed by the reader, which ends the connection in order."""
        try:
            await sending
        except (aiohttp.ClientError, ConnectionError) as error:
            log.warning("dingtalk.socket_lost", reason=type(error).__name__)

    async def _watching(self) -> None:
        """Pings, and gives the socket up when nothing at all was heard for too long (NAT, suspended host)."""
        while True:
            await self._clock.sleep(self._pause)
            if self._clock.now() - self._heard >= self._silence:
                log.warning("dingtalk.silent", since=self._heard.isoformat())
                await self._socket.close()
                return
            await self._try(self._socket.ping())


async def _end(tasks: Collection[asyncio.Task[bool]]) -> None:
    for task in list(tasks):
        task.cancel()
    await asyncio.gather(*list(tasks), return_exceptions=True)
