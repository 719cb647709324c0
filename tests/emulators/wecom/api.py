"""The frame of every REST call: token, faults, error envelope."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from tests.emulators.wecom.faults import Faults
from tests.emulators.wecom.state import App, Tenant

Json = dict[str, Any]
Work = Callable[[web.Request, App], Awaitable[Json | web.StreamResponse]]


class ApiError(Exception):
    """An errcode for the caller."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(slots=True)
class Tokens:
    """Access tokens of all apps."""

    life: timedelta = timedelta(seconds=7200)
    same_again: bool = False
    """Hand out the living token again, as the older documentation promised."""
    alive: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    killed: set[str] = field(default_factory=set)
    issued: int = 0

    def issue(self, app: App, now: datetime) -> tuple[str, int]:
        for token, (agent, until) in self.alive.items():
            if self.same_again and agent == app.agent and until > now and token not in self.killed:
                return token, int((until - now).total_seconds())
        token = secrets.token_urlsafe(32)
        self.alive[token] = (app.agent, now + self.life)
        self.issued += 1
        return token, int(self.life.total_seconds())

    def agent(self, token: str, now: datetime) -> int:
        """Raises ApiError 40014 or 42001."""
        if not token:
            raise ApiError(41001, "access_token missing")
        if token not in self.alive or token in self.killed:
            raise ApiError(40014, "invalid access_token")
        agent, until = self.alive[token]
        if now >= until:
            raise ApiError(42001, "access_token expired")
        return agent

    def kill_all(self) -> None:
        """The platform may do this at any moment."""
        self.killed |= self.alive.keys()


class Gate:
    """Puts a call through faults and token check, and gives its answer WeCom's shape."""

    def __init__(self, tenant: Tenant, tokens: Tokens, faults: Faults) -> None:
        self.tenant = tenant
        self.tokens = tokens
        self.faults = faults

    def authorised(self, path: str, work: Work) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            async def with_app() -> Json | web.StreamResponse:
                agent = self.tokens.agent(request.query.get("access_token", ""), self.tenant.clock.now())
                if self.faults.foreign_ip:
                    raise ApiError(60020, "not allow to access from your ip")
                return await work(request, self.tenant.apps[agent])

            return await self._through(path, request, with_app)

        return handle

    def open(
        self, path: str, work: Callable[[web.Request], Awaitable[Json]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._through(path, request, lambda: work(request))

        return handle

    async def _through(
        self, path: str, request: web.Request, work: Callable[[], Awaitable[Json | web.StreamResponse]]
    ) -> web.StreamResponse:
        fault = self.faults.next(path)
        if fault is not None and fault.trouble == "refused":
            return cut(request)
        try:
            if fault is not None and fault.trouble == "error":
                raise ApiError(fault.code, "made to fail")
            answer = await work()
        except ApiError as error:
            answer = {"errcode": error.code, "errmsg": f"{error.message}, hint: [1], from ip: 127.0.0.1"}
        if fault is not None and fault.trouble == "lost":
            return cut(request)
        if isinstance(answer, web.StreamResponse):
            return answer
        date = self.tenant.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT")
        return web.json_response({"errcode": 0, "errmsg": "ok"} | answer, headers={"Date": date})


async def read_json(request: web.Request) -> Json:
    """Raises ApiError for what is no JSON object, or JSON with escapes in place of UTF-8."""
    raw = await request.read()
    if b"\\u" in raw:
        raise ApiError(40033, "invalid charset: \\uxxxx is not accepted")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise ApiError(47001, "data format error") from error
    if not isinstance(body, dict):
        raise ApiError(47001, "data format error")
    return body


def cut(request: web.Request) -> web.Response:
    """The connection dies."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
