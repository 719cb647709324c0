"""Calls of one self-built app: base URL, token, error codes. Knows no message and no person."""

from __future__ import annotations

import io
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import structlog

from bot.clock import Clock
from bot.errors import Credentials, DeliveryError, MediaRefused, RetryAfter
from bot.platforms.http import Http, Reply
from bot.platforms.tokens import Token, TokenSource
from bot.platforms.wecom.codes import STALE_TOKEN, WINDOW, error_of
from bot.platforms.wecom.settings import WeComSettings

log = structlog.get_logger(__name__)

Json = dict[str, Any]

JSON_HEADERS = {"Content-Type": "application/json; charset=utf-8"}

_LOST_MEDIA = {
    40007: "这个文件在企业微信那边已经过期（只保留三天），请重新发送一次。",
    830002: "文件太大，企业微信不让取；请压缩到 20 MB 以内再发。",
}
"""What media/get refuses for good, in words for who sent it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A refusal of gettoken that asking again at once would only prolong."""

    until: datetime
    answer: Json


class Api:
    """One app's authorised calls. Errcodes are raised as the typed errors of bot.errors."""

    def __init__(self, settings: WeComSettings, http: Http, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._base = settings.api_url.rstrip("/")
        self.tokens = TokenSource(self._new_token, clock)
        self._block: Block | None = None
        self.skew: timedelta | None = None
        """The platform's clock minus ours, as its last token answer said; None before."""

    async def get(self, path: str, **query: str) -> Json:
        return await self._authorised(
            path, lambda token: self._http.call("GET", self._url(path), params={"access_token": token} | query)
        )

    async def post(self, path: str, body: Mapping[str, Any]) -> Json:
        sent = encode(body)
        return await self._authorised(
            path,
            lambda token: self._http.call(
                "POST", self._url(path), params={"access_token": token}, data=sent, headers=JSON_HEADERS
            ),
        )

    async def upload(self, kind: str, name: str, mime: str, content: bytes) -> str:
        """A temporary media_id, good for three days. `kind` is image, voice, video or file."""
        path = "media/upload"
        answer = await self._authorised(
            path,
            lambda token: self._http.call(
                "POST", self._url(path), params={"access_token": token, "type": kind}, data=form(name, mime, content)
            ),
        )
        return str(answer["media_id"])

    async def download(self, media_id: str, limit: int) -> Reply:
        """A received file. The platform reports errors as JSON with status 200, so JSON here is never a file.

        Raises MediaRefused, in words for its sender, when the platform no longer has it or holds it for too large.
        """
        path = "media/get"

        async def once(token: str) -> Reply:
            host = self._base.partition("://")[2].partition("/")[0]
            query = {"access_token": token, "media_id": media_id}
            return await self._http.download(self._url(path), hosts=[host], limit=limit, params=query)

        reply = await self.tokens.use(once, lambda got: _refusal(got).get("errcode") in STALE_TOKEN)
        refusal = _refusal(reply)
        if refusal.get("errcode") in _LOST_MEDIA:
            raise MediaRefused(_LOST_MEDIA[refusal["errcode"]])
        if refusal:
            checked(refusal, path)
        if reply.status not in (200, 206):
            raise RetryAfter(f"{path}: HTTP {reply.status}")
        return reply

    async def plain(self, path: str, body: Mapping[str, Any] | aiohttp.FormData, **query: str) -> Json:
        """A call that needs no token (group webhooks)."""
        data = body if isinstance(body, aiohttp.FormData) else encode(body)
        headers = None if isinstance(body, aiohttp.FormData) else JSON_HEADERS
        reply = await self._http.call("POST", self._url(path), params=query, data=data, headers=headers)
        return checked(reply.json(), path)

    async def _authorised(self, path: str, call: Callable[[str], Awaitable[Reply]]) -> Json:
        async def once(token: str) -> Json:
            return (await call(token)).json()

        answer = await self.tokens.use(once, lambda got: got.get("errcode") in STALE_TOKEN)
        return checked(answer, path)

    async def _new_token(self) -> Token:
        if self._block is not None and self._clock.now() < self._block.until:
            checked(self._block.answer, "gettoken")
        query = {"corpid": self._settings.corp_id, "corpsecret": self._settings.secret.get_secret_value()}
        reply = await self._http.call("GET", self._url("gettoken"), params=query)
        self._note_skew(reply)
        answer = self._granted(reply.json())
        return Token(str(answer["access_token"]), timedelta(seconds=int(answer.get("expires_in", 7200))))

    def _granted(self, answer: Json) -> Json:
        """A refusal that lasts is remembered for a minute: two thousand bad tries an hour block the whole enterprise."""
        try:
            return checked(answer, "gettoken")
        except DeliveryError as error:
            if isinstance(error, Credentials) or (isinstance(error, RetryAfter) and error.after >= WINDOW):
                self._block = Block(self._clock.now() + WINDOW, answer)
            raise

    def _note_skew(self, reply: Reply) -> None:
        try:
            theirs = parsedate_to_datetime(reply.headers["date"])
        except (KeyError, ValueError):
            return
        self.skew = theirs.replace(tzinfo=theirs.tzinfo or UTC) - self._clock.now().astimezone(UTC).replace(
            microsecond=0
        )

    def _url(self, path: str) -> str:
        return f"{self._base}/cgi-bin/{path}"


def encode(body: Mapping[str, Any]) -> bytes:
    """JSON as real UTF-8: some endpoints refuse \\uXXXX with 40033 (reference §12.18)."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def form(name: str, mime: str, content: bytes) -> aiohttp.FormData:
    """A multipart body with the file's name in raw UTF-8, as the person will see it."""
    data = aiohttp.FormData(quote_fields=False)
    clean = name.replace('"', "'").replace("\r", " ").replace("\n", " ")
    # A stream: aiohttp warns of large bytes, because they block the loop while they are written.
    data.add_field("media", io.BytesIO(content), filename=clean, content_type=mime or "application/octet-stream")
    return data


def _refusal(reply: Reply) -> Json:
    if "json" not in reply.headers.get("content-type", ""):
        return {}
    try:
        answer = json.loads(reply.body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) and "errcode" in answer else {}


def checked(answer: Json, path: str) -> Json:
    """The answer of a call that went well. Raises the typed error of its errcode, and RetryAfter without one."""
    code, message = answer.get("errcode"), str(answer.get("errmsg", ""))
    if not isinstance(code, int):
        raise RetryAfter(f"{path}: an answer without errcode; a gateway spoke instead of the platform")
    if code != 0:
        raise error_of(code, message, path)
    if "Warning" in message:
        log.warning("wecom.api_warning", call=path, message=message)
    return answer
