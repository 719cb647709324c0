"""Somebody DingTalk does not vouch for was told to have their number entered by an admin, who then let a stranger in.

User ids are unique within one organisation only: a namesake of another one must not pass for a colleague.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.platforms.base import Chat, Inbound, Kind
from storage.tables import Outbox
from tests.emulators.dingtalk import DingTalkEmulator
from tests.harness.live import LiveTeam, open_live
from tests.harness.platforms import DingTalk


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[LiveTeam]:
    team = await open_live(tmp_path, DingTalk())
    yield team
    await team.close()


@pytest.fixture
def ding(live: LiveTeam) -> DingTalkEmulator:
    emulator: DingTalkEmulator = live.driver.emulator  # type: ignore[attr-defined]  # this driver's emulator is DingTalk's
    return emulator


GROUP = "east"


async def test_an_outsider_is_refused_politely_and_cannot_be_linked(live: LiveTeam, ding: DingTalkEmulator) -> None:
    ding.person("guest", "外部客户", outside=True)
    ding.world.conversations[GROUP].members.append("guest")
    await ding.says("guest", "你好", GROUP)
    await live.settle()
    said = [shown.text for shown in ding.inbox("guest")]
    assert len(said) == 1 and "只认得本企业的同事" in said[0] and "$:LWCP" not in said[0]
    await live.admin.says("/who link 李雷 $:LWCP_v1:$guest")
    live.admin.gets("没有")


async def test_the_same_user_id_in_another_organisation_is_somebody_else(
    live: LiveTeam, ding: DingTalkEmulator
) -> None:
    foreign = {"msgtype": "text", "text": {"content": "宏达机械今天已报价"}, "senderCorpId": "dingother"}
    await ding.sends("lilei", foreign, GROUP)
    await live.settle()
    assert "只认得本企业的同事" in ding.inbox("lilei")[-1].text


async def test_what_comes_from_nobody_is_answered_to_nobody(live: LiveTeam, ding: DingTalkEmulator) -> None:
    assert ding.http is not None
    await ding.http.message({"msgtype": "text", "robotCode": ding.robot_code})
    await live.settle()
    assert ding.world.history == []
    async with live.app.services.db.read() as tx:
        assert (await tx.scalars(select(Outbox))).all() == []


async def test_what_was_received_before_this_was_known_is_still_read(live: LiveTeam) -> None:
    """Rows of an earlier version have no word about it."""
    inbound = Inbound("dingtalk", "main", "k", Kind.TEXT, "lilei", Chat("lilei"), live.clock.now())
    row = inbound.to_json()
    del row["outside"]
    assert Inbound.from_json(row) == inbound
