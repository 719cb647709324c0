"""People and superiors from WeCom's directory."""

from __future__ import annotations

from typing import Any

import pytest

from bot.platforms.wecom.directory import person, superior
from tests.platforms.wecom.desk import Desk

DEPARTMENTS: dict[int, dict[str, Any]] = {
    1: {"id": 1, "name": "公司", "parentid": 0, "department_leader": ["ceo"]},
    2: {"id": 2, "name": "销售部", "parentid": 1, "department_leader": []},
    3: {"id": 3, "name": "华东一组", "parentid": 2, "department_leader": ["Wang"]},
    4: {"id": 4, "name": "绕圈", "parentid": 5, "department_leader": []},
    5: {"id": 5, "name": "绕圈", "parentid": 4, "department_leader": []},
}


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        ({"userid": "lilei", "direct_leader": ["zhang"], "department": [3]}, "zhang"),
        ({"userid": "lilei", "direct_leader": [], "department": [3]}, "Wang"),
        ({"userid": "wang", "department": [3]}, "ceo"),
        ({"userid": "x", "department": [2, 3], "main_department": 3}, "Wang"),
        ({"userid": "x", "department": [2]}, "ceo"),
        ({"userid": "ceo", "department": [1]}, ""),
        ({"userid": "x", "department": [4]}, ""),
        ({"userid": "x", "department": [99]}, ""),
        ({"userid": "x"}, ""),
    ],
)
def test_superior(member: dict[str, Any], expected: str) -> None:
    assert superior(member, DEPARTMENTS) == expected


@pytest.mark.parametrize(("status", "active"), [(1, True), (4, True), (2, False), (5, False)])
def test_who_is_still_here(status: int, active: bool) -> None:
    assert person({"userid": "x", "status": status}, DEPARTMENTS).active is active


def test_what_a_new_app_does_not_get_stays_empty() -> None:
    found = person({"userid": "lilei", "name": "李雷", "position": "销售", "department": [3, 99]}, DEPARTMENTS)
    assert (found.name, found.title, found.departments, found.mobile, found.email) == (
        "李雷",
        "销售",
        ("华东一组",),
        "",
        "",
    )


async def test_everybody_comes_once_with_superior(desk: Desk) -> None:
    emulator = desk.emulator
    emulator.department(2, "华东一组", leaders=["Wang"])
    emulator.department(3, "华东二组", leaders=["Wang"])
    emulator.user("han", "韩梅", departments=[2, 3])
    emulator.user("gone", "走了", departments=[2], status=5)
    emulator.user("hidden", "看不见", departments=[2], visible=False)
    found = {one.user: one async for one in desk.platform.client.people()}
    assert set(found) == {"lilei", "Wang", "han", "gone"}
    assert (found["han"].superior, found["han"].departments) == ("Wang", ("华东一组", "华东二组"))
    assert not found["gone"].active


async def test_a_robot_has_no_directory(robot: Desk) -> None:
    assert [one async for one in robot.platform.client.people()] == []
