"""A WeCom app hears no group: its digests go to a group the settings name, or to one it makes itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.clock import VirtualClock
from tests.harness.live import LiveTeam, open_live
from tests.harness.platforms import WeCom


class WithWebhook(WeCom):
    async def start(self, clock: VirtualClock) -> Mapping[str, Any]:
        given = await super().start(clock)
        self.emulator.webhook("hook-key")
        return {**given, "webhooks": {"华东大群": "hook-key"}}


@pytest.fixture
async def wecom(tmp_path: Path) -> AsyncIterator[LiveTeam]:
    live = await open_live(tmp_path, WithWebhook())
    yield live
    await live.close()


def emulator(team: LiveTeam) -> Any:
    assert isinstance(team.driver, WeCom)
    return team.driver.emulator


async def test_digest_goes_to_the_group_the_settings_name(wecom: LiveTeam) -> None:
    team = wecom
    await team.manager.says("/digest group")
    team.manager.gets("设置里有：华东大群", "/digest group new 群名")
    await team.manager.says("/digest group 华东大群")
    team.manager.gets("华东一组的摘要以后发到华东大群，下一次 今天 18:30")
    await team.manager.says("/digest now")
    team.manager.gets("已把今天的日报发到", "华东大群")
    (digest,) = emulator(team).webhook("hook-key")
    assert digest.kind == "markdown_v2" and "华东一组" in digest.text
    await team.manager.says("/digest group off 华东大群")
    team.manager.gets("不再发到华东大群")
    await team.manager.says("/digest group 华北大群")
    team.manager.gets("设置里有：华东大群")


async def test_group_is_made_with_the_teams_people_and_gets_the_digests(wecom: LiveTeam) -> None:
    team = wecom
    emulator(team).faults.plan("appchat/create", "lost")
    await team.manager.says("/digest group new 华东日报群")
    team.manager.gets("正在建群「华东日报群」")
    await team.clock.forward(minutes=2)
    team.manager.gets("群「华东日报群」建好了，华东一组的摘要以后发到这个群")
    (group,) = [one for one in emulator(team).tenant.groups.values() if one.name == "华东日报群"]
    assert {"wang", "lilei"} <= set(group.members)
    assert [one.text for one in emulator(team).group_inbox(group.id)] == [
        "大家好，我是跟进。华东一组的日报和周报以后发在这个群里。"
    ]
    await team.manager.says("/digest now")
    team.manager.gets("华东日报群")
    assert len(emulator(team).group_inbox(group.id)) == 2


async def test_app_that_may_not_make_groups_says_what_to_change(wecom: LiveTeam) -> None:
    emulator(wecom).app.root_visible = False
    await wecom.manager.says("/digest group new 华东日报群")
    wecom.manager.gets("正在建群")
    wecom.manager.gets("没建成", "60011", "可见范围得选最顶层的部门")
