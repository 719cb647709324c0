"""The web login: authorise page, codes that work once, the person behind them."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

from aiohttp import web

from tests.emulators.feishu.answers import json_body
from tests.emulators.feishu.world import World

CODE_LIFE = timedelta(minutes=5)


class OAuth:
    def __init__(self, world: World) -> None:
        self.world = world
        self.redirects: set[str] = set()
        """Registered addresses; empty: any."""
        self._issued: dict[str, tuple[str, datetime]] = {}
        self._users: dict[str, str] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/open-apis/authen/v1/authorize", self.authorize),
            web.post("/open-apis/authen/v2/oauth/token", self.token),
            web.get("/open-apis/authen/v1/user_info", self.user_info),
        ]

    def code_for(self, open_id: str) -> str:
        """A fresh code, as the client would bring it back."""
        code = self.world.new("code_")
        self.world.codes[code] = open_id
        self._issued[code] = (open_id, self.world.clock.now() + CODE_LIFE)
        return code

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        """Signs in whoever `as` names; the real page asks the person."""
        back = request.query["redirect_uri"]
        if self.redirects and back not in self.redirects:
            return web.Response(status=400, text="20029 redirect_uri 不合法")
        code = self.code_for(request.query["as"])
        raise web.HTTPFound(
            f"{back}{'&' if '?' in back else '?'}{urlencode({'code': code, 'state': request.query['state']})}"
        )

    async def token(self, request: web.Request) -> web.Response:
        body = await json_body(request)
        code = str(body.get("code", ""))
        if body.get("client_id") != self.world.app.app_id or body.get("client_secret") != self.world.app.secret:
            return _error(20002, "invalid_client")
        if code not in self._issued:
            return _error(20003, "code not found")
        open_id, until = self._issued[code]
        if code not in self.world.codes:
            return _error(20065, "code has been used")
        del self.world.codes[code]
        if self.world.clock.now() >= until:
            return _error(20004, "code expired")
        if self.redirects and body.get("redirect_uri") not in self.redirects:
            return _error(20071, "redirect_uri mismatch")
        token = self.world.new("u-")
        self._users[token] = open_id
        return web.json_response(
            {"code": 0, "access_token": token, "expires_in": 7200, "token_type": "Bearer", "scope": ""}
        )

    async def user_info(self, request: web.Request) -> web.Response:
        open_id = self._users.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if open_id is None:
            return web.json_response({"code": 99991668, "msg": "Invalid access token"}, status=400)
        person = self.world.people[open_id]
        return web.json_response(
            {"code": 0, "msg": "", "data": {"open_id": open_id, "name": person.name, "tenant_key": person.tenant}}
        )


def _error(code: int, words: str) -> web.Response:
    return web.json_response({"code": code, "error": "invalid_grant", "error_description": words}, status=400)
