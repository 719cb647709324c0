"""Contacts and login of the emulated organisation."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from aiohttp import web

from tests.emulators.dingtalk.refusals import NewRefused, OldRefused
from tests.emulators.dingtalk.world import CORP, Department, Person

if TYPE_CHECKING:
    from tests.emulators.dingtalk.server import DingTalkEmulator


class Contacts:
    def __init__(self, emulator: DingTalkEmulator) -> None:
        self._e = emulator
        self.inside = ""
        """Who has DingTalk's own app in their hands; pages in it get their codes from it."""
        self.in_scope = True
        self.personal = True
        """Whether the app may read mobile, e-mail and superior."""
        self._codes: dict[str, str] = {}
        self._user_tokens: dict[str, str] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/topapi/v2/department/get", self.department),
            web.post("/topapi/v2/department/listsub", self.departments),
            web.post("/topapi/user/listid", self.user_ids),
            web.post("/topapi/v2/user/get", self.user),
            web.post("/topapi/v2/user/list", self.users),
            web.post("/topapi/v2/department/listparentbyuser", self.parents),
            web.post("/topapi/v2/user/getbymobile", self.by_mobile),
            web.post("/topapi/user/getbyunionid", self.by_union),
            web.post("/topapi/v2/user/getuserinfo", self.by_code),
            web.get("/oauth2/auth", self.login_page),
            web.get("/jsapi.js", self.jsapi),
            web.post("/v1.0/oauth2/userAccessToken", self.user_token),
            web.post("/v1.0/oauth2/{corp}/token", self.corp_token),
            web.get("/v1.0/contact/users/me", self.me),
        ]

    def code(self, user: str) -> str:
        """A one-time login code of this person."""
        code = self._e.access.fresh("code")
        self._codes[code] = user
        return code

    async def department(self, request: web.Request) -> web.Response:
        found = self._department(await request.json())
        return _ok(
            {
                "dept_id": found.id,
                "name": found.name,
                "parent_id": found.parent,
                "dept_manager_userid_list": found.managers,
            }
        )

    async def departments(self, request: web.Request) -> web.Response:
        parent = self._department(await request.json())
        below = [one for one in self._e.world.departments.values() if one.parent == parent.id]
        return _ok([{"dept_id": one.id, "name": one.name, "parent_id": one.parent} for one in below])

    async def user_ids(self, request: web.Request) -> web.Response:
        return _ok({"userid_list": [person.user for person in self._members(await request.json())]})

    async def users(self, request: web.Request) -> web.Response:
        body = await request.json()
        if not 1 <= body.get("size", 0) <= 100:
            raise OldRefused(400002, "size")
        members = self._members(body)
        page = members[body["cursor"] : body["cursor"] + body["size"]]
        more = body["cursor"] + body["size"] < len(members)
        listed = [
            {name: value for name, value in self._details(one).items() if name != "manager_userid"} for one in page
        ]
        result: dict[str, Any] = {"has_more": more, "list": listed}
        return _ok(result | ({"next_cursor": body["cursor"] + body["size"]} if more else {}))

    async def user(self, request: web.Request) -> web.Response:
        person = self._e.world.people.get((await request.json()).get("userid", ""))
        if person is None or person.outside:
            raise OldRefused(60121, "找不到该用户")
        return _ok(self._details(person))

    async def parents(self, request: web.Request) -> web.Response:
        person = self._e.world.people.get((await request.json()).get("userid", ""))
        if person is None or person.outside:
            raise OldRefused(33012, "无效的userid")
        chains = [{"parent_dept_id_list": self._chain(home)} for home in person.departments]
        return _ok({"parent_list": chains})

    async def by_mobile(self, request: web.Request) -> web.Response:
        mobile = (await request.json()).get("mobile")
        found = next((one for one in self._e.world.people.values() if mobile and one.mobile == mobile), None)
        if found is None:
            raise OldRefused(40104, "无效的手机号码")
        return _ok({"userid": found.user})

    async def by_union(self, request: web.Request) -> web.Response:
        union = (await request.json()).get("unionid")
        found = self._one(lambda person: person.union == union and (not person.outside or person.contact))
        return _ok({"contact_type": int(found.outside), "userid": found.user})

    async def by_code(self, request: web.Request) -> web.Response:
        user = self._codes.pop((await request.json()).get("code", ""), None)
        if user is None:
            raise OldRefused(40078, "不存在的临时授权码")
        person = self._e.world.people[user]
        return _ok({"userid": user, "unionid": person.union, "name": person.name, "sys": False})

    async def jsapi(self, _: web.Request) -> web.Response:
        """DingTalk's script for pages inside its app, as far as it hands out codes."""
        given = f"asked.onSuccess({{code: '{self.code(self.inside)}'}})" if self.inside else "asked.onFail({})"
        script = f"window.dd = {{ready: (go) => go(), requestAuthCode: (asked) => {given}}};"
        return web.Response(text=script, content_type="text/javascript")

    async def login_page(self, request: web.Request) -> web.Response:
        """Who do you want to be? Each name leads back with a code."""
        back, state = request.query["redirect_uri"], request.query.get("state", "")
        rows = []
        for person in self._e.world.people.values():
            code = self.code(person.user)
            target = f"{back}?{urlencode({'code': code, 'authCode': code, 'state': state})}"
            rows.append(f'<li><a href="{html.escape(target)}">{html.escape(person.name)}</a></li>')
        return web.Response(text=f"<meta charset=utf-8><ul>{''.join(rows)}</ul>", content_type="text/html")

    async def user_token(self, request: web.Request) -> web.Response:
        body = await request.json()
        self._e.access.check_credentials(body.get("clientId"), body.get("clientSecret"))
        user = self._codes.pop(body.get("code", ""), None)
        if user is None:
            raise NewRefused("invalidCode", "不合法的临时授权码")
        token = self._e.access.fresh("user-token")
        self._user_tokens[token] = user
        corp = "dingother" if self._e.world.people[user].outside else CORP
        return web.json_response({"accessToken": token, "refreshToken": "r", "expireIn": 7200, "corpId": corp})

    async def corp_token(self, request: web.Request) -> web.Response:
        """The app's token for one organisation."""
        body, access = await request.json(), self._e.access
        if body.get("grant_type") != "client_credentials":
            raise NewRefused("unsupported.grant.type")
        if request.match_info["corp"] != CORP:
            raise NewRefused("unauthorized.client", status=401)
        if (body.get("client_id"), body.get("client_secret")) != (access.client_id, access.client_secret):
            raise NewRefused("invalid.client")
        value, life = access.token()
        return web.json_response({"access_token": value, "expires_in": life})

    async def me(self, request: web.Request) -> web.Response:
        user = self._user_tokens.get(request.headers.get("x-acs-dingtalk-access-token", ""))
        if user is None:
            raise NewRefused("InvalidAuthentication")
        person = self._e.world.people[user]
        return web.json_response({"nick": person.name, "unionId": person.union, "openId": f"open-{user}"})

    def _department(self, body: dict[str, Any]) -> Department:
        if not self.in_scope:
            raise OldRefused(50004, "不在授权范围内")
        found = self._e.world.departments.get(body.get("dept_id", 0))
        if found is None:
            raise OldRefused(60003, "部门不存在")
        return found

    def _members(self, body: dict[str, Any]) -> list[Person]:
        found = self._department(body)
        return [
            person for person in self._e.world.people.values() if found.id in person.departments and not person.outside
        ]

    def _chain(self, number: int) -> list[int]:
        chain = []
        while number in self._e.world.departments:
            chain.append(number)
            number = self._e.world.departments[number].parent
        return chain

    def _details(self, person: Person) -> dict[str, Any]:
        """As much of a person as the app may read."""
        leads = [number for number, one in self._e.world.departments.items() if person.user in one.managers]
        known = {
            "userid": person.user,
            "unionid": person.union,
            "name": person.name,
            "title": person.title,
            "dept_id_list": person.departments,
            "leader_in_dept": [{"dept_id": home, "leader": home in leads} for home in person.departments],
            "active": person.active,
            "hide_mobile": False,
        }
        if not self.personal:
            return known
        manager = {"manager_userid": person.manager} if person.manager else {}
        return known | {"mobile": person.mobile, "email": person.email} | manager

    def _one(self, wanted: Any) -> Person:
        person = next((person for person in self._e.world.people.values() if wanted(person)), None)
        if person is None:
            raise OldRefused(60121, "找不到该用户")
        return person


def _ok(result: Any) -> web.Response:
    return web.json_response({"errcode": 0, "errmsg": "ok", "result": result, "request_id": "emulated"})
