"""Feishu says at every opening of the chat that somebody came in: whoever is on no list was told so every time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import people
from tests.harness.live import LiveTeam, open_live
from tests.harness.platforms import Feishu


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[LiveTeam]:
    team = await open_live(tmp_path, Feishu())
    yield team
    await team.close()


async def _opens(live: LiveTeam, user: str, times: int) -> list[str]:
    assert isinstance(live.driver, Feishu)
    for _ in range(times):
        await live.driver.emulator.enters(user)
        await live.settle()
    return [seen.text for seen in live.driver.emulator.inbox(user) if not seen.mine]


async def test_a_stranger_is_told_once_a_day(live: LiveTeam) -> None:
    assert isinstance(live.driver, Feishu)
    new = live.driver.emulator.person("新来的")
    (heard,) = await _opens(live, new, 3)
    assert new in heard
    await live.driver.emulator.says(new, "你好")  # whoever asks is answered
    await live.settle()
    assert len([seen for seen in live.driver.emulator.inbox(new) if not seen.mine]) == 2


async def test_so_is_who_has_left(live: LiveTeam) -> None:
    async with live.app.services.db.write() as tx:
        (await people.named(tx, "韩梅"))[0].active = False
    assert len(await _opens(live, "han", 3)) == 1
