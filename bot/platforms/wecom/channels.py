"""The two ways an aibot speaks: over its long connection, or in answers to HTTP callbacks."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from bot.clock import Clock
from bot.errors import CardExpired, Credentials, DeliveryError, Permanent, RetryAfter, Unanswered, Unreachable
from bot.platforms.base import Address, FileBody, Inbound, Kind
from bot.platforms.http import Http
from bot.platforms.media import check_host
from bot.platforms.wecom.aibot_inbound import TOKEN_MARK
from bot.platforms.wecom.api import JSON_HEADERS, checked, encode
from bot.platforms.wecom.socket import AibotSocket
from bot.waiting import within

log = structlog.get_logger(__name__)

Json = dict[str, Any]

REPLY = timedelta(seconds=5)
"""A welcome and the update of a pressed card are only taken this soon after their event (reference §7.4)."""

HELD = timedelta(seconds=4)
"""How long an HTTP callback waits for the update, a second within the platform's patience."""

REPLY_URL_LIFE = timedelta(hours=1)
CHUNK_BYTES = 512 * 1024
MOST_CHUNKS = 100


class Spent(Unreachable):
    """Every address for an answer was refused. Each works once: one that an attempt of unknown fate used took it."""


class Channel(Protocol):
    """Raises the typed errors of bot.errors."""

    def has_one(self, to: Address) -> bool:
        """Whether no more than one further message is sure to get there: it must not be spent on what can be spared."""
        ...

    async def push(self, to: Address, message: Json) -> None: ...

    async def update(self, token: str, template: Json) -> None:
        """Replaces the pressed card. Raises CardExpired when the press is too long ago."""
        ...

    async def upload(self, kind: str, body: FileBody) -> str: ...


class SocketChannel:
    """Over the long connection; pushes reach every conversation in which somebody has spoken to the bot."""

    def __init__(self, socket: AibotSocket, clock: Clock) -> None:
        self._socket = socket
        self._clock = clock
        self._presses: dict[str, datetime] = {}
        self._welcomes: dict[str, tuple[str, datetime]] = {}

    def note(self, inbound: Inbound, req_id: str) -> None:
        """Remembers what may be answered within five seconds."""
        now = self._clock.now()
        self._presses = {key: until for key, until in self._presses.items() if until > now}
        self._welcomes = {user: entry for user, entry in self._welcomes.items() if entry[1] > now}
        if inbound.kind is Kind.PRESS:
            self._presses[req_id] = now + REPLY
        elif inbound.kind is Kind.ENTERED:
            self._welcomes[inbound.sender] = (req_id, now + REPLY)

    def has_one(self, to: Address) -> bool:
        """Somebody who opened the chat may never have spoken in it: only the welcome reaches them."""
        _, until = self._welcomes.get(to.user, ("", self._clock.now()))
        return self._clock.now() < until

    async def push(self, to: Address, message: Json) -> None:
        if await self._welcomed(to.user, message):
            return
        place = {"chatid": to.group, "chat_type": 2} if to.group else {"chatid": to.user, "chat_type": 1}
        await self._socket.request("aibot_send_msg", place | message)

    async def _welcomed(self, user: str, message: Json) -> bool:
        """Whether the message went as the answer to somebody's opening of the chat."""
        req_id, until = self._welcomes.pop(user, ("", self._clock.now()))
        if not req_id or self._clock.now() >= until or message["msgtype"] not in ("markdown", "template_card"):
            return False
        try:
            await self._socket.request("aibot_respond_welcome_msg", _welcome(message), req_id)
        except Permanent as error:
            # Most likely too late by the platform's clock; who has spoken before is reached all the same.
            log.info("wecom.welcome_refused", reason=str(error))
            return False
        return True

    async def update(self, token: str, template: Json) -> None:
        req_id = token.partition(TOKEN_MARK)[0]
        until = self._presses.pop(req_id, None)
        if until is None or self._clock.now() >= until:
            raise CardExpired("an aibot's card can only be changed within 5 s of a press")
        await self._socket.request("aibot_respond_update_msg", _update(template), req_id)

    async def upload(self, kind: str, body: FileBody) -> str:
        chunks = [body.content[start : start + CHUNK_BYTES] for start in range(0, len(body.content), CHUNK_BYTES)]
        if len(chunks) > MOST_CHUNKS:
            raise Permanent(
                f"{body.name} has {len(body.content)} bytes; an aibot takes at most {MOST_CHUNKS * CHUNK_BYTES}"
            )
        digest = hashlib.md5(body.content, usedforsecurity=False).hexdigest()
        about = {
            "type": kind,
            "filename": body.name,
            "total_size": len(body.content),
            "total_chunks": len(chunks),
            "md5": digest,
        }
        upload = (await self._socket.request("aibot_upload_media_init", about))["upload_id"]
        for index, chunk in enumerate(chunks):
            part = {"upload_id": upload, "chunk_index": index, "base64_data": base64.b64encode(chunk).decode()}
            await self._socket.request("aibot_upload_media_chunk", part)
        return str((await self._socket.request("aibot_upload_media_finish", {"upload_id": upload}))["media_id"])


