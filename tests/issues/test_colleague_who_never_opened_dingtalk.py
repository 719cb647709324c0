"""A colleague who had not opened DingTalk yet was taken over as somebody who left, and lost their open work."""

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


async def test_who_never_opened_it_is_a_colleague_all_the_same(live: LiveTeam) -> None:
    live.driver.emulator.world.people["han"].active = False  # type: ignore[attr-defined]  # this driver's is DingTalk's
    live.driver.emulator.person("xin", "新同事", active=False)  # type: ignore[attr-defined]
    await live.admin.says("/who sync 钉钉")
    await live.settle()
    live.admin.sees("0 离职", "新增：新同事")
    await live.other_rep.says("菜单")
    live.other_rep.gets("我的待办")
