"""By the platform's clock the five seconds were over, by ours not: the refused answer was given up instead of mended.

A pressed card's new state is sent anew; a welcome goes as an ordinary message.
"""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import CardExpired, Permanent
from tests.platforms.wecom.desk import opened, until
from tests.platforms.wecom.test_wecom_robot import ANSWERED, REQUEST


@pytest.mark.parametrize("code", [846605, 40058, 99999])
async def test_refused_update_means_the_card_is_over(code: int) -> None:
    async with opened("aibot") as robot:
        await robot.listen()
        await robot.emulator.says("lilei", "你好")
        receipt = await robot.shows(REQUEST)
        await robot.emulator.presses("lilei", robot.emulator.inbox("lilei")[0], "答复")
        await until(lambda: len(robot.inbox) == 2)
        press = robot.last.press
        assert press is not None
        robot.emulator.sockets.faults.errors = [code]
        with pytest.raises(CardExpired):
            await robot.changes(ANSWERED, receipt, reply_token=press.reply_token)


async def test_refused_welcome_reaches_who_has_spoken_before() -> None:
    async with opened("aibot") as robot:
        await robot.listen()
        await robot.emulator.says("lilei", "你好")
        await robot.emulator.enters("lilei")
        await until(lambda: len(robot.inbox) == 2)
        robot.emulator.sockets.faults.errors = [846605]
        await robot.says("早上好")
        assert [(one.kind, one.text) for one in robot.emulator.inbox("lilei")] == [("markdown", "早上好")]


async def test_message_that_is_bad_whichever_way_it_goes_is_refused() -> None:
    async with opened("aibot") as robot:
        await robot.listen()
        await robot.emulator.says("lilei", "你好")
        await robot.emulator.enters("lilei")
        await until(lambda: len(robot.inbox) == 2)
        robot.emulator.sockets.faults.errors = [40058, 40058]
        with pytest.raises(Permanent):
            await asyncio.wait_for(robot.says("x"), 10)
