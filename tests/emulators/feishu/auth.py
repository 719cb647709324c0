"""Tenant tokens with the 30-minute rule, the check of every call's bearer, injected faults, and app-level limits."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime, timedelta

from aiohttp import web

from tests.emulators.feishu.answers import Handler, Refusal, json_body, ok
from tests.emulators.feishu.world import World

LIFE = timedelta(hours=2)
SAME_UNTIL = timedelta(minutes=30)
OPEN_PATHS = ("/open-apis/auth/", "/open-apis/authen/", "/callback/ws/")


class Windows:
    """Counts calls in sliding windows on the world's clock."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._calls: dict[str, deque[datetime]] = defaultdict(deque)

    def over(self, key: str, most: int, within: timedelta) -> bool:
        """Counts one call; True when it was one too many."""
        if not self._world.limits:
            return False
        now, calls = self._world.clock.now(), self._calls[f"{key}/{within}"]
        while calls and calls[0] <= now - within:
            calls.popleft()
        if len(calls) >= most:
            return True
        calls.append(now)
        return False


class Auth:
    def __init__(self, world: World) -> None:
        self.world = world
        self.windows = Windows(world)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/open-apis/auth/v3/tenant_access_token/internal", self.token),
            web.get("/open-apis/bot/v3/info", self.bot),
            web.get("/open-apis/application/v6/scopes", self.scopes),
        ]

    async def token(self, request: web.Request) -> web.Response:
        body, app, now = await json_body(request), self.world.app, self.world.clock.now()
        if body.get("app_id") != app.app_id:
            raise Refusal(10003, "invalid param")
        if body.get("app_secret") != app.secret:
            raise Refusal(10014, "app secret invalid")
        alive = {token: until for token, until in self.world.tokens.items() if until - now >= SAME_UNTIL}
        token = next(iter(alive), "")
        if not token:
            token = self.world.new("t-")
            self.world.tokens[token] = now + LIFE
        left = self.world.tokens[token] - now
        return ok(tenant_access_token=token, expire=int(left.total_seconds()))

    async def bot(self, request: web.Request) -> web.Response:
        app = self.world.app
        fields = {"activate_status": app.activate_status, "app_name": app.name, "open_id": app.bot, "ip_white_list": []}
        return ok(bot=fields)

    async def scopes(self, request: web.Request) -> web.Response:
        return ok({"scopes": [{"scope_name": name, "grant_status": 1} for name in sorted(self.world.app.scopes)]})

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """What stands before every API call."""
        if not request.path.startswith(("/open-apis/", "/callback/")):
            return await handler(request)
        self.world.calls.append((request.method, request.path))
        if self.world.stuck is not None:
            await self.world.stuck.wait()
        self._injected(request.path)
        if not request.path.startswith(OPEN_PATHS):
            self._check_bearer(request)
            self._check_rate(request)
        return await handler(request)

    def _injected(self, path: str) -> None:
        for fault in list(self.world.faults):
            if fault.path in path:
                fault.times -= 1
                if fault.times <= 0:
                    self.world.faults.remove(fault)
                raise Refusal(fault.code, fault.message, fault.status, fault.headers)

    def _check_bearer(self, request: web.Request) -> None:
        bearer = request.headers.get("Authorization", "")
        if not bearer.startswith("Bearer "):
            raise Refusal(99991661, "Missing access token for authorization.")
        token = bearer.removeprefix("Bearer ")
        if not token.startswith(("t-", "u-")):
            raise Refusal(99991671, "Invalid access token, must start with t- or u-")
        if self.world.tokens.get(token, self.world.clock.now()) <= self.world.clock.now():
            raise Refusal(
                99991663, "Invalid access token for authorization. Please make a request with token attached."
            )

    def _check_rate(self, request: web.Request) -> None:
        resource = request.match_info.route.resource
        api = f"{request.method} {resource.canonical if resource else request.path}"
        second = self.windows.over(api, 50, timedelta(seconds=1))
        minute = self.windows.over(api, 1000, timedelta(minutes=1))
        if second or minute:
            reset = {
                "x-ogw-ratelimit-limit": "1000" if minute else "50",
                "x-ogw-ratelimit-reset": "60" if minute else "1",
            }
            raise Refusal(99991400, "request trigger frequency limit", 429, reset)


def need(world: World, *scopes: str) -> None:
    """Refuses when the app has none of `scopes`."""
    if not world.app.scopes.intersection(scopes):
        missing = {"permission_violations": [{"type": "action_scope_required", "subject": scopes[0]}]}
        raise Refusal(99991672, "Access denied. One of the following scopes is required", 400, error=missing)
