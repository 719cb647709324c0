"""The Stream gateway: one-time tickets, pushes to one connection at random, repeats of what is not acknowledged."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from tests.emulators.dingtalk.server import DingTalkEmulator

REPEAT_AFTER = (timedelta(seconds=16), timedelta(seconds=60))
PING_EVERY = timedelta(seconds=30)
DRAIN = timedelta(seconds=10)


@dataclass(slots=True)
class Push:
    """One frame on its way, through its repeats."""

    type: str
    topic: str
    data: dict[str, Any]
    extra: dict[str, str] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    """The acknowledgement, once there is one."""
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def accepted(self) -> bool:
        return self.answer is not None and self.answer["code"] == 200


@dataclass(eq=False, slots=True)
class Line:
    """One open connection."""

    id: str
    socket: web.WebSocketResponse
    topics: frozenset[tuple[str, str]]
    leaving: bool = False
    frozen: bool = False
    """Neither reads nor answers any more, though TCP is open."""
    owed: str = ""
    """The ping that was not answered yet."""


class Gateway:
    """Endpoints and pushes."""

    def __init__(self, emulator: DingTalkEmulator, seed: int) -> None:
        self._e = emulator
        self._random = random.Random(seed)
        self.lines: list[Line] = []
        self.opened: list[dict[str, Any]] = []
        """Bodies of the open calls."""
        self.acks: list[dict[str, Any]] = []
        self.pings = True
        self.repeats = True
        self.new_id_on_repeat = False
        """Whether a repeat has a fresh headers.messageId; what DingTalk does is not known."""
        self.drop_pushes = 0
        """The next so many frames are lost on the way (and repeated later)."""
        self._waiting: dict[str, Push] = {}
        self._pending_tickets: dict[str, frozenset[tuple[str, str]]] = {}
        self.connected = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v1.0/gateway/connections/open", self.open), web.get("/connect", self.connect)]

    async def open(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.opened.append(body)
        self._e.access.check_credentials(body.get("clientId"), body.get("clientSecret"))
        if "application/json" not in request.headers.get("Accept", ""):
            return web.Response(text="<result><endpoint/></result>", content_type="application/xml")
        ticket = self._e.access.ticket()
        self._pending_tickets[ticket] = frozenset((one["type"], one["topic"]) for one in body.get("subscriptions", []))
        return web.json_response({"endpoint": self._e.url.replace("http", "ws", 1) + "/connect", "ticket": ticket})

    async def connect(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if not self._e.access.use_ticket(ticket):
            return web.Response(status=401, text="ticket is used or expired")
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        line = Line(self._e.access.fresh("conn"), socket, self._pending_tickets.pop(ticket))
        self.lines.append(line)
        self.connected.set()
        self._e.changed()
        pinging = asyncio.create_task(self._pinging(line))
        try:
            await self._listen(line)
        finally:
            pinging.cancel()
            self.lines.remove(line)
            self._e.changed()
            if not self.lines:
                self.connected.clear()
        return socket

    async def push(self, push: Push) -> Push:
        """Sends a frame and waits for its acknowledgement; without a connection it is lost (answer stays None)."""
        if self._send(push):
            self._e.background(self._repeat(push))
            async with asyncio.timeout(60):  # real seconds: a test that is never answered fails and does not hang
                await push.answered.wait()
        return push

    def post(self, push: Push) -> Push:
        """As `push`, without waiting."""
        if self._send(push):
            self._e.background(self._repeat(push))
        return push

    async def ask_to_leave(self, reason: str = "connection is expired") -> None:
        """A `disconnect` frame to every connection: no new pushes from now on, TCP closed 10 s later."""
        for line in list(self.lines):
            line.leaving = True
            frame = self._frame("SYSTEM", "disconnect", {"reason": reason}, self._e.access.fresh("sys"), {})
            await line.socket.send_str(json.dumps(frame))
            self._e.background(self._hang_up(line))

    async def kill(self) -> None:
        """Cuts every connection without a word."""
        for line in list(self.lines):
            transport = line.socket._req.transport if line.socket._req is not None else None
            if transport is not None:
                transport.abort()

    def freeze(self) -> None:
        """Connections stay open and fall silent for ever."""
        for line in self.lines:
            line.frozen = True

    def _send(self, push: Push) -> bool:
        able = [line for line in self.lines if not line.leaving and self._subscribed(line, push)]
        if not able:
            return False
        if not push.ids or self.new_id_on_repeat:
            push.ids.append(self._e.access.fresh("msg"))
        self._waiting[push.ids[-1]] = push
        line = self._random.choice(able)
        if self.drop_pushes > 0:
            self.drop_pushes -= 1
        elif not line.frozen:
            frame = self._frame(push.type, push.topic, push.data, push.ids[-1], push.extra, line.id)
            self._e.background(_quietly(line.socket, json.dumps(frame, ensure_ascii=False)))
        return True

    async def _repeat(self, push: Push) -> None:
        """An unacknowledged frame comes again after 16 s and again after 60 s."""
        for pause in REPEAT_AFTER:
            await self._e.clock.sleep(pause)
            if push.accepted or not self.repeats:
                return
            self._send(push)

    async def _listen(self, line: Line) -> None:
        async for message in line.socket:
            if line.frozen:
                continue
            if message.type is WSMsgType.PING:
                await line.socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self._take(line, json.loads(message.data))

    def _take(self, line: Line, ack: dict[str, Any]) -> None:
        self.acks.append(ack)
        number = ack["headers"]["messageId"]
        if number == line.owed:
            line.owed = ""
        push = self._waiting.get(number)
        if push is not None:
            push.answer = {**ack, "data": json.loads(ack["data"]) if ack.get("data") else None}
            push.answered.set()

    async def _pinging(self, line: Line) -> None:
        while True:
            await self._e.clock.sleep(PING_EVERY)
            if not self.pings or line.frozen:
                continue
            if line.owed:
                await line.socket.close()
                return
            line.owed = self._e.access.fresh("ping")
            frame = self._frame("SYSTEM", "ping", {"opaque": line.owed}, line.owed, {}, line.id)
            await line.socket.send_str(json.dumps(frame))

    async def _hang_up(self, line: Line) -> None:
        await self._e.clock.sleep(DRAIN)
        await line.socket.close()

    def _frame(
        self, kind: str, topic: str, data: dict[str, Any], number: str, extra: dict[str, str], line: str = ""
    ) -> dict[str, Any]:
        now = str(int(self._e.clock.now().timestamp() * 1000))
        headers = {
            "appId": "emulated",
            "connectionId": line,
            "contentType": "application/json",
            "messageId": number,
            "time": now,
            "topic": topic,
            **extra,
        }
        return {"specVersion": "1.0", "type": kind, "headers": headers, "data": json.dumps(data, ensure_ascii=False)}

    def _subscribed(self, line: Line, push: Push) -> bool:
        return (push.type, push.topic) in line.topics or (push.type, "*") in line.topics


async def _quietly(socket: web.WebSocketResponse, text: str) -> None:
    try:
        await socket.send_str(text)
    except (ConnectionError, RuntimeError):
        return  # the line died under the push; it is repeated
