"""Answers in Feishu's envelope, and refusals as exceptions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Refusal(Exception):
    """An answer whose code is not 0."""

    def __init__(
        self, code: int, message: str, status: int = 400, headers: Mapping[str, str] | None = None, error: Any = None
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.headers, self.error = code, message, status, headers, error


def ok(data: Any = None, **flat: Any) -> web.Response:
    answer = {"code": 0, "msg": "success", **flat}
    return web.json_response(
        answer if data is None and flat else {**answer, "data": data or {}}, headers={"X-Tt-Logid": "log"}
    )


@web.middleware
async def in_envelope(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns a Refusal into its JSON."""
    try:
        return await handler(request)
    except Refusal as refused:
        answer = {"code": refused.code, "msg": refused.message} | ({"error": refused.error} if refused.error else {})
        return web.json_response(
            answer, status=refused.status, headers={"X-Tt-Logid": "log", **(refused.headers or {})}
        )


async def json_body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError as error:
        raise Refusal(9499, "invalid parameter type in json") from error
    if not isinstance(body, dict):
        raise Refusal(9499, "invalid parameter type in json")
    return body
