"""How the web chat's API answers: JSON, with a sentence for the person when something is wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web

from bot.errors import MediaRefused, Refused

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Problem(Exception):
    """A request that cannot be done. `words` are for the person, `code` for the page."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.code = code
        self.words = words


def answer(fields: Any, status: int = 200) -> web.Response:
    return web.json_response(fields, status=status, headers=HEADERS)


def answering(handler: Handler) -> Handler:
    """Turns every refusal into words, and whatever was not foreseen into a 500 that says so without a stack trace."""

    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Problem as problem:
            return _refusal(problem.status, problem.code, problem.words)
        except MediaRefused as refused:
            return _refusal(422, "media", str(refused))
        except Refused as refused:
            return _refusal(422, "refused", refused.text)
        except (web.HTTPException, ConnectionResetError):
            raise
        except Exception:
            log.exception("console request failed", path=request.path)
            return _refusal(500, "failed", "刚才没有做成，问题已经记下来了；请稍后再试一次。")

    return answered


def _refusal(status: int, code: str, words: str) -> web.Response:
    return answer({"error": {"code": code, "words": words}}, status)
