"""One connection pool for a platform's REST calls: time-outs, a cap on answers, typed errors of our own."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import aiohttp

from bot.errors import MediaRefused, RetryAfter, Unanswered
from bot.platforms.media import check_host

ANSWER_BYTES = 4 * 1024 * 1024
"""More than any JSON answer of the three platforms; a bigger one is a fault, not an answer."""

FILE_SECONDS = 300.0
"""A file may take this long up or down, as long as it keeps moving."""

CONNECT_ATTEMPTS = 2
"""A connection that could not be opened carried nothing, so opening it once more is always safe."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer, whatever its status. Header names are lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """The JSON object of the body. Raises Unanswered when it is none: a gateway spoke instead of the platform."""
        try:
            answer = json.loads(self.body)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise Unanswered(f"HTTP {self.status} without a JSON object: {self.body[:80]!r}")
        return answer


class Http:
    """Calls a platform. Open it inside a running loop (`async with`, or lazily by the first call) and close it once."""

    def __init__(
        self, *, timeout: timedelta = timedelta(seconds=10), connect: timedelta = timedelta(seconds=5)
    ) -> None:
        silent, opening = timeout.total_seconds(), connect.total_seconds()
        self._timeout = aiohttp.ClientTimeout(total=silent, sock_connect=opening)
        self._for_files = aiohttp.ClientTimeout(total=FILE_SECONDS, sock_read=silent, sock_connect=opening)
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The pool itself, for WebSockets (`session.ws_connect`)."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        data: Any = None,
        limit: int = ANSWER_BYTES,
    ) -> Reply:
        """One request and its whole answer, of any status. Redirects are not followed.

        Raises RetryAfter when the platform cannot be reached, Unanswered when it is too slow, breaks off or answers
        more than `limit` bytes.
        """
        request: dict[str, Any] = {"headers": headers, "params": params, "json": json, "data": data}
        if isinstance(data, aiohttp.FormData):
            request["timeout"] = self._for_files
        return await self._called(method, url, limit, request)

    async def _called(self, method: str, url: str, limit: int, request: Mapping[str, Any]) -> Reply:
        for attempt in range(1, CONNECT_ATTEMPTS + 1):
            try:
                return await self._once(method, url, limit, request)
            except aiohttp.ClientConnectorError as error:
                if attempt == CONNECT_ATTEMPTS:
                    raise RetryAfter(f"cannot connect to {_place(url)}: {error}") from error
            except TimeoutError as error:
                raise Unanswered(f"{method} {_place(url)} was not answered in time") from error
            except aiohttp.ClientError as error:
                raise Unanswered(f"{method} {_place(url)} broke off: {type(error).__name__}") from error
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def download(
        self,
        url: str,
        *,
        hosts: Collection[str],
        limit: int,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Reply:
        """A file from one of `hosts`, at most `limit` bytes.

        Raises MediaRefused for another host or a larger file, RetryAfter as `call` does.
        """
        check_host(url, hosts)
        try:
            request = {"headers": headers, "params": params, "timeout": self._for_files}
            return await self._called("GET", url, limit, request)
        except _TooLarge as error:
            raise MediaRefused(f"文件超过 {limit // (1024 * 1024)} MB，没有接收；请压缩后再发。") from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _once(self, method: str, url: str, limit: int, request: Mapping[str, Any]) -> Reply:
        async with self.session.request(method, url, allow_redirects=False, **request) as response:
            body = bytearray()
            async for chunk in response.content.iter_chunked(64 * 1024):
                body += chunk
                if len(body) > limit:
                    raise _TooLarge(f"{_place(url)} answered more than {limit} bytes")
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Reply(response.status, bytes(body), headers)


class _TooLarge(Unanswered):
    """The answer went over its cap; for a download that is the file's fault, for a call the platform's."""


def _place(url: str) -> str:
    """The address without its query: queries carry tokens, and errors are logged."""
    return url.partition("?")[0]
