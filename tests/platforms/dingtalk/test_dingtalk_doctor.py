"""What the doctor says about each common mistake, and that it disturbs nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.platforms.base import CardBody, Finding
from bot.platforms.dingtalk.template import template
from cards.model import Card, Input, InputKind
from tests.emulators.dingtalk import DingTalkEmulator
from tests.emulators.dingtalk.access import Trouble
from tests.emulators.dingtalk.refusals import Refused, no_permission, qps
from tests.platforms.dingtalk.conftest import App


async def findings(app: App) -> dict[str, Finding]:
    return {finding.what: finding for finding in await app.platform.client.check()}


async def test_a_healthy_app_has_nothing_to_mend(online: App, ding: DingTalkEmulator) -> None:
    await ding.says("lilei", "你好")
    found = await findings(online)
    assert {finding.state for finding in found.values()} == {"ok"}, found
    assert list(found) == ["凭证", "时钟", "发消息", "互动卡片", "通讯录", "收消息", "表单卡片", "额度"]
    assert ding.inbox("lilei") == [], "the doctor sends nothing"


async def test_wrong_credentials_come_alone(make_app: Callable[..., App]) -> None:
    [finding] = (await findings(make_app(client_secret="wrong"))).values()
    assert (finding.state, "凭证与基础信息" in finding.remedy) == ("fail", True)


async def test_an_unreachable_dingtalk_is_said(make_app: Callable[..., App]) -> None:
    [finding] = (await findings(make_app(api_base="http://127.0.0.1:9"))).values()
    assert "连不上钉钉" in finding.words


@pytest.mark.parametrize("skew", [timedelta(minutes=-30), timedelta(minutes=30)])
async def test_a_wrong_clock(skew: timedelta, app: App, ding: DingTalkEmulator) -> None:
    ding.skew = skew
    assert (await findings(app))["时钟"] == Finding(
        "时钟", "fail", "本机时间与钉钉相差 30 分钟", "打开系统的自动校时（NTP）"
    )


@pytest.mark.parametrize(
    ("path", "what", "remedy"),
    [
        ("batchSend", "发消息", "企业内机器人发送消息"),
        ("card/instances", "互动卡片", "Card.Instance.Write"),
    ],
)
async def test_a_missing_permission(path: str, what: str, remedy: str, app: App, ding: DingTalkEmulator) -> None:
    ding.access.troubles.append(Trouble(path, no_permission()))
    finding = (await findings(app))[what]
    assert finding.state == "fail" and remedy in finding.remedy


async def test_contacts_out_of_scope(app: App, ding: DingTalkEmulator) -> None:
    ding.contacts.in_scope = False
    assert "全部员工" in (await findings(app))["通讯录"].remedy


async def test_a_busy_platform_is_only_a_warning(app: App, ding: DingTalkEmulator) -> None:
    busy: Refused = qps()
    ding.access.troubles.append(Trouble("batchSend", busy))
    assert (await findings(app))["发消息"].state == "warn"


async def test_no_long_connection(app: App) -> None:
    finding = (await findings(app))["收消息"]
    assert finding.state == "fail" and "Stream" in finding.words


async def test_connected_but_nothing_heard(online: App) -> None:
    finding = (await findings(online))["收消息"]
    assert finding.state == "warn" and "同一个 Client ID" in finding.remedy


async def test_http_mode_without_a_message(make_app: Callable[..., App]) -> None:
    finding = (await findings(make_app(stream=False, card_route_key="k")))["收消息"]
    assert (finding.state, "消息接收地址" in finding.remedy) == ("warn", True)


async def test_presses_by_http_need_a_secret(make_app: Callable[..., App]) -> None:
    finding = (await findings(make_app(stream=False, card_route_key="k")))["卡片回调"]
    assert finding.state == "fail" and "card_api_secret" in finding.remedy


async def test_no_form_template(make_app: Callable[..., App]) -> None:
    assert "genjin-form.json" in (await findings(make_app()))["表单卡片"].remedy


async def test_an_unpublished_form_template(make_app: Callable[..., App], ding: DingTalkEmulator) -> None:
    number = ding.import_template(template(), published=False)
    app = make_app(form_template={"template_id": number})
    card = Card(title="t", blocks=(Input(name="n", label="l", kind=InputKind.TEXT),))
    await app.send(CardBody(card, "k"), user="lilei")
    finding = (await findings(app))["表单卡片"]
    assert finding.state == "warn" and "templateUnpublished" in finding.words


async def test_a_used_up_quota_is_remembered_for_a_day(online: App, ding: DingTalkEmulator) -> None:
    ding.push_quota = 0
    await ding.says("lilei", "x")
    assert (await findings(online))["额度"].state == "fail"
    online.forward(days=2)
    ding.access.expire_tokens()
    assert (await findings(online))["额度"].state == "ok"
