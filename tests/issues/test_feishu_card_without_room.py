"""A Feishu card that had no room for an input forgot it: nobody was asked for it, and a long text came back cut.

What a card cannot hold is named in its receipt, so that a press asks for it, and its value stays as it was.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.clock import VirtualClock
from bot.platforms.base import Address, CardBody, Outgoing, Receipt, UpdateBody
from bot.platforms.feishu import FeishuPlatform
from bot.platforms.http import Http
from cards.fallback import ReviseCard
from cards.model import Button, Card, Input, InputKind, Option
from tests.emulators.feishu import FeishuEmulator
from tests.emulators.feishu.card_schema import tagged
from tests.harness.company import START
from tests.platforms.feishu.support import Inbox, listening

MANY = tuple(Option(value=f"{number}", label=f"客户{number}") for number in range(99))
SUBMIT = Button(label="确认", action={"a": "x.submit"}, submits=True)


@pytest.fixture
async def feishu() -> AsyncIterator[FeishuEmulator]:
    async with FeishuEmulator(VirtualClock(START)) as emulator:
        yield emulator


@pytest.fixture
async def platform(feishu: FeishuEmulator) -> AsyncIterator[FeishuPlatform]:
    async with Http() as http:
        yield FeishuPlatform(feishu.settings(), http, feishu.world.clock)


def choice(name: str, **more: Any) -> Input:
    return Input(**{"name": name, "label": name, "kind": InputKind.CHOICE, "options": MANY, **more})


NOTE = Input(name="note", label="备注", kind=InputKind.TEXT)
CROWDED = Card(
    title="核对", blocks=(choice("customer", value="3"), choice("contact", required=True), NOTE), buttons=(SUBMIT,)
)
PLAIN = Card(title="核对", blocks=(NOTE,), buttons=(SUBMIT,))


async def _sent(platform: FeishuPlatform, to: Address, card: Card) -> Receipt:
    return await platform.client.send(Outgoing("k", to, CardBody(card, "c")))


async def test_what_found_no_room_is_named_and_can_be_corrected(
    feishu: FeishuEmulator, platform: FeishuPlatform
) -> None:
    """Two dropdowns of 99 are more than a card's 200 elements."""
    to = Address("feishu", "main", user=feishu.person("李雷"))
    receipt = await _sent(platform, to, CROWDED)
    left = receipt.details["left_out"]
    seen = feishu.inbox(to.user)[0]
    assert left and {f"v_{name}" for name in left}.isdisjoint(seen.fields)
    assert {f"v_{name}" for name in ("customer", "contact", "note")} - set(seen.fields) == {f"v_{one}" for one in left}
    assert "客户3" in seen.text
    actions = [one["behaviors"][0]["value"]["a"] for one in _buttons(seen.card)]
    assert actions == [{"a": "x.submit"}, ReviseCard().wire()]


async def test_a_card_with_room_again_names_nothing(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    to = Address("feishu", "main", user=feishu.person("李雷"))
    first = await _sent(platform, to, CROWDED)
    known = {"message_id": first.message_id, "details": dict(first.details)}
    second = await platform.client.send(Outgoing("u", to, UpdateBody(PLAIN, "c", known)))
    assert not second.details.get("left_out")
    third = await platform.client.send(Outgoing("v", to, UpdateBody(CROWDED, "c", known)))
    assert third.details["left_out"] == first.details["left_out"]


async def test_a_text_longer_than_a_field_holds_is_not_cut(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    """A summary of 1,500 characters: shown in words, and the press brings nothing that would replace it."""
    to = Address("feishu", "main", user=feishu.person("李雷"))
    words = "客户嫌贵。" * 300
    long = Input(name="summary", label="沟通摘要", kind=InputKind.LONG_TEXT, value=words)
    receipt = await _sent(platform, to, Card(title="核对", blocks=(long, NOTE), buttons=(SUBMIT,)))
    assert receipt.details["left_out"] == ["summary"]
    assert words in feishu.inbox(to.user)[0].text
    inbox = Inbox()
    async with listening(platform, feishu, inbox):
        await feishu.presses(to.user, receipt.message_id, "确认", {"备注": "无"})
    assert inbox.taken[0].press is not None
    assert inbox.taken[0].press.answers == {"note": "无"}


async def test_a_text_over_its_forms_own_limit_is_shown_whole(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    """Who has to shorten it must see all of it."""
    to = Address("feishu", "main", user=feishu.person("李雷"))
    words = "竞品压价，" * 10
    short = Input(name="note", label="备注", kind=InputKind.TEXT, value=words, max_length=20, problem="最多 20 字")
    receipt = await _sent(platform, to, Card(title="核对", blocks=(short,), buttons=(SUBMIT,)))
    inbox = Inbox()
    async with listening(platform, feishu, inbox):
        await feishu.presses(to.user, receipt.message_id, "确认", {})
    assert inbox.taken[0].press is not None
    assert inbox.taken[0].press.answers == {"note": words}


def _buttons(card: Any) -> list[dict[str, Any]]:
    return [one for one in tagged(card) if one["tag"] == "button"]