class CallbackChannel:
    """In answers only: each message or press brings one reply address, good for an hour and one use.

    The addresses are kept with their messages, so that the next process has them too; which of them this one has used
    already it then finds out by trying.
    """

    def __init__(self, http: Http, clock: Clock, api_url: str) -> None:
        self._http = http
        self._clock = clock
        self._host = api_url.partition("://")[2].partition("/")[0]
        self._addresses: defaultdict[str, deque[tuple[str, datetime]]] = defaultdict(lambda: deque(maxlen=20))
        self._known: dict[str, datetime] = {}
        self._held: dict[str, asyncio.Future[Json]] = {}

    def note(self, inbound: Inbound) -> None:
        """Keeps the address for an answer. A repeated callback brings it again, perhaps after it was used.

        Raises MediaRefused for an address of another house.
        """
        self._forget_old()
        url, until = inbound.answer_at, inbound.at + REPLY_URL_LIFE
        if url and url not in self._known and until > self._clock.now():
            check_host(url, [self._host])
            self._known[url] = until
            self._addresses[inbound.chat.id].append((url, until))

    @contextmanager
    def holding(self, token: str) -> Iterator[Callable[[], Awaitable[Json | None]]]:
        """From here on an update of this press is taken; gives what waits for it (None when none comes in time)."""
        update = self._held[token] = asyncio.get_running_loop().create_future()
        try:
            yield lambda: within(self._clock, HELD, update)
        finally:
            del self._held[token]

    def has_one(self, to: Address) -> bool:
        self._forget_old()
        return len(self._addresses.get(to.group or to.user, ())) == 1

    async def push(self, to: Address, message: Json) -> None:
        """With the oldest address that still works."""
        self._forget_old()
        waiting = self._addresses.get(to.group or to.user, deque())
        refused: DeliveryError = Unreachable(
            "HTTP 回调模式的智能机器人只能答复一小时内收到的消息，每条一次；要主动推送请改用长连接"
        )
        while waiting:
            entry = waiting.popleft()
            try:
                await self._answer(entry[0], message)
            except Unanswered:
                raise  # it may be spent
            except (RetryAfter, Credentials):
                waiting.appendleft(entry)
                raise
            except Permanent as error:
                refused = Spent(str(error))
            else:
                return
        raise refused

    async def _answer(self, url: str, message: Json) -> None:
        reply = (await self._http.call("POST", url, data=encode(message), headers=JSON_HEADERS)).json()
        checked(reply, "aibot/response")

    async def update(self, token: str, template: Json) -> None:
        waiting = self._held.get(token)
        if waiting is None or waiting.done():
            raise CardExpired("an aibot's card can only be changed within 5 s of a press")
        waiting.set_result(_update(template))

    async def upload(self, kind: str, body: FileBody) -> str:
        raise Permanent("HTTP 回调模式的智能机器人不能发文件；请改用长连接")

    def _forget_old(self) -> None:
        now = self._clock.now()
        self._known = {url: until for url, until in self._known.items() if until > now}
        for chat in list(self._addresses):
            waiting = self._addresses[chat]
            while waiting and waiting[0][1] <= now:
                waiting.popleft()
            if not waiting:
                del self._addresses[chat]


def response_url(plain: str) -> str:
    """The reply address of an HTTP callback; empty without one."""
    try:
        body = json.loads(plain)
    except ValueError:
        return ""
    return str(body.get("response_url", "")) if isinstance(body, dict) else ""


def _update(template: Mapping[str, Any]) -> Json:
    """Without `userids` everybody who holds the card gets the new state."""
    return {"response_type": "update_template_card", "template_card": template}


def _welcome(message: Json) -> Json:
    """A welcome may be text or a card, never markdown."""
    if message["msgtype"] != "markdown":
        return message
    return {"msgtype": "text", "text": {"content": message["markdown"]["content"]}}
