"""Attempts whose fate is not known: what WeCom recognises is silent, what it would show again says what it may be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import CardExpired, Unanswered
from bot.platforms.base import FileBody, Notes, TextBody
from cards.model import Button, Card
from tests.platforms.wecom.desk import Desk

CARD = Card(title="支持请求 · 李雷 · 宏达机械", buttons=(Button(label="已协调", action={"a": "done"}),))
ANSWERED = Card(title="已答复 · 宏达机械")
PDF = FileBody("报表.pdf", "application/pdf", b"%PDF-1.7")
MAYBE = "（这条可能已经收到过）"


def seen(desk: Desk, user: str = "lilei") -> list[str]:
    return [one.text or one.name for one in desk.emulator.inbox(user)]


async def lost(desk: Desk, path: str) -> None:
    """The platform works and its answer is lost."""
    desk.emulator.faults.plan(path, "lost")


@pytest.mark.parametrize(("hours", "shown"), [(3, ["已记下"]), (4, ["已记下", f"已记下\n\n{MAYBE}"])])
async def test_words_are_known_for_four_hours(desk: Desk, hours: int, shown: list[str]) -> None:
    began = desk.clock.now()
    await lost(desk, "message/send")
    with pytest.raises(Unanswered):
        await desk.says("已记下")
    await desk.forward(hours=hours)
    await desk.says("已记下", begun=began)
    assert seen(desk) == shown


async def test_after_four_hours_a_file_is_announced_as_a_possible_repeat(desk: Desk) -> None:
    began, notes = desk.clock.now(), Notes()
    await desk.send(PDF, notes=notes)
    await desk.forward(hours=4)
    await desk.send(PDF, begun=began, notes=notes)
    assert seen(desk) == ["报表.pdf", "下面这个文件可能已经收到过：报表.pdf", "报表.pdf"]


async def test_a_change_that_got_through_unheard_is_not_made_into_a_new_card(desk: Desk) -> None:
    receipt = await desk.shows(CARD)
    await lost(desk, "message/update_template_card")
    with pytest.raises(Unanswered):
        await desk.changes(ANSWERED, receipt, key="k2")
    changed = await desk.changes(ANSWERED, receipt, key="k2", begun=desk.clock.now())
    assert changed.details["response_code"] == "", "the code was spent by the attempt nobody heard of"
    (card,) = seen(desk)
    assert "已答复 · 宏达机械" in card


async def test_a_code_nobody_tried_before_is_simply_spent(desk: Desk) -> None:
    receipt = await desk.shows(CARD)
    await desk.changes(ANSWERED, receipt, key="k2")
    with pytest.raises(CardExpired):
        await desk.changes(ANSWERED, receipt, key="k3")


async def test_in_a_group_every_doubtful_repeat_says_so(desk: Desk) -> None:
    desk.emulator.group("g1", "华东一组", ["lilei", "Wang"])
    await desk.send(TextBody("晨会 9:00"), group="g1")
    await desk.send(TextBody("晨会 9:00"), group="g1", begun=desk.clock.now() - timedelta(seconds=5))
    assert [one.text for one in desk.emulator.group_inbox("g1")] == ["晨会 9:00", f"晨会 9:00\n\n{MAYBE}"]


class TestRobot:
    async def test_words_say_so_and_cards_are_known_by_their_task(self, robot: Desk) -> None:
        await robot.emulator.says("lilei", "你好")
        for begun in (None, robot.clock.now()):
            await robot.says("已记下", key="words", begun=begun)
            await robot.shows(CARD, key="card", begun=begun)
        words = seen(robot)
        assert [one for one in words if "已记下" in one] == ["已记下", f"已记下\n\n{MAYBE}"]
        assert len([one for one in words if "宏达机械" in one]) == 1

    async def test_a_file_is_announced(self, robot: Desk) -> None:
        await robot.emulator.says("lilei", "你好")
        await robot.send(PDF, begun=robot.clock.now())
        assert seen(robot) == ["下面这个文件可能已经收到过：报表.pdf", "报表.pdf"]
