"""The directory as far as the app's range and permissions go. A field without its permission is simply absent."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.emulators.feishu.answers import Refusal, ok
from tests.emulators.feishu.auth import need
from tests.emulators.feishu.world import Person, World

PAGE = 2
"""Pages are kept short, so that a reader who stops at a short page is found out."""

LISTING = ("contact:contact.base:readonly", "contact:contact:readonly_as_app", "contact:contact:access_as_app")
"""Without one of these the directory cannot be read at all; the fields need permissions of their own besides."""

_FIELD_SCOPES = {
    "name": "contact:user.base:readonly",
    "mobile": "contact:user.phone:readonly",
    "email": "contact:user.email:readonly",
    "department_ids": "contact:user.department:readonly",
    "leader_user_id": "contact:user.department:readonly",
    "job_title": "contact:user.employee:readonly",
    "status": "contact:user.employee:readonly",
}


class Contacts:
    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[web.RouteDef]:
        base = "/open-apis/contact/v3"
        return [
            web.get(base + "/scopes", self.scopes),
            web.get(base + "/users/find_by_department", self.by_department),
            web.get(base + "/users/batch", self.batch),
            web.get(base + "/users/{id}", self.user),
            web.get(base + "/departments/{id}", self.department),
            web.get(base + "/departments/{id}/children", self.children),
            web.get("/open-apis/im/v1/chats/{id}", self.chat),
        ]

    async def scopes(self, request: web.Request) -> web.Response:
        need(self.world, *LISTING)
        tops = [one.id for one in self.world.departments.values() if one.parent == "0"]
        loose = [one.open_id for one in self._visible() if not one.department]
        return ok({"department_ids": tops, "user_ids": loose, "group_ids": [], "has_more": False})

    async def by_department(self, request: web.Request) -> web.Response:
        need(self.world, *LISTING, "contact:contact:readonly")
        members = [one for one in self._visible() if one.department == request.query["department_id"]]
        return ok(self._page(request, [self._fields(one) for one in members]))

    async def batch(self, request: web.Request) -> web.Response:
        need(self.world, *LISTING, "contact:contact:readonly")
        asked = request.query.getall("user_ids")
        if len(asked) > 50:
            raise Refusal(40001, "param error: at most 50 user_ids")
        return ok({"items": [self._fields(one) for one in self._visible() if one.open_id in asked]})

    async def user(self, request: web.Request) -> web.Response:
        need(self.world, *LISTING, "contact:contact:readonly")
        person = self.world.people.get(request.match_info["id"])
        if person is None or not person.visible:
            raise Refusal(40003, "internal error")
        return ok({"user": self._fields(person)})

    async def department(self, request: web.Request) -> web.Response:
        need(self.world, *LISTING, "contact:contact:readonly")
        department = self.world.departments.get(request.match_info["id"])
        if department is None:
            raise Refusal(40004, "no department authority error", 403)
        named = {"name": department.name} if "contact:department.base:readonly" in self.world.app.scopes else {}
        return ok(
            {"department": {"open_department_id": department.id, "parent_department_id": department.parent, **named}}
        )

    async def children(self, request: web.Request) -> web.Response:
        need(self.world, *LISTING, "contact:contact:readonly")
        of = request.match_info["id"]
        found = [
            {"open_department_id": one.id, "name": one.name}
            for one in self.world.departments.values()
            if one.parent == of
        ]
        return ok(self._page(request, found))

    async def chat(self, request: web.Request) -> web.Response:
        chat = self.world.chats.get(request.match_info["id"])
        if chat is None:
            raise Refusal(232006, "Your request specifies a chat_id which is invalid.")
        return ok(
            {"name": chat.title, "chat_mode": chat.kind, "chat_status": "dissolved" if chat.dissolved else "normal"}
        )

    def _visible(self) -> list[Person]:
        return [person for person in self.world.people.values() if person.visible]

    def _page(self, request: web.Request, items: list[dict[str, Any]]) -> dict[str, Any]:
        """The second page is empty on purpose: only `has_more` tells the end."""
        at = int(request.query.get("page_token", "0"))
        if at == PAGE:
            return {"items": [], "has_more": True, "page_token": str(PAGE + 1)}
        first = at - 1 if at > PAGE else at
        more = first + PAGE < len(items)
        token = first + PAGE + (1 if first else 0)
        return {"items": items[first : first + PAGE], "has_more": more, "page_token": str(token) if more else ""}

    def _fields(self, person: Person) -> dict[str, Any]:
        fields = {
            "name": person.name,
            "mobile": person.mobile,
            "email": person.email,
            "department_ids": [person.department] if person.department else [],
            "leader_user_id": person.superior,
            "job_title": person.title,
            "status": {"is_resigned": person.resigned, "is_frozen": False, "is_activated": True},
        }
        allowed = {name: value for name, value in fields.items() if _FIELD_SCOPES[name] in self.world.app.scopes}
        return {"open_id": person.open_id, "union_id": "on_" + person.open_id, **allowed}
