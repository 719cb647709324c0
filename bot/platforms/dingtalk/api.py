"""DingTalk's REST calls: one token for both hosts, refusals as typed errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import uuid4

from bot.clock import Clock
from bot.errors import Credentials, MediaRefused, RetryAfter
from bot.platforms.dingtalk.codes import Refusal, error_of, refusal_of
from bot.platforms.dingtalk.health import Health
from bot.platforms.dingtalk.settings import DingTalkSettings
from bot.platforms.http import Http, Reply
from bot.platforms.tokens import Token, TokenSource

JSON = "application/json"


class ApiError(Exception):
    """A refusal, before somebody decides what it means for the push."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class Api:
    """Calls one app's endpoints. `new` is api.dingtalk.com, `old` is oapi.dingtalk.com."""

    def __init__(self, settings: DingTalkSettings, http: Http, clock: Clock, health: Health) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._health = health
        self.tokens = TokenSource(self._fetch_token, clock)
        self._new = str(settings.api_base).rstrip("/")
        self._old = str(settings.oapi_base).rstrip("/")

    async def new(
        self, method: str, path: str, body: Any = None, params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The answer of a new-style endpoint. Raises the typed errors of bot.errors."""
        try:
            return await self.ask(method, path, body, params)
        except ApiError as error:
            raise error_of(error.refusal) from error

    async def ask(
        self, method: str, path: str, body: Any = None, params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """As `new`, but refusals come as ApiError for callers that have another way."""

        async def call(token: str) -> Reply:
            headers = {"x-acs-dingtalk-access-token": token, "Accept": JSON}
            return await self._http.call(method, self._new + path, headers=headers, params=params, json=body)

        return self._read(await self._with_token(call))

    async def old(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of an old-style endpoint (contacts). Raises the typed errors."""

        async def call(token: str) -> Reply:
            return await self._http.call("POST", self._old + path, params={"access_token": token}, json=dict(body))

        return self._typed(await self._with_token(call))

    async def upload(self, kind: str, name: str, mime: str, content: bytes) -> str:
        """A media id. `kind` is image, voice, video or file; at most 20 MB (voice 2 MB)."""
        boundary = uuid4().hex
        data = _multipart(boundary, name, mime, content)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}

        async def call(token: str) -> Reply:
            params = {"access_token": token, "type": kind}
            return await self._http.call("POST", self._old + "/media/upload", params=params, headers=headers, data=data)

        media = self._typed(await self._with_token(call)).get("media_id")
        if not media:
            raise RetryAfter("the upload was answered without a media id")
        return str(media)

    async def webhook(self, url: str, body: Mapping[str, Any]) -> Refusal | None:
        """Posts to a session webhook, which needs no token. Raises RetryAfter when nobody answers."""
        return self._refused(await self._http.call("POST", url, json=dict(body)))

    async def download(self, url: str, limit: int) -> bytes:
        """A file from DingTalk's hosts. Raises MediaRefused for other hosts and larger files."""
        reply = await self._http.download(url, hosts=self._settings.file_hosts, limit=limit)
        if reply.status == 200:
            return reply.body
        if reply.status in (403, 404, 410):
            raise MediaRefused("文件的下载地址已失效，请重新发送一次。")
        raise error_of(Refusal("", f"HTTP {reply.status} on a download", reply.status))

    async def open_stream(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Endpoint and one-time ticket of a long connection. Raises Credentials for a wrong secret."""
        reply = await self._http.call(
            "POST", self._new + "/v1.0/gateway/connections/open", headers={"Accept": JSON}, json=dict(body)
        )
        return self._typed(reply)

    async def user_token(self, body: Mapping[str, str]) -> dict[str, Any]:
        """The token of a person who logged in."""
        return self._typed(await self._http.call("POST", self._new + "/v1.0/oauth2/userAccessToken", json=dict(body)))

    async def me(self, user_token: str) -> dict[str, Any]:
        """The person behind a user token."""
        headers = {"x-acs-dingtalk-access-token": user_token}
        return self._typed(await self._http.call("GET", self._new + "/v1.0/contact/users/me", headers=headers))

    async def server_time(self) -> datetime | None:
        """What time DingTalk's front says it is, to the second; None when it does not say."""
        reply = await self._http.call("GET", self._new + "/")
        try:
            return parsedate_to_datetime(reply.headers.get("date", "")).astimezone(UTC)
        except ValueError:
            return None

    async def _with_token(self, call: Callable[[str], Awaitable[Reply]]) -> Reply:
        return await self.tokens.use(call, _stale)

    async def _fetch_token(self) -> Token:
        secret = self._settings.client_secret.get_secret_value()
        body = {"appKey": self._settings.client_id, "appSecret": secret}
        answer = self._typed(await self._http.call("POST", self._new + "/v1.0/oauth2/accessToken", json=body))
        token = answer.get("accessToken")
        if not isinstance(token, str) or not token:
            raise Credentials("钉钉没有给出访问凭证：检查 Client ID 与 Client Secret")
        return Token(token, timedelta(seconds=int(answer.get("expireIn") or 0)))

    def _typed(self, reply: Reply) -> dict[str, Any]:
        try:
            return self._read(reply)
        except ApiError as error:
            raise error_of(error.refusal) from error

    def _read(self, reply: Reply) -> dict[str, Any]:
        refusal = self._refused(reply)
        if refusal is not None:
            raise ApiError(refusal)
        return reply.json()

    def _refused(self, reply: Reply) -> Refusal | None:
        refusal = refusal_of(reply)
        if refusal is not None and refusal.quota:
            self._health.quota_at = self._clock.now()
        return refusal


def _stale(reply: Reply) -> bool:
    refusal = refusal_of(reply)
    return refusal is not None and refusal.token_expired


def _multipart(boundary: str, name: str, mime: str, content: bytes) -> bytes:
    """One file as multipart/form-data under `media`, as bytes that can be sent again."""
    safe = name.replace('"', "'").replace("\r", " ").replace("\n", " ")
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="media"; filename="{safe}"\r\n'
        f"Content-Type: {mime}\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
