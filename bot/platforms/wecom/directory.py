"""People, departments and superiors from WeCom's directory, as far as the app may see (reference §9)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from bot.platforms.base import DirectoryPerson
from bot.platforms.wecom.api import Api

Json = Mapping[str, Any]

WORKING = frozenset({1, 4})
"""Active, and invited but not yet activated; 2 is disabled, 5 has left."""


async def people(api: Api) -> AsyncIterator[DirectoryPerson]:
    """Everybody in the app's visible range, each once. New apps get neither phone nor mail: match by user id."""
    departments = {int(one["id"]): one for one in (await api.get("department/list"))["department"]}
    seen: set[str] = set()
    for number in departments:
        answer = await api.get("user/list", department_id=str(number))
        for member in answer["userlist"]:
            # The same person may be written in different cases, and sits in several departments.
            user = str(member["userid"])
            if user.lower() not in seen:
                seen.add(user.lower())
                yield person(member, departments)


def person(member: Json, departments: Mapping[int, Json]) -> DirectoryPerson:
    own = [int(number) for number in member.get("department", ())]
    return DirectoryPerson(
        user=str(member["userid"]),
        name=str(member.get("name") or member["userid"]),
        mobile=str(member.get("mobile", "")),
        email=str(member.get("biz_mail") or member.get("email") or ""),
        title=str(member.get("position", "")),
        departments=tuple(str(departments[number].get("name") or number) for number in own if number in departments),
        superior=superior(member, departments),
        active=int(member.get("status", 1)) in WORKING,
    )


def superior(member: Json, departments: Mapping[int, Json]) -> str:
    """The direct leader; where none is set, the nearest department leader above who is somebody else."""
    for leader in member.get("direct_leader") or ():
        return str(leader)
    own = member.get("department") or [0]
    number = int(member.get("main_department") or own[0])
    climbed: set[int] = set()
    while number in departments and number not in climbed:
        climbed.add(number)
        for leader in departments[number].get("department_leader") or ():
            if str(leader).lower() != str(member["userid"]).lower():
                return str(leader)
        number = int(departments[number].get("parentid", 0))
    return ""
