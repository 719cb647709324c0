"""Calls of one app to Feishu's REST interface: tenant token, envelope, typed errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.clock import Clock
from bot.platforms.feishu.errors import STALE_TOKEN, failure, media_failure
from bot.platforms.feishu.health import Health
from bot.platforms.feishu.settings import FeishuSettings
from bot.platforms.http import Http, Reply
from bot.platforms.tokens import Token, TokenSource

Failure = Callable[[Reply, Mapping[str, object], str], Exception]

TOKEN_PATH = "/open-apis/auth/v3/tenant_access_token/internal"


class Api:
    def __init__(self, settings: FeishuSettings, http: Http, clock: Clock, health: Health) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._health = health
        self.tokens = TokenSource(self._fetch_token, clock)

    async def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        form: Callable[[], aiohttp.FormData] | None = None,
        fail: Failure = failure,
    ) -> dict[str, Any]:
        """The whole JSON answer of a successful call. `form` builds a multipart body anew for every attempt.

        Raises what `fail` makes of an answer whose code is not 0, and RetryAfter when there was no answer.
        """

        async def once(token: str) -> tuple[Reply, dict[str, Any]]:
            reply = await self._http.call(
                method,
                self._settings.base_url + path,
                headers={"Authorization": f"Bearer {token}"},
                params=params,
                json=json,
                data=form() if form else None,
            )
            self._note_time(reply)
            return reply, reply.json()

        reply, answer = await self.tokens.use(once, lambda got: got[1].get("code") in STALE_TOKEN)
        if answer.get("code") != 0:
            raise fail(reply, answer, f"{method} {path}")
        return answer

    async def download(self, path: str, *, params: Mapping[str, str], limit: int) -> Reply:
        """A file. Raises MediaRefused (too large, gone) or what `call` raises."""
        host = urlsplit(self._settings.base_url).netloc

        async def once(token: str) -> Reply:
            return await self._http.download(
                self._settings.base_url + path,
                hosts={host.lower()},
                limit=limit,
                headers={"Authorization": f"Bearer {token}"},
                params=params,
            )

        reply = await self.tokens.use(once, lambda got: got.status != 200 and got.json().get("code") in STALE_TOKEN)
        if reply.status != 200:
            raise media_failure(reply, reply.json(), f"GET {path}")
        return reply

    async def items(self, path: str, params: Mapping[str, str], field: str = "items") -> AsyncIterator[Any]:
        """Everything of a paged listing. Pages may be short, even empty; only `has_more` tells the end."""
        page: dict[str, str] = {}
        while True:
            answer = await self.call("GET", path, params={**params, **page})
            data = answer.get("data") or {}
            for item in data.get(field) or ():
                yield item
            if not data.get("has_more") or not data.get("page_token"):
                return
            page = {"page_token": str(data["page_token"])}

    async def _fetch_token(self) -> Token:
        secret = {"app_id": self._settings.app_id, "app_secret": self._settings.app_secret.get_secret_value()}
        reply = await self._http.call("POST", self._settings.base_url + TOKEN_PATH, json=secret)
        self._note_time(reply)
        answer = reply.json()
        if answer.get("code") != 0:
            raise failure(reply, answer, "tenant_access_token")
        return Token(str(answer["tenant_access_token"]), timedelta(seconds=int(answer["expire"])))

    def _note_time(self, reply: Reply) -> None:
        try:
            self._health.skew = self._clock.now() - parsedate_to_datetime(reply.headers.get("date", ""))
        except (ValueError, TypeError):
            return  # an answer without a usable Date says nothing about our clock
