"""A robot that may say one thing only said the long text and lost the card that was to follow it."""

from __future__ import annotations

from cards.model import Button, Card, Text
from tests.platforms.wecom.desk import opened, until

LONG = Card(title="复盘", blocks=(Text(text="说明。" * 60),), buttons=(Button(label="好", action={"a": "x"}),))


async def test_one_answer_address_is_for_the_card() -> None:
    async with opened("aibot", long_connection=False) as robot:
        await robot.emulator.says("lilei", "你好")
        await robot.shows(LONG)
        (shown,) = robot.emulator.inbox("lilei")
        assert shown.buttons == ["好"] and shown.text.endswith("…（内容较长，未显示完）")


async def test_two_answer_addresses_are_for_both() -> None:
    async with opened("aibot", long_connection=False) as robot:
        await robot.emulator.says("lilei", "你好")
        await robot.emulator.says("lilei", "在吗")
        await robot.shows(LONG)
        words, shown = robot.emulator.inbox("lilei")
        assert words.text.count("说明") == 60 and shown.text.endswith("…（全文见上一条）")


async def test_welcome_of_somebody_who_never_spoke_is_for_the_card() -> None:
    async with opened("aibot") as robot:
        await robot.listen()
        await robot.emulator.enters("lilei")
        await until(lambda: len(robot.inbox) == 1)
        await robot.shows(LONG)
        (shown,) = robot.emulator.inbox("lilei")
        assert shown.buttons == ["好"]
