"""Directory, web login and tickets (reference §9, §10)."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiohttp import web

from tests.emulators.wecom.api import ApiError, Json
from tests.emulators.wecom.state import App, Tenant, User, Window


class Contacts:
    """Everything is limited to what the app may see; new apps get no phone and no mail."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    async def departments(self, request: web.Request, app: App) -> Json:
        return {"department": list(self._tenant.departments.values())}

    async def department_ids(self, request: web.Request, app: App) -> Json:
        return {
            "department_id": [
                {"id": one["id"], "parentid": one["parentid"], "order": 1} for one in self._tenant.departments.values()
            ]
        }

    async def department(self, request: web.Request, app: App) -> Json:
        return {"department": self._found(request.query.get("id", "0"))}

    async def names(self, request: web.Request, app: App) -> Json:
        """The short list, not recursive either."""
        answer = await self.users(request, app)
        short = [{name: one[name] for name in ("userid", "name", "department")} for one in answer["userlist"]]
        return {"userlist": short}

    async def ids(self, request: web.Request, app: App) -> Json:
        """Only the contact-sync secret may ask for all ids at once."""
        raise ApiError(48002, "api forbidden: only for the contact-sync secret")

    async def users(self, request: web.Request, app: App) -> Json:
        """Not recursive: only who sits in this very department."""
        number = int(self._found(request.query.get("department_id", "0"))["id"])
        people = [user for user in self._tenant.users.values() if number in user.departments and user.visible]
        return {"userlist": [self._details(user) for user in people]}

    async def user(self, request: web.Request, app: App) -> Json:
        user = self._tenant.person(request.query.get("userid", ""))
        if user is None:
            raise ApiError(60111, "userid not found")
        if not user.visible:
            raise ApiError(60021, "the member is outside the visible range")
        return self._details(user)

    def _found(self, number: str) -> Json:
        if not number.isdigit() or int(number) not in self._tenant.departments:
            raise ApiError(60003, "department not found")
        return self._tenant.departments[int(number)]

    def _details(self, user: User) -> Json:
        leader = self._tenant.person(user.leader)
        leads = [int(user.id in self._tenant.departments[number]["department_leader"]) for number in user.departments]
        return {
            "userid": user.id,
            "name": user.name,
            "department": user.departments,
            "main_department": user.departments[0],
            "is_leader_in_dept": leads,
            "direct_leader": [leader.id] if leader is not None and leader.visible else [],
            "position": user.position,
            "status": user.status,
        }


class WebLogin:
    """OAuth codes (one use, five minutes) and JSSDK tickets."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._pace = Window(tenant.clock, (100, timedelta(hours=1)))
        self._codes: dict[str, tuple[str, datetime]] = {}
        self.ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"

    async def authorize(self, request: web.Request) -> web.Response:
        """The browser's stop; `as_user` says who holds the phone (a real phone knows)."""
        code = self.code_for(request.query.get("as_user", ""))
        back = request.query["redirect_uri"]
        joined = "&" if "?" in back else "?"
        raise web.HTTPFound(f"{back}{joined}code={code}&state={request.query.get('state', '')}")

    def code_for(self, user: str) -> str:
        code = self._tenant.number("OAUTH")
        self._codes[code] = (user, self._tenant.clock.now() + timedelta(minutes=5))
        return code

    async def user_of_old(self, request: web.Request, app: App) -> Json:
        """The older address, with its capitals."""
        answer = await self.user(request, app)
        return {"UserId": answer["userid"], "DeviceId": ""} if "userid" in answer else {"OpenId": answer["openid"]}

    async def user(self, request: web.Request, app: App) -> Json:
        user, until = self._codes.pop(request.query.get("code", ""), ("", self._tenant.clock.now()))
        if until <= self._tenant.clock.now():
            raise ApiError(40029, "invalid code")
        person = self._tenant.person(user)
        return {"userid": person.id} if person else {"openid": f"open-{user}"}

    async def jsapi_ticket(self, request: web.Request, app: App) -> Json:
        if not self._pace.admits(str(app.agent)):
            raise ApiError(45009, "api freq out of limit: 100 tickets an hour for each app")
        return {"ticket": self.ticket, "expires_in": 7200}
