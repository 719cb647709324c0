"""DingTalk delivered only the shells of messages, and everybody was told that "this kind of message" is not understood.

The sender has to know that nothing was taken down, and an admin, once a day, what to press.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.harness.live import LiveTeam, open_live
from tests.harness.platforms import DingTalk


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[LiveTeam]:
    team = await open_live(tmp_path, DingTalk())
    yield team
    await team.close()


async def test_sender_and_admin_are_told(live: LiveTeam) -> None:
    live.driver.emulator.push_quota = 0  # type: ignore[attr-defined]  # this driver's emulator is DingTalk's
    await live.rep.says("宏达机械今天已报价")
    live.rep.gets("没有送到", "钉钉消息额度", "没有记入")
    live.admin.gets("钉钉本月的消息额度用完了", "李雷", "升级")
    await live.rep.says("宏达机械今天已报价", group=True)
    live.group_gets("没有送到")
    live.nobody_else_heard_anything()  # an admin is told once a day
    await live.clock.forward(days=1)
    live.everybody_has_read()
    await live.rep.says("还是不行吗")
    live.rep.gets("没有送到")
    live.admin.gets("额度用完了")


async def test_a_shell_without_anything_else_is_one_too(live: LiveTeam) -> None:
    """Nobody has written down which other fields are missing then."""
    emulator = live.driver.emulator  # type: ignore[attr-defined]  # this driver's emulator is DingTalk's
    bare = {"msgId": "m1", "senderStaffId": "lilei", "robotCode": emulator.robot_code, "errCode": 20001}
    await emulator.http.message(bare)
    await live.settle()
    live.rep.gets("没有送到")
    live.admin.gets("额度用完了")
