"""People and their superiors, and who opened a page."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.errors import Credentials, NotFound, Refused
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


async def test_without_a_corp_id_the_directory_decides(make_app: Callable[..., App], ding: DingTalkEmulator) -> None:
    with pytest.raises(NotFound):
        await make_app(corp_id="").dingtalk.login.person(ding.contacts.code("guest"))


async def test_the_login_inside_the_app(app: App, ding: DingTalkEmulator) -> None:
    code = ding.contacts.code("lilei")
    assert await app.dingtalk.login.person_in_client(code) == "lilei"
    with pytest.raises(Refused, match="重新打开"):
        await app.dingtalk.login.person_in_client(code)
