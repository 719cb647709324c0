"""The long connection's server: discovery, at most 50 sockets, one random socket for each push, acks by message id."""

from __future__ import annotations

import asyncio
import base64
import json
import random
from typing import Any

import aiohttp
from aiohttp import web

from tests.emulators.feishu.answers import json_body
from tests.emulators.feishu.delivery import Outcome, within_time
from tests.emulators.feishu.wire import Frame, frame, headers_of
from tests.emulators.feishu.world import World

MAX_CONNECTIONS = 50
CONTROL, DATA = 0, 1


class Stream:
    def __init__(self, world: World) -> None:
        self.world = world
        self.sockets: list[web.WebSocketResponse] = []
        self.opened = 0
        self.pings = 0
        self.answer_pings = True
        self.lose_acks = False
        self.parts = 1
        """In how many frames every message is cut."""
        self.shuffle = random.Random(7)
        self.frame_type = "event"
        self.client_config: dict[str, int] | None = {
            "ReconnectCount": -1,
            "ReconnectInterval": 120,
            "ReconnectNonce": 30,
            "PingInterval": 120,
        }
        self.discovery: dict[str, Any] | None = None
        """An answer to give instead of an address."""
        self.handshake: dict[str, str] | None = None
        """Headers of a refused handshake."""
        self._tickets: set[str] = set()
        self._acks: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._went_by: dict[str, web.WebSocketResponse] = {}
        self._changed = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/callback/ws/endpoint", self.discover), web.get("/ws", self.serve)]

    async def discover(self, request: web.Request) -> web.Response:
        body = await json_body(request)
        if self.discovery is not None:
            return web.json_response(self.discovery)
        if body.get("AppID") != self.world.app.app_id or body.get("AppSecret") != self.world.app.secret:
            return web.json_response({"code": 1000040344, "msg": "app_id or app_secret is invalid"})
        ticket = self.world.new("ticket")
        self._tickets.add(ticket)
        url = f"ws://{request.host}/ws?device_id={self.world.new('device')}&service_id=1&ticket={ticket}"
        config = {"ClientConfig": self.client_config} if self.client_config else {}
        return web.json_response({"code": 0, "msg": "", "data": {"URL": url, **config}})

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self.handshake is not None:
            return web.Response(status=403, headers=self.handshake)
        if request.query.get("ticket") not in self._tickets:
            return _rejected("514", "auth failed", "1000040351")
        if len(self.sockets) >= MAX_CONNECTIONS:
            return _rejected("514", "exceed connection limit", "1000040350")
        self._tickets.discard(request.query["ticket"])
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        self.opened += 1
        self._notify()
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    await self._took(socket, message.data)
        finally:
            self.sockets.remove(socket)
            self._lost(socket)
            self._notify()
        return socket

    async def carry(self, envelope: dict[str, Any]) -> Outcome:
        if not self.sockets:
            return Outcome(False, error=200341)
        return await within_time(self.world, self._push(self.shuffle.choice(self.sockets), envelope))

    async def connected(self, count: int = 1) -> None:
        """Returns when `count` sockets are open."""
        while len(self.sockets) != count:
            self._changed.clear()
            await self._changed.wait()

    async def kill(self) -> None:
        """Cuts every connection without a word."""
        for socket in list(self.sockets):
            transport = socket._req.transport if socket._req else None
            if transport is not None:
                transport.abort()
        await self.connected(0)

    async def close(self) -> None:
        for socket in list(self.sockets):
            await socket.close()

    async def _push(self, socket: web.WebSocketResponse, envelope: dict[str, Any]) -> Outcome:
        message_id, payload = self.world.new("m"), json.dumps(envelope, ensure_ascii=False).encode()
        acked: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._acks[message_id], self._went_by[message_id] = acked, socket
        size = -(-len(payload) // self.parts)
        frames = [
            frame(DATA, {"type": self.frame_type, "message_id": message_id, "sum": str(self.parts), "seq": str(seq)}
                  | {"trace_id": "trace"}, payload[seq * size : (seq + 1) * size], seq=seq + 1, log=7)
            for seq in range(self.parts)
        ]  # fmt: skip
        self.shuffle.shuffle(frames)
        try:
            for one in frames:
                await socket.send_bytes(one)
            answer = await acked
        except ConnectionError:
            return Outcome(False, error=200341)
        finally:
            del self._acks[message_id], self._went_by[message_id]
        if answer.get("code") != 200:
            return Outcome(False, error=200671)
        data = answer.get("data")
        return Outcome(True, base64.b64decode(data) if data else None)

    async def _took(self, socket: web.WebSocketResponse, data: bytes) -> None:
        parsed = Frame.FromString(data)
        headers = headers_of(parsed)
        if headers.get("type") == "ping":
            self.pings += 1
            self._notify()
            if self.answer_pings:
                config = json.dumps(self.client_config).encode() if self.client_config else b""
                await socket.send_bytes(frame(CONTROL, {"type": "pong"}, config))
            return
        waiting = self._acks.get(headers.get("message_id", ""))
        if waiting is not None and not waiting.done() and not self.lose_acks:
            waiting.set_result(json.loads(parsed.payload))

    def _lost(self, socket: web.WebSocketResponse) -> None:
        """What was pushed on it and not acknowledged has failed, and is repeated as on any failure."""
        for message_id, by in self._went_by.items():
            if by is socket and not self._acks[message_id].done():
                self._acks[message_id].set_exception(ConnectionError("the socket died"))

    def _notify(self) -> None:
        self._changed.set()


def _rejected(status: str, why: str, code: str) -> web.Response:
    headers = {"Handshake-Status": status, "Handshake-Msg": why, "Handshake-Autherrcode": code}
    return web.Response(status=403, headers=headers)
