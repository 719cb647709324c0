"""An OpenAI-compatible server that answers what the test says, or fails as such servers do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer

KEY = "sk-very-secret-0123456789"


@dataclass(frozen=True, slots=True)
class Asked:
    body: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass
class LanguageModel:
    """`says` sets the completion's text; `does` makes it fail: content, raw, status, hangs."""

    content: str = "{}"
    raw: str | None = None
    status: int = 200
    hangs: bool = False
    asked: list[Asked] = field(default_factory=list)
    _server: TestServer | None = None
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def says(self, content: str | Mapping[str, Any]) -> None:
        self.content = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        self.raw, self.status, self.hangs = None, 200, False

    def does(self, *, content: str = "{}", raw: str | None = None, status: int = 200, hangs: bool = False) -> None:
        self.content, self.raw, self.status, self.hangs = content, raw, status, hangs

    @property
    def address(self) -> str:
        assert self._server is not None
        return str(self._server.make_url("/v1"))

    async def _complete(self, request: web.Request) -> web.Response:
        self.asked.append(Asked(await request.json(), dict(request.headers)))
        if self.hangs:
            await self._released.wait()
        if self.raw is not None:
            return web.Response(text=self.raw)
        if self.status == 302:
            return web.Response(status=302, headers={"Location": "http://elsewhere.invalid/"})
        if self.status != 200:
            echoed = str(request.headers.get("Authorization"))
            return web.json_response({"error": {"message": f"no: {echoed}"}}, status=self.status)
        return web.json_response({"choices": [{"message": {"role": "assistant", "content": self.content}}]})

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        self._server = TestServer(app)
        await self._server.start_server()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._released.set()
        assert self._server is not None
        await self._server.close()
