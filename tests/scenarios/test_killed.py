"""kill -9 at every stage between receiving a message and having noted its answer, through real HTTP and sockets.

The product is served by a process of its own; the platform's emulator pushes signed and encrypted callbacks at it, hands
over again what was not accepted, and honours keys as the platform does. Whenever the process dies, the next one has to
end where an undisturbed life ends: one record, one draft, and each message once on each phone.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.harness import mortal
from tests.harness.mortals import WITHIN, Arm, Mortals
from tests.harness.platforms import (
    DingTalk,
    DingTalkStream,
    Driver,
    Feishu,
    FeishuLine,
    Screen,
    WeCom,
    WeComCalledRobot,
    WeComRobotElsewhere,
)

SAID = "宏达机械今天已报价，竞品压价，希望总监帮忙申请特价"
UNKNOWN = "/没有这个"
"""Answered in words, not with a card."""

MAYBE = "（这条可能已经收到过）"

CALLED = (Feishu, DingTalk, WeCom)
CALLING = (FeishuLine, DingTalkStream, WeComRobotElsewhere)

HEARING: tuple[Arm, ...] = (
    mortal.before_commit,
    mortal.before_answer,
    mortal.before_handling,
    mortal.while_handling,
    mortal.before_noting,
    mortal.before_sending,
    mortal.in_flight,
    mortal.before_marking,
)
CHANGING: tuple[Arm, ...] = (mortal.change_in_flight, mortal.change_before_marking)

by_name = {"ids": lambda one: one.__name__}


@dataclass(frozen=True)
class End:
    """What a life leaves behind."""

    screens: Counter[tuple[str, str]]
    records: dict[str, int]


@asynccontextmanager
async def company(folder: Path, driver: Driver) -> AsyncIterator[Mortals]:
    mortals = Mortals(folder, driver)
    await mortals.settle_company()
    try:
        yield mortals
    finally:
        await mortals.close()


ENDS: dict[tuple[str, str], End] = {}


async def undisturbed(platform: Callable[[], Driver], said: str, folders: pytest.TempPathFactory) -> End:
    """How a day ends in which nobody dies, lived once for each platform."""
    known = ENDS.get((platform.__name__, said))
    if known is None:
        async with company(folders.mktemp("undisturbed"), platform()) as mortals:
            await mortals.open()
            await mortals.driver.says("lilei", said)
            await mortals.settled(1)
            known = ENDS[platform.__name__, said] = await confirmed(mortals)
    return known


async def confirmed(mortals: Mortals) -> End:
    """The rep presses 确认 where there is something to confirm."""
    if mortals.card("lilei", "确认") is not None:
        before = mortals.heard()
        await mortals.driver.presses("lilei", draft_of(mortals), "确认", {})
        await mortals.settled(before + 1)
    return End(mortals.screens(), mortals.records())


async def dies_while_hearing(mortals: Mortals, arm: Arm, said: str) -> None:
    """Somebody says something, the process dies at a point, and the next one has it all in the end."""
    await mortals.open(arm)
    saying = asyncio.create_task(mortals.driver.says("lilei", said))
    if arm is mortal.before_handling:
        await asyncio.wait_for(saying, WITHIN)
        await mortals.killed()
    else:
        await mortals.dies()
    await mortals.open(later=mortals.driver.repeats_after)
    await mortals.settled(1)
    await asyncio.wait_for(saying, WITHIN)


@pytest.mark.parametrize("arm", HEARING, **by_name)
@pytest.mark.parametrize("platform", [*CALLED, *CALLING, WeComCalledRobot], **by_name)
async def test_killed_between_receive_and_send(
    platform: Callable[[], Driver], arm: Arm, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with company(tmp_path, platform()) as mortals:
        await dies_while_hearing(mortals, arm, SAID)
        assert await confirmed(mortals) == await undisturbed(platform, SAID, tmp_path_factory)


@pytest.mark.parametrize("arm", [mortal.in_flight, mortal.before_marking], **by_name)
@pytest.mark.parametrize("platform", [*CALLED, FeishuLine, DingTalkStream], **by_name)
async def test_words_are_no_exception(
    platform: Callable[[], Driver], arm: Arm, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Not on DingTalk either, whose robot messages have no key: there they go on cards, which have one."""
    async with company(tmp_path, platform()) as mortals:
        await dies_while_hearing(mortals, arm, UNKNOWN)
        assert await confirmed(mortals) == await undisturbed(platform, UNKNOWN, tmp_path_factory)


