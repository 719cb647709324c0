"""People and departments as Feishu's directory shows them to this app."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

from bot.platforms.base import DirectoryPerson
from bot.platforms.feishu.api import Api

_IDS = {"user_id_type": "open_id", "department_id_type": "open_department_id"}
_BATCH = 50
ROOT = "0"


async def people(api: Api) -> AsyncIterator[DirectoryPerson]:
    """Everyone in the app's directory range, each once. What the app may not see is empty, not an error."""
    departments, users = await _range(api)
    names = {number: name async for number, name in _departments(api, departments)}
    seen: set[str] = set()
    for department in names:
        listing = api.items(
            "/open-apis/contact/v3/users/find_by_department", {**_IDS, "department_id": department, "page_size": "50"}
        )
        async for user in listing:
            if user["open_id"] not in seen:
                seen.add(user["open_id"])
                yield _person(user, names)
    async for user in _users(api, [user for user in users if user not in seen]):
        yield _person(user, names)


async def _range(api: Api) -> tuple[list[str], list[str]]:
    """The departments and people the app may see. For "everyone" Feishu lists the top departments and those in none."""
    departments: list[str] = []
    users: list[str] = []
    page: dict[str, str] = {}
    while True:
        answer = await api.call("GET", "/open-apis/contact/v3/scopes", params={**_IDS, "page_size": "100", **page})
        data = answer.get("data") or {}
        departments += data.get("department_ids") or ()
        users += data.get("user_ids") or ()
        if not data.get("has_more") or not data.get("page_token"):
            return departments, users
        page = {"page_token": str(data["page_token"])}


async def _departments(api: Api, roots: list[str]) -> AsyncIterator[tuple[str, str]]:
    """Every department in range with its name, level by level: recursion by Feishu stops at 500 sub-departments."""
    waiting, seen = list(dict.fromkeys(roots)), set[str]()
    while waiting:
        department = waiting.pop()
        if department in seen:
            continue
        seen.add(department)
        if department != ROOT:
            answer = await api.call("GET", f"/open-apis/contact/v3/departments/{department}", params=_IDS)
            yield department, str(((answer.get("data") or {}).get("department") or {}).get("name", ""))
        else:
            yield ROOT, ""
        children = api.items(f"/open-apis/contact/v3/departments/{department}/children", {**_IDS, "page_size": "50"})
        waiting += [str(child["open_department_id"]) async for child in children]


async def _users(api: Api, users: list[str]) -> AsyncIterator[dict[str, Any]]:
    for first in range(0, len(users), _BATCH):
        # Repeated query keys, as the batch call wants them.
        query = urlencode([*_IDS.items(), *(("user_ids", user) for user in users[first : first + _BATCH])])
        answer = await api.call("GET", f"/open-apis/contact/v3/users/batch?{query}")
        for user in (answer.get("data") or {}).get("items") or ():
            yield user


def _person(user: dict[str, Any], names: dict[str, str]) -> DirectoryPerson:
    status = user.get("status") or {}
    gone = any(status.get(state) for state in ("is_resigned", "is_exited", "is_frozen"))
    departments = (names.get(department, "") for department in user.get("department_ids") or ())
    return DirectoryPerson(
        user=str(user["open_id"]),
        name=str(user.get("name") or ""),
        mobile=str(user.get("mobile") or ""),
        email=str(user.get("email") or ""),
        title=str(user.get("job_title") or ""),
        departments=tuple(name for name in departments if name),
        superior=str(user.get("leader_user_id") or ""),
        active=not gone,
    )
