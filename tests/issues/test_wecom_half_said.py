"""A long text that broke off between its pieces was said again from the beginning, in groups and by the robot.

What arrived is noted with the push, so it holds for the next process as well.
"""

from __future__ import annotations

import pytest

from bot.errors import RetryAfter
from bot.platforms.base import Notes, TextBody
from tests.platforms.wecom.desk import opened

LONG = "今天的情况说明。" * 1000


async def test_webhook_goes_on_where_it_stopped() -> None:
    async with opened(webhooks={"华东一组": "hook"}) as desk:
        seen, notes = desk.emulator.webhook("hook"), Notes()
        for number in range(19):
            await desk.says(f"{number}", group="webhook:华东一组", key=f"k{number}")
        for _ in range(2):
            with pytest.raises(RetryAfter):
                await desk.send(
                    TextBody("第一条。" * 60 + LONG[:900]), group="webhook:华东一组", key="long", notes=notes
                )
        await desk.forward(minutes=1)
        await desk.send(TextBody("第一条。" * 60 + LONG[:900]), group="webhook:华东一组", key="long", notes=notes)
        assert [one.text.startswith("第一条") for one in seen[19:]] == [True, False]


async def test_robot_goes_on_where_it_stopped() -> None:
    async with opened("aibot") as robot:
        await robot.listen()
        await robot.emulator.says("lilei", "你好")
        for number in range(29):
            await robot.says(f"{number}", key=f"k{number}")
        notes = Notes()
        with pytest.raises(RetryAfter):
            await robot.says(LONG, key="long", notes=notes)
        await robot.forward(minutes=1)
        await robot.says(LONG, key="long", notes=notes)
        assert "".join(one.text for one in robot.emulator.inbox("lilei")[29:]) == LONG


async def test_the_same_words_of_another_push_are_said() -> None:
    async with opened("aibot") as robot:
        await robot.listen()
        await robot.emulator.says("lilei", "你好")
        for key in ("a", "b"):
            await robot.says("收到", key=key)
        assert len(robot.emulator.inbox("lilei")) == 2
