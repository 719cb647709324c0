"""People and their superiors, and who opened a page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.errors import Credentials, NotFound, Refused, Unreachable
from bot.platforms.base import DirectoryPerson
from tests.emulators.dingtalk import CLIENT_ID, CORP, DingTalkEmulator
from tests.emulators.dingtalk.access import Trouble
from tests.emulators.dingtalk.refusals import OldRefused
from tests.platforms.dingtalk.conftest import App


@pytest.fixture
def organisation(ding: DingTalkEmulator) -> DingTalkEmulator:
    ding.access.qps = None
    ding.department(2, "销售部", managers=["chen"])
    ding.department(3, "华东组", parent=2, managers=["wang"])
    ding.person("chen", "陈总监", departments=[2])
    ding.world.people["wang"].departments = [3]
    ding.world.people["lilei"].departments = [3, 2]
    return ding


async def everybody(app: App) -> dict[str, DirectoryPerson]:
    return {person.user: person async for person in app.platform.client.people()}


async def test_everybody_once_with_superior_and_departments(app: App, organisation: DingTalkEmulator) -> None:
    people = await everybody(app)
    assert set(people) == {"lilei", "wang", "chen"}, "no outsiders, nobody twice"
    assert people["lilei"] == DirectoryPerson(
        "lilei", "李雷", "13800000001", "lilei@example.com", "销售", ("华东组", "销售部"), "wang"
    )


async def test_without_a_named_superior_the_departments_head_is_it(app: App, organisation: DingTalkEmulator) -> None:
    people = await everybody(app)
    assert people["wang"].superior == "chen", "the head of a department answers to the head above"
    assert people["chen"].superior == ""


async def test_a_person_who_left_meanwhile_is_skipped(app: App, organisation: DingTalkEmulator) -> None:
    organisation.access.troubles.append(Trouble("/topapi/v2/user/get", OldRefused(60121)))
    assert len(await everybody(app)) == 2


async def test_a_department_dissolved_meanwhile_is_skipped(app: App, organisation: DingTalkEmulator) -> None:
    organisation.department(4, "并入别处的组", parent=2)
    organisation.access.troubles.append(Trouble("/topapi/user/listid", OldRefused(60003)))
    assert set(await everybody(app)) == {"lilei", "wang", "chen"}
    original = organisation.contacts._department

    def dissolved(body: dict[str, Any]) -> Any:
        if body.get("dept_id") == 4:
            raise OldRefused(60003, "部门不存在")
        return original(body)

    organisation.contacts._department = dissolved  # type: ignore[method-assign]  # it is gone when it is looked at
    assert set(await everybody(app)) == {"lilei", "wang", "chen"}


async def test_without_its_root_there_is_no_directory(app: App, organisation: DingTalkEmulator) -> None:
    """An empty list would make everybody somebody who left."""
    organisation.access.troubles.append(Trouble("/topapi/v2/department/get", OldRefused(60003)))
    with pytest.raises(Unreachable):
        await everybody(app)


async def test_without_personal_fields_the_heads_of_departments_are_superiors(
    app: App, organisation: DingTalkEmulator
) -> None:
    organisation.contacts.personal = False
    people = await everybody(app)
    assert people["lilei"] == DirectoryPerson("lilei", "李雷", "", "", "销售", ("华东组", "销售部"), "wang")


async def test_a_busy_directory_is_walked_all_the_same(app: App, ding: DingTalkEmulator) -> None:
    """More people than the 20 calls a second DingTalk takes."""
    for number in range(30):
        ding.person(f"p{number}", f"同事{number}")
    walking = asyncio.create_task(everybody(app))
    while not walking.done():
        await asyncio.sleep(0.01)
        app.forward(seconds=1)
    assert len(walking.result()) == 32


async def test_a_limited_scope_says_what_to_press(app: App, organisation: DingTalkEmulator) -> None:
    organisation.contacts.in_scope = False
    with pytest.raises(Credentials, match="通讯录接口权限范围"):
        await everybody(app)


async def test_the_browser_login_gives_our_user(app: App, ding: DingTalkEmulator) -> None:
    address = urlsplit(app.dingtalk.login.address("https://genjin.example.com/in", "s1"))
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert (address.path, query["client_id"], query["state"], query["corpId"]) == (
        "/oauth2/auth",
        CLIENT_ID,
        "s1",
        CORP,
    )
    code = ding.contacts.code("lilei")
    assert await app.dingtalk.login.person(code) == "lilei"
    with pytest.raises(Refused, match="重新打开"):
        await app.dingtalk.login.person(code)


async def test_another_organisation_does_not_get_in(app: App, ding: DingTalkEmulator) -> None:
    with pytest.raises(NotFound, match="不在本企业"):
        await app.dingtalk.login.person(ding.contacts.code("guest"))


async def test_an_outside_contact_does_not_get_in(make_app: Callable[..., App], ding: DingTalkEmulator) -> None:
    ding.person("supplier", "供应商", outside=True, contact=True)
    with pytest.raises(NotFound, match="不在本企业"):
        await make_app(corp_id="").dingtalk.login.person(ding.contacts.code("supplier"))


async def test_without_a_corp_id_the_directory_decides(make_app: Callable[..., App], ding: DingTalkEmulator) -> None:
    with pytest.raises(NotFound):
        await make_app(corp_id="").dingtalk.login.person(ding.contacts.code("guest"))


async def test_the_login_inside_the_app(app: App, ding: DingTalkEmulator) -> None:
    code = ding.contacts.code("lilei")
    assert await app.dingtalk.login.person_in_client(code) == "lilei"
    with pytest.raises(Refused, match="重新打开"):
        await app.dingtalk.login.person_in_client(code)
