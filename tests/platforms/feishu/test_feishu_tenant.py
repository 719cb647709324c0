"""The directory, the doctor and the web login."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.clock import VirtualClock
from bot.errors import Credentials, Refused
from bot.platforms.base import DirectoryPerson, Finding
from bot.platforms.feishu import FeishuPlatform
from bot.platforms.http import Http
from tests.emulators.feishu import FeishuEmulator
from tests.platforms.feishu.support import Inbox, listening, settings_for

BACK = "https://genjin.example/login"


async def _people(platform: FeishuPlatform) -> dict[str, DirectoryPerson]:
    return {person.name: person async for person in platform.client.people()}


async def test_everyone_is_found_once_through_short_and_empty_pages(
    feishu: FeishuEmulator, platform: FeishuPlatform
) -> None:
    sales = feishu.department("销售部")
    first, second = (feishu.department(name, sales) for name in ("一组", "二组"))
    manager = feishu.person("王主管", department=sales, title="主管", mobile="+8613800000000", email="w@e.cn")
    for number in range(7):
        feishu.person(f"销售{number}", department=first if number % 2 else second, superior=manager)
    feishu.person("老板")
    feishu.person("小李", department=first, superior=manager, resigned=True)
    feishu.person("看不见", visible=False)
    people = await _people(platform)
    assert sorted(people) == sorted([f"销售{number}" for number in range(7)] + ["王主管", "老板", "小李"])
    assert people["王主管"] == DirectoryPerson(
        manager, "王主管", "+8613800000000", "w@e.cn", "主管", ("销售部",), "", active=True
    )
    assert (people["销售3"].superior, people["销售3"].departments) == (manager, ("一组",))
    assert not people["小李"].active


async def test_fields_without_permission_are_empty(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    feishu.world.app.scopes -= {"contact:user.phone:readonly", "contact:user.department:readonly"}
    feishu.person("王主管", department=feishu.department("销售部"), mobile="1", superior="ou_x")
    person = (await _people(platform))["王主管"]
    assert (person.mobile, person.superior, person.departments) == ("", "", ())


async def _findings(platform: FeishuPlatform) -> dict[str, Finding]:
    return {finding.what: finding for finding in await platform.client.check()}


async def test_a_healthy_app(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    person = feishu.person("李雷")
    async with listening(platform, feishu, Inbox()):
        await feishu.says(person, "你好")
        findings = await _findings(platform)
    # The emulator's answers carry this machine's date, the test's clock another one: the doctor sees just that.
    assert {what for what, finding in findings.items() if finding.state != "ok"} == {"时钟"}
    assert findings["最近一条"].words == "刚刚收到"
    assert all(finding.remedy for finding in findings.values() if finding.state != "ok")


async def test_a_directory_that_may_not_be_read_says_so(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    """The fields have permissions of their own; the listing has one too."""
    feishu.world.app.scopes -= {"contact:contact.base:readonly"}
    feishu.person("王主管", department=feishu.department("销售部"))
    with pytest.raises(Credentials, match=r"缺少权限.*contact:contact.base:readonly"):
        await _people(platform)
    findings = await _findings(platform)
    assert findings["权限"].state == "fail"
    assert "contact:contact.base:readonly" in findings["权限"].words
    assert "contact:contact.base:readonly" in findings["通讯录"].remedy


async def test_a_quota_that_is_used_up_is_told_as_such(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    """Not as a bot that was forgotten in the console."""
    feishu.fail("/bot/v3/info", 99991403)
    found = (await _findings(platform))["机器人"]
    assert (found.state, "额度用完" in found.words, "套餐" in found.remedy) == ("fail", True, True)
    feishu.world.tokens.clear()
    feishu.fail("/tenant_access_token/", 99991401)
    fresh = FeishuPlatform(settings_for(feishu), platform._http, platform._clock)
    (only,) = await fresh.client.check()
    assert ("白名单" in only.words, "IP 白名单" in only.remedy) == (True, True)


async def test_a_wrong_secret_ends_the_examination(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    feishu.world.app.secret = "changed"
    (only,) = await platform.client.check()
    assert (only.what, only.state) == ("凭证", "fail")


async def test_what_is_missing_is_named_with_what_to_press(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    feishu.world.app.scopes -= {"contact:user.phone:readonly"}
    assert (await _findings(platform))["权限"].state == "warn"
    feishu.world.app.scopes -= {"im:resource"}
    feishu.world.app.activate_status = 1
    findings = await _findings(platform)
    assert findings["权限"].state == "fail"
    assert "发图片和文件（im:resource）" in findings["权限"].words
    assert (findings["机器人"].words, findings["机器人"].state) == ("机器人被企业停用", "fail")
    assert findings["通讯录"].state == "fail"
    assert findings["接收消息"].words == "长连接没有连上"
    assert findings["最近一条"].state == "warn"


async def test_an_app_nobody_can_reach(feishu: FeishuEmulator, http: Http, clock: VirtualClock) -> None:
    deaf = FeishuPlatform(settings_for(feishu, long_connection=False, webhook=False), http, clock)
    assert (await _findings(deaf))["接收消息"].state == "fail"


@pytest.mark.parametrize(
    ("skew", "words"), [(timedelta(minutes=7), "快 7 分钟"), (timedelta(minutes=-30), "慢 30 分钟")]
)
async def test_clock_skew_is_told_in_minutes(
    feishu: FeishuEmulator, platform: FeishuPlatform, skew: timedelta, words: str
) -> None:
    from bot.platforms.feishu.doctor import _skew

    platform.health.skew = skew
    assert words in _skew(platform.health).words


async def _comes_back(address: str, who: str, http: Http) -> tuple[str, str]:
    reply = await http.call("GET", f"{address}&as={who}")
    query = parse_qs(urlsplit(reply.headers["location"]).query)
    return query["code"][0], query["state"][0]


async def test_a_page_learns_who_opened_it_and_a_code_works_once(
    feishu: FeishuEmulator, platform: FeishuPlatform, http: Http
) -> None:
    person = feishu.person("李雷")
    code, state = await _comes_back(platform.login.address(BACK, "s t&a"), person, http)
    assert state == "s t&a"
    assert await platform.login.person(code, BACK) == person
    with pytest.raises(Refused, match="重新打开"):
        await platform.login.person(code, BACK)


async def test_somebody_of_another_company_is_not_let_in(
    feishu: FeishuEmulator, http: Http, clock: VirtualClock, platform: FeishuPlatform
) -> None:
    stranger = feishu.person("外人", tenant="another")
    strict = FeishuPlatform(settings_for(feishu, tenant_key="tenant"), http, clock)
    with pytest.raises(Refused, match="另一家企业"):
        await strict.login.person(feishu.oauth.code_for(stranger), BACK)
    async with listening(platform, feishu, Inbox()):  # without the setting it is known from the first event
        await feishu.says(feishu.person("李雷"), "你好")
    with pytest.raises(Refused, match="另一家企业"):
        await platform.login.person(feishu.oauth.code_for(stranger), BACK)


async def test_an_old_code_and_an_unknown_one_are_refused(
    feishu: FeishuEmulator, platform: FeishuPlatform, clock: VirtualClock
) -> None:
    code = feishu.oauth.code_for(feishu.person("李雷"))
    clock.move_to(clock.now() + timedelta(minutes=5))
    for bad in (code, "guess"):
        with pytest.raises(Refused):
            await platform.login.person(bad, BACK)


async def test_an_unregistered_address_is_the_admins_to_mend(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    feishu.oauth.redirects.add("https://other.example")
    with pytest.raises(Credentials, match="重定向 URL"):
        await platform.login.person(feishu.oauth.code_for(feishu.person("李雷")), BACK)


def test_a_link_that_opens_inside_feishu(platform: FeishuPlatform) -> None:
    link = platform.login.in_client("https://genjin.example/page?t=a b&u=1")
    assert link.endswith("?mode=sidebar-semi&url=https%3A%2F%2Fgenjin.example%2Fpage%3Ft%3Da%20b%26u%3D1")