@pytest.mark.parametrize(
    "platform", [lambda: DingTalk(form=False, cards=False), WeComRobotElsewhere], ids=["bubbles", "robot"]
)
async def test_where_no_key_exists_the_second_message_says_what_it_may_be(
    platform: Callable[[], Driver], tmp_path: Path
) -> None:
    async with company(tmp_path, platform()) as mortals:
        await dies_while_hearing(mortals, mortal.before_marking, UNKNOWN)
        first, second = (screen.words.strip() for screen in mortals.driver.inbox("lilei"))
        assert second == f"{first}\n\n{MAYBE}"


@pytest.mark.parametrize("arm", CHANGING, **by_name)
@pytest.mark.parametrize("platform", [*CALLED, FeishuLine, DingTalkStream], **by_name)
async def test_killed_while_a_card_changes(
    platform: Callable[[], Driver], arm: Arm, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with company(tmp_path, platform()) as mortals:
        await mortals.open(arm)
        await mortals.driver.says("lilei", SAID)
        await mortals.settled(1)
        await mortals.driver.presses("lilei", draft_of(mortals), "确认", {})
        await mortals.dies()
        await mortals.open()
        await mortals.settled(2)
        end = End(mortals.screens(), mortals.records())
        assert end == await undisturbed(platform, SAID, tmp_path_factory)


async def test_a_robots_card_that_cannot_be_changed_any_more_comes_again_and_says_so(tmp_path: Path) -> None:
    """Its platform takes a change within 5 s of the press and never again: the new state comes as a new card."""
    async with company(tmp_path, WeComRobotElsewhere()) as mortals:
        await mortals.open(mortal.change_before_marking)
        await mortals.driver.says("lilei", SAID)
        await mortals.settled(1)
        await mortals.driver.presses("lilei", draft_of(mortals), "确认", {})
        await mortals.dies()
        await mortals.open()
        await mortals.settled(2)
        changed, again = (screen.words for screen in mortals.driver.inbox("lilei") if "已记下" in screen.words)
        assert MAYBE in again and MAYBE not in changed


@pytest.mark.parametrize("platform", [*CALLED, *CALLING], **by_name)
async def test_killed_five_times_at_moments_nobody_chose(
    platform: Callable[[], Driver], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance = random.Random(platform.__name__)
    # A robot's card is changed within 5 s of the press or comes again: it dies before the press only.
    while_hearing = 5 if platform is WeComRobotElsewhere else 2
    async with company(tmp_path, platform()) as mortals:
        await mortals.open()
        saying = asyncio.create_task(mortals.driver.says("lilei", SAID))
        for _ in range(while_hearing):
            await dies_somewhere(mortals, chance)
        await mortals.settled(1)
        await asyncio.wait_for(saying, WITHIN)
        if while_hearing < 5:
            await presses_and_dies(mortals, chance, 5 - while_hearing)
        assert await confirmed(mortals) == await undisturbed(platform, SAID, tmp_path_factory)


async def presses_and_dies(mortals: Mortals, chance: random.Random, times: int) -> None:
    """Whether the press came to anything is seen on the card, once all is settled."""
    pressing = asyncio.create_task(presses(mortals))
    for _ in range(times):
        await dies_somewhere(mortals, chance)
    await pressing
    await mortals.settled(mortals.heard())


async def presses(mortals: Mortals) -> None:
    """On some platforms a press that nobody accepted shows an error, and is not handed over again: the person looks at
    the card and presses once more."""
    with contextlib.suppress(AssertionError):
        await mortals.driver.presses("lilei", draft_of(mortals), "确认", {})


async def dies_somewhere(mortals: Mortals, chance: random.Random) -> None:
    """Killed within the first half second, and followed by the next one."""
    await asyncio.sleep(chance.uniform(0, 0.5))
    await mortals.killed()
    await mortals.open(later=mortals.driver.repeats_after)


def draft_of(mortals: Mortals) -> Screen:
    draft = mortals.card("lilei", "确认")
    assert draft is not None, mortals.driver.inbox("lilei")
    return draft
