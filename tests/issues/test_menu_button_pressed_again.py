"""A menu's button did nothing when it was pressed a second time within a minute and a half: it was taken for a repeat."""

from __future__ import annotations

from pathlib import Path

from tests.harness.live import open_live
from tests.harness.platforms import DingTalk


async def test_a_menus_button_works_every_time(tmp_path: Path) -> None:
    live = await open_live(tmp_path, DingTalk())
    try:
        await live.rep.says("菜单")
        menu = live.rep.sees("我的待办")
        for _ in range(2):
            await live.clock.forward(seconds=30)
            live.everybody_has_read()
            await live.rep.presses("我的待办", on=menu.text.splitlines()[0])
            live.rep.gets("现在没有等你处理的事")
    finally:
        await live.close()
