"""Where the chat cannot take a field, the page is offered; whichever is finished first counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platforms.base import Capabilities
from bot.web.page_links import worth_a_page
from cards.model import Input, InputKind
from tests.harness.fixtures import open_team
from tests.harness.pictures import photo
from tests.harness.platform import EVERYTHING, NO_INPUTS, RecordingClient, RecordingPlatform
from tests.harness.team import Got, Team
from tests.web.phone import PUBLIC, filled, phone


@pytest.fixture
async def plain(tmp_path: Path) -> AsyncIterator[Team]:
    """The company on a platform whose cards have buttons only."""
    platform = RecordingPlatform(client=RecordingClient(capabilities=NO_INPUTS))
    opened = await open_team(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'genjin.db'}", platform)
    opened.app.settings.public_url = PUBLIC
    yield opened
    await opened.app.close()


def page_of(got: Got) -> str:
    """Where the card's 用手机填 leads."""
    (button,) = [button for button in got.card.buttons if button.label == "用手机填"]
    return button.url.removeprefix(PUBLIC)


async def arriving(team: Team) -> None:
    """李雷 presses 已到店 at the store."""
    await team.rep.says("今日拜访 华联超市二店")
    if "现在去见谁" not in team.rep.messages[-1].words:
        await team.rep.presses("提交")
    team.everybody_has_read()
    await team.rep.presses("已到店")


async def test_an_arrival_is_filled_in_on_the_page_while_the_chat_still_asks(plain: Team) -> None:
    await arriving(plain)
    offer = plain.rep.gets("到店 · 用手机填更方便", "也可以在这里一项一项答")
    plain.rep.gets("当前位置", "取消")
    path = page_of(offer)
    async with phone(plain) as he:
        values = {"position": "31.23,121.47,15"}
        assert (await he.submits(path, filled(values, photo=photo(7)))).status == 303
    await plain.app.runtime.settle()
    plain.rep.sees("今日拜访 · 华联超市二店", "已离店")
    plain.everybody_has_read()
    await plain.rep.says("你好")
    assert "位置" not in plain.rep.messages[-1].words  # the questions are over
    async with phone(plain) as he:
        (await he.opens(path)).shows("已提交 · 到店")


async def test_the_page_of_an_arrival_answered_in_the_chat_is_over(plain: Team) -> None:
    await arriving(plain)
    path = page_of(plain.rep.gets("到店 · 用手机填更方便"))
    await plain.rep.stands_at(31.23, 121.47)
    await plain.rep.says("无")
    plain.rep.sees("今日拜访 · 华联超市二店", "已离店")
    async with phone(plain) as he:
        opened = await he.opens(path)
    assert opened.status == 409
    opened.shows("这张表已经不用填了")


async def test_a_card_that_lacks_photos_has_the_button_and_changes_when_the_page_is_done(plain: Team) -> None:
    await arriving(plain)
    await plain.rep.stands_at(31.23, 121.47)
    await plain.rep.says("无")
    await plain.rep.presses("已离店")
    for words in ("确认了安装位置", "需要报价单", "明天上午十点"):
        await plain.rep.says(words)
    plain.rep.sees("待验证")
    plain.everybody_has_read()
    await plain.rep.presses("补")
    card = plain.rep.gets("到店", "用手机填", "已定位")
    async with phone(plain) as he:
        opened = (await he.opens(page_of(card))).shows("现场照片")
        assert opened.holds("position")[0].startswith("31.23,121.47")  # what is known already stands there
        assert (await he.submits(page_of(card), filled({"position": "31.23,121.47,15"}, photo=photo(8)))).status == 303
    await plain.app.runtime.settle()
    plain.rep.sees("拜访已记下 · 华联超市二店")
    assert "用手机填" not in card.text  # the card in the chat says what now holds


async def test_without_an_address_for_phones_nothing_is_offered(plain: Team) -> None:
    plain.app.settings.public_url = ""
    await arriving(plain)
    plain.rep.gets("当前位置", "取消")
    plain.nobody_else_heard_anything()


def inputs(*kinds: InputKind) -> list[Input]:
    return [Input(name=f"n{number}", label="x", kind=kind) for number, kind in enumerate(kinds)]


@pytest.mark.parametrize(
    ("kinds", "can", "worth"),
    [
        ([InputKind.PHOTO], NO_INPUTS, True),
        ([InputKind.TEXT, InputKind.CODE], NO_INPUTS, True),
        ([InputKind.TEXT, InputKind.CHOICE], NO_INPUTS, False),
        ([InputKind.TEXT] * 9, NO_INPUTS, True),
        ([InputKind.POSITION, InputKind.PHOTO], EVERYTHING, False),
        ([InputKind.TEXT] * 9, EVERYTHING, False),
        ([], NO_INPUTS, False),
    ],
)
def test_when_the_page_does_better(kinds: list[InputKind], can: Capabilities, worth: bool) -> None:
    assert worth_a_page(inputs(*kinds), can) is worth
