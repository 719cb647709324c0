"""Who may call and how often: tokens, one-time tickets, rates, quota, and whatever a test wants to go wrong."""

from __future__ import annotations

import asyncio
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from bot.clock import Clock
from tests.emulators.dingtalk.refusals import NewRefused, OldRefused, Refused, qps, quota

TOKEN_LIFE = timedelta(hours=2)
TICKET_LIFE = timedelta(seconds=90)
FREE = re.compile(
    r"^/(topapi/|gettoken|v1\.0/oauth2/|v1\.0/gateway/|v1\.0/contact/|connect|file/|emulator|jsapi|robot/sendBySession|$)"
)
"""Token, contact and own addresses do not count against the monthly quota."""
OF_A_PERSON = "/v1.0/contact/users/me"


@dataclass(slots=True)
class Trouble:
    """One arranged failure: the next `times` calls whose path matches are refused, or answered late, or not at all."""

    path: str
    refusal: Refused | None = None
    times: int = 1
    late: asyncio.Event | None = None
    after: bool = False
    """Refuse after the call has had its effect (an answer lost on the way)."""


@dataclass
class Access:
    clock: Clock
    client_id: str
    client_secret: str
    qps: int | None = 20
    """Calls per second, app and API; None: unlimited."""
    quota: int | None = None
    """Paid calls left in this month; None: not counted."""
    calls: Counter[str] = field(default_factory=Counter)
    tokens: dict[str, datetime] = field(default_factory=dict)
    tickets: dict[str, datetime] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    _recent: dict[str, deque[datetime]] = field(default_factory=dict)
    _made: int = 0

    def token(self) -> tuple[str, int]:
        """A token and its life in seconds: the same one while it is good."""
        now = self.clock.now()
        for value, until in self.tokens.items():
            if now < until:
                self.tokens[value] = now + TOKEN_LIFE
                return value, int(TOKEN_LIFE.total_seconds())
        value = self.fresh("token")
        self.tokens[value] = now + TOKEN_LIFE
        return value, int(TOKEN_LIFE.total_seconds())

    def expire_tokens(self) -> None:
        self.tokens.clear()

    def ticket(self) -> str:
        value = self.fresh("ticket+/=")
        self.tickets[value] = self.clock.now() + TICKET_LIFE
        return value

    def use_ticket(self, value: str) -> bool:
        """Whether the ticket is good; it never is again."""
        until = self.tickets.pop(value, None)
        return until is not None and self.clock.now() < until

    def fresh(self, kind: str) -> str:
        self._made += 1
        return f"{kind}-{self._made:05d}"

    def check_credentials(self, key: object, secret: object) -> None:
        if (key, secret) != (self.client_id, self.client_secret):
            raise NewRefused("invalidClientIdOrSecret", "无效的clientId或clientSecret")

    def check_call(self, request: web.Request) -> None:
        """Token, rate and quota of one call. Raises Refused."""
        path = request.path
        self.calls[path] += 1
        if path == OF_A_PERSON:
            pass  # asks for the token of whoever logged in, which is not the app's
        elif "x-acs-dingtalk-access-token" in request.headers:
            self._check_token(
                request.headers["x-acs-dingtalk-access-token"],
                NewRefused("InvalidAuthentication", "不合法的access_token"),
            )
        elif path.startswith(("/topapi", "/media", "/chat")):
            self._check_token(request.query.get("access_token", ""), OldRefused(40014, "不合法的access_token"))
        elif path.startswith("/v1.0/") and not FREE.match(path):
            raise NewRefused("InvalidAuthentication", "missing access token")
        self._check_rate(path)
        if self.quota is not None and not FREE.match(path):
            if self.quota <= 0:
                raise quota() if path.startswith("/v1.0") else OldRefused(90020, "quota")
            self.quota -= 1

    async def trouble(self, path: str, *, after: bool) -> None:
        """The arranged failure for this call, if any. Raises Refused."""
        for trouble in self.troubles:
            if trouble.after is after and trouble.times > 0 and re.search(trouble.path, path):
                trouble.times -= 1
                if trouble.late is not None:
                    await trouble.late.wait()
                if trouble.refusal is not None:
                    raise trouble.refusal
                return

    def _check_token(self, value: str, otherwise: Refused) -> None:
        until = self.tokens.get(value)
        if until is None or self.clock.now() >= until:
            raise otherwise

    def _check_rate(self, path: str) -> None:
        if self.qps is None or path.startswith(("/emulator", "/connect", "/file/")) or path == "/":
            return
        recent, now = self._recent.setdefault(path, deque()), self.clock.now()
        while recent and now - recent[0] >= timedelta(seconds=1):
            recent.popleft()
        if len(recent) >= self.qps:
            raise qps() if path.startswith("/v1.0") else OldRefused(90018, "请求太频繁")
        recent.append(now)
