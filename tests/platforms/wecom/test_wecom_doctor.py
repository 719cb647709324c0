"""What the doctor says for each common mistake, and what to press."""

from __future__ import annotations

import pytest

from bot.errors import DeliveryError
from bot.platforms.base import Finding
from tests.platforms.wecom.desk import Desk, Open


async def findings(desk: Desk) -> dict[str, Finding]:
    return {one.what: one for one in await desk.platform.client.check()}


async def test_all_is_well(desk: Desk) -> None:
    await desk.emulator.verify()
    await desk.says("x")
    found = await findings(desk)
    assert {one.state for one in found.values()} == {"ok"}
    assert set(found) == {"凭证", "可信 IP 与可见范围", "时钟", "接收消息", "推送"}
    assert "03-11 10:00" in found["推送"].words


async def test_fresh_start_asks_to_be_tried(desk: Desk) -> None:
    found = await findings(desk)
    assert found["接收消息"].state == "warn" and "发一句话" in found["接收消息"].remedy


@pytest.mark.parametrize(("field", "value"), [("secret", "wrong"), ("corp_id", "ww-wrong")])
async def test_wrong_credentials(open_desk: Open, field: str, value: str) -> None:
    found = await findings(await open_desk(**{field: value}))
    assert found["凭证"].state == "fail" and "核对企业 ID 和 Secret" in found["凭证"].remedy
    assert "可信 IP 与可见范围" not in found


async def test_address_that_is_not_listed(desk: Desk) -> None:
    desk.emulator.faults.foreign_ip = True
    found = await findings(desk)
    assert found["凭证"].state == "ok" and found["可信 IP 与可见范围"].state == "fail"
    assert "企业可信IP" in found["可信 IP 与可见范围"].words


async def test_range_of_single_people_only(desk: Desk) -> None:
    desk.emulator.tenant.departments.clear()
    found = (await findings(desk))["可信 IP 与可见范围"]
    assert found.state == "warn" and "选部门" in found.remedy


async def test_platform_away_is_a_warning_not_a_mistake(desk: Desk) -> None:
    desk.emulator.faults.plan("gettoken", "refused", times=5)
    assert (await findings(desk))["凭证"].state == "warn"


async def test_clock_that_is_off(desk: Desk) -> None:
    """The platform's time comes with its answers."""
    await desk.says("x")
    desk.emulator.tenant.clock = type(desk.clock)(desk.clock.now())
    desk.emulator.tokens.kill_all()
    await desk.forward(minutes=30)
    await desk.says("y", key="k2")
    found = await findings(desk)
    assert found["时钟"].state == "fail" and "NTP" in found["时钟"].remedy and "1800 秒" in found["时钟"].words


async def test_no_callback_configured(open_desk: Open) -> None:
    desk = await open_desk(callback_token="", encoding_aes_key="")
    assert desk.platform.routes(desk.sink) == []
    assert (await findings(desk))["接收消息"].state == "fail"


async def test_last_delivery_failed(desk: Desk) -> None:
    desk.emulator.faults.plan("message/send", "error", code=45009)
    with pytest.raises(DeliveryError):
        await desk.says("x")
    assert (await findings(desk))["推送"].state == "fail"
    await desk.forward(seconds=60)
    await desk.says("x")
    assert (await findings(desk))["推送"].state == "ok"


async def test_robot_connected_and_not(open_desk: Open) -> None:
    desk = await open_desk("aibot")
    found = (await findings(desk))["长连接"]
    assert found.state == "fail" and "Bot ID" in found.remedy
    await desk.listen()
    assert (await findings(desk))["长连接"].state == "ok"


async def test_robot_over_http(called_robot: Desk) -> None:
    assert (await findings(called_robot))["回调"].state == "warn"
    await called_robot.emulator.says("lilei", "你好")
    assert (await findings(called_robot))["回调"].state == "ok"
    await called_robot.forward(seconds=1)
    called_robot.emulator.bot.token = "another"
    await called_robot.emulator.says("lilei", "你好")
    refused = (await findings(called_robot))["回调"]
    assert refused.state == "fail" and "核对 Token" in refused.words and "URL 回调" in refused.remedy
