"""People and their superiors from DingTalk's contacts. These calls do not count against the monthly quota."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.errors import RetryAfter, Unreachable
from bot.platforms.base import DirectoryPerson
from bot.platforms.dingtalk.api import Api

ROOT = 1
PATIENCE = 6
"""Attempts per call while DingTalk says "too fast"."""


@dataclass(frozen=True, slots=True)
class Department:
    id: int
    name: str
    parent: int
    managers: tuple[str, ...]


class Directory:
    """Walks the whole organisation the app may see."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._clock = clock

    async def people(self) -> AsyncIterator[DirectoryPerson]:
        """Everybody once. Raises Credentials when the contact permission is missing, RetryAfter when it stays busy."""
        departments = await self._departments()
        seen: set[str] = set()
        for department in departments.values():
            for user in await self._members(department.id):
                if user in seen:
                    continue
                seen.add(user)
                person = await self.person(user, departments)
                if person is not None:
                    yield person

    async def _members(self, department: int) -> list[str]:
        try:
            answer = await self._ask("/topapi/user/listid", {"dept_id": department})
        except Unreachable:
            return []
        return [str(user) for user in answer.get("userid_list") or ()]

    async def person(self, user: str, departments: Mapping[int, Department]) -> DirectoryPerson | None:
        """One person, or None when they left in between."""
        try:
            found = await self._ask("/topapi/v2/user/get", {"userid": user, "language": "zh_CN"})
        except Unreachable:
            return None
        homes = [int(home) for home in found.get("dept_id_list") or ()]
        return DirectoryPerson(
            user=user,
            name=str(found.get("name") or user),
            mobile=str(found.get("mobile") or ""),
            email=str(found.get("email") or found.get("org_email") or ""),
            title=str(found.get("title") or ""),
            departments=tuple(departments[home].name for home in homes if home in departments),
            superior=str(found.get("manager_userid") or "") or _leader(user, homes, departments),
        )  # `active` says whether they ever opened DingTalk: who has not is a colleague all the same

    async def _departments(self) -> dict[int, Department]:
        """All departments, from the root down."""
        found: dict[int, Department] = {}
        waiting = [ROOT]
        while waiting:
            number = waiting.pop(0)
            if number in found:
                continue
            try:
                found[number], below = await self._department(number)
            except Unreachable:
                if number == ROOT:
                    raise  # an empty list would make everybody somebody who left
                continue  # dissolved while we walked
            waiting.extend(below)
        return found

    async def _department(self, number: int) -> tuple[Department, list[int]]:
        """One department and the numbers of those directly below. Raises Unreachable when it is gone."""
        wanted = {"dept_id": number, "language": "zh_CN"}
        one = await self._ask("/topapi/v2/department/get", wanted)
        managers = tuple(str(user) for user in one.get("dept_manager_userid_list") or ())
        department = Department(number, str(one.get("name") or ""), int(one.get("parent_id") or 0), managers)
        below = await self._list("/topapi/v2/department/listsub", wanted)
        return department, [int(child["dept_id"]) for child in below]

    async def _ask(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = await self._patiently(lambda: self._api.old(path, body))
        result = answer.get("result")
        return result if isinstance(result, Mapping) else {}

    async def _list(self, path: str, body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        answer = await self._patiently(lambda: self._api.old(path, body))
        result = answer.get("result")
        return list(result) if isinstance(result, list) else []

    async def _patiently(self, call: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        for _ in range(PATIENCE - 1):
            try:
                return await call()
            except RetryAfter as busy:
                await self._clock.sleep(busy.after)
        return await call()


def _leader(user: str, homes: list[int], departments: Mapping[int, Department]) -> str:
    """The head of the person's first department, or of the nearest one above that somebody else heads."""
    number = homes[0] if homes else 0
    for _ in range(len(departments)):
        department = departments.get(number)
        if department is None:
            return ""
        other = next((manager for manager in department.managers if manager != user), "")
        if other:
            return other
        number = department.parent
    return ""
