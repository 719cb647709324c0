"""One aibot's long connection (reference §7.4): subscribe, pings, callbacks in order, requests with their answers."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import structlog

from bot.clock import Clock
from bot.errors import Credentials, DeliveryError, RetryAfter, Unanswered
from bot.platforms.http import Http
from bot.platforms.wecom.codes import NOT_SUBSCRIBED, error_of
from bot.platforms.wecom.doctor import Health
from bot.platforms.wecom.settings import WeComSettings
from bot.waiting import first_to_end, within

log = structlog.get_logger(__name__)

Frame = dict[str, Any]
Put = Callable[[str, str], Awaitable[None]]
"""Takes (req_id, body as JSON) of a callback off the connection's hands."""

PING = timedelta(seconds=30)
MOST_UNANSWERED = 2
ANSWER = timedelta(seconds=10)
KICKED = timedelta(seconds=60)
"""Another connection of this bot took over; coming back at once would make the two kick each other for ever."""

FRAME_BYTES = 4 * 1024 * 1024
CALLBACKS = frozenset({"aibot_msg_callback", "aibot_event_callback"})


class AibotSocket:
    """Holds one connection at a time; `live` runs it, `request` uses it."""

    def __init__(self, settings: WeComSettings, http: Http, clock: Clock, health: Health) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._health = health
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._subscribed = False
        self._answers: dict[str, asyncio.Future[Frame]] = {}
        self._unanswered = 0

    @property
    def connected(self) -> bool:
        return self._subscribed

    async def live(self, put: Put) -> None:
        """One connection, opening to end. Raises RetryAfter when it breaks, Credentials when the bot is refused."""
        try:
            opened = await self._http.session.ws_connect(self._settings.socket_url, max_msg_size=FRAME_BYTES)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise RetryAfter(f"cannot open {self._settings.socket_url}: {error}") from error
        async with opened as ws:
            self._ws = ws
            try:
                await first_to_end(self._read(ws, put), self._subscribe_and_ping())
            finally:
                self._ended()

    async def request(self, cmd: str, body: Frame | None, req_id: str = "") -> Frame:
        """Sends a frame and returns the body of its answer. `req_id` only for replies to a callback.

        Raises RetryAfter without a connection or an answer, and the typed error of a refusal.
        """
        if not self._subscribed:
            raise RetryAfter("the aibot's long connection is down")
        answer = await self._exchange(cmd, body, req_id or new_req_id(cmd))
        code = int(answer.get("errcode", 0))
        if code == NOT_SUBSCRIBED and self._ws is not None:
            # The subscription is gone though the socket is open: only a new connection helps.
            await self._ws.close()
        if code != 0:
            raise error_of(code, str(answer.get("errmsg", "")), cmd)
        received = answer.get("body")
        return received if isinstance(received, dict) else {}

    async def _exchange(self, cmd: str, body: Frame | None, req_id: str) -> Frame:
        if self._ws is None or self._ws.closed:
            raise RetryAfter("the aibot's long connection is down")
        frame: Frame = {"cmd": cmd, "headers": {"req_id": req_id}} | ({} if body is None else {"body": body})
        awaited = self._answers[req_id] = asyncio.get_running_loop().create_future()
        try:
            await self._ws.send_str(json.dumps(frame, ensure_ascii=False))
            answer: Frame | None = await within(self._clock, ANSWER, awaited)
        except (ConnectionError, aiohttp.ClientError) as error:
            raise Unanswered(f"{cmd}: the connection broke") from error
        finally:
            self._answers.pop(req_id, None)
        if answer is None:
            raise Unanswered(f"{cmd} was not answered within {ANSWER.total_seconds():.0f} s")
        return answer

    async def _read(self, ws: aiohttp.ClientWebSocketResponse, put: Put) -> None:
        async for message in ws:
            if message.type is not aiohttp.WSMsgType.TEXT:
                log.warning("wecom.frame_ignored", kind=message.type.name)
                continue
            await self._sort(message.data, put)
        raise RetryAfter(f"the connection was closed with {ws.close_code}")

    async def _sort(self, data: str, put: Put) -> None:
        """Answers go to who waits for them, callbacks to `put`."""
        try:
            frame = json.loads(data)
            cmd, req_id = frame.get("cmd"), str(frame["headers"]["req_id"])
        except (ValueError, KeyError, TypeError, AttributeError):
            await put("", data)
            return
        if cmd in CALLBACKS:
            self._health.received(self._clock.now())
            if _is_kick(frame):
                raise RetryAfter("another connection of this bot took over; is it running twice?", KICKED)
            await put(req_id, json.dumps(frame.get("body"), ensure_ascii=False))
            return
        waiting = self._answers.get(req_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(frame)

    async def _subscribe_and_ping(self) -> None:
        secret = self._settings.bot_secret.get_secret_value()
        answer = await self._exchange(
            "aibot_subscribe", {"bot_id": self._settings.bot_id, "secret": secret}, new_req_id("aibot_subscribe")
        )
        code = int(answer.get("errcode", 0))
        if code != 0:
            raise _subscribe_error(code, str(answer.get("errmsg", "")))
        self._subscribed, self._unanswered = True, 0
        self._health.connected_since = since = self._clock.now()
        log.info("wecom.subscribed", bot=self._settings.bot_id)
        while True:
            await self._clock.sleep(PING)
            heard = max(self._health.last_callback or since, since)
            if self._clock.now() - heard > self._settings.silence:
                raise RetryAfter(f"nothing came for {self._settings.silence}; connecting anew in case it is half dead")
            await self._ping()

    async def _ping(self) -> None:
        try:
            answer = await self._exchange("ping", None, new_req_id("ping"))
        except RetryAfter:
            self._unanswered += 1
            if self._unanswered >= MOST_UNANSWERED:
                raise
            return
        self._unanswered = 0
        if int(answer.get("errcode", 0)) == NOT_SUBSCRIBED:
            raise RetryAfter("the subscription was lost while the connection stayed open")

    def _ended(self) -> None:
        self._ws, self._subscribed = None, False
        self._health.connected_since = None
        for awaited in self._answers.values():
            if not awaited.done():
                awaited.set_exception(Unanswered("the connection ended before the answer came"))
        self._answers.clear()


def new_req_id(cmd: str) -> str:
    """Unique per request; the prefix is what the platform's own clients use."""
    return f"{cmd}_{secrets.token_hex(8)}"


def _is_kick(frame: Frame) -> bool:
    body = frame.get("body")
    event = body.get("event") if isinstance(body, dict) else None
    return isinstance(event, dict) and event.get("eventtype") == "disconnected_event"


def _subscribe_error(code: int, message: str) -> DeliveryError:
    """No failure codes are documented here: what is not a matter of time is taken as refused credentials."""
    known = error_of(code, message, "aibot_subscribe")
    if isinstance(known, RetryAfter):
        return known
    return Credentials(
        f"智能机器人的 Bot ID 或 Secret 不对：到 智能机器人 → API 模式 → 长连接 重新复制（{code} {message}）"
    )
