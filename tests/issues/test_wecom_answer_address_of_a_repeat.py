"""A callback delivered twice brought its answer address twice: the second answer went to a spent one and was lost."""

from __future__ import annotations

from tests.platforms.wecom.desk import opened


async def test_spent_address_is_not_used_again() -> None:
    async with opened("aibot", long_connection=False) as robot:
        robot.emulator.callbacks.copies = 2
        await robot.emulator.says("lilei", "你好")
        robot.emulator.callbacks.copies = 1
        await robot.says("收到", key="a")
        await robot.emulator.says("lilei", "还在吗")
        await robot.says("在的", key="b")
        assert [one.text for one in robot.emulator.inbox("lilei")] == ["收到", "在的"]


async def test_address_repeated_after_it_was_used_is_not_used_again() -> None:
    async with opened("aibot", long_connection=False) as robot:
        outcome = await robot.emulator.says("lilei", "你好")
        await robot.says("收到", key="a")
        await robot.emulator.callbacks.push(robot.emulator.bot_line.target, outcome.plain)
        await robot.emulator.says("lilei", "还在吗")
        await robot.says("在的", key="b")
        assert [one.text for one in robot.emulator.inbox("lilei")] == ["收到", "在的"]
