"""Buttons and fields: only what the card offers, only by those who see it, once."""

from __future__ import annotations

from typing import Any

import pytest

from bot.platforms.base import Kind, UpdateBody
from bot.platforms.console.answers import Problem
from bot.platforms.console.presses import checked_answers
from storage.tables import ConsoleMessage
from tests.platforms.console import samples
from tests.platforms.console.playground import drawing
from tests.platforms.console.stage import Stage

CONFIRM = {"a": "confirm", "id": 1}
SUBMIT = {"a": "submit", "id": 9}


async def test_a_press_carries_the_card_the_action_and_the_answers(stage: Stage) -> None:
    card = await stage.shows(samples.draft(), user="lilei")
    status, _ = await stage.presses("lilei", card, CONFIRM, customer="云帆软件", support="特价", unknown="x")
    assert status == 200
    [inbound] = stage.sink.messages
    assert (inbound.kind, inbound.sender, inbound.message_id) == (Kind.PRESS, "lilei", str(card))
    assert inbound.press is not None
    assert (inbound.press.card, inbound.press.action) == ("card-key", CONFIRM)
    assert inbound.press.answers == {"customer": "云帆软件", "support": "特价"}


async def test_the_same_press_twice_is_one_press_even_after_the_card_changed(stage: Stage) -> None:
    card = await stage.shows(samples.draft(), user="lilei")
    await stage.presses("lilei", card, CONFIRM, client_id="press-id-1")
    await stage.says(UpdateBody(samples.filed(), "card-key", {"message_id": str(card)}), user="lilei")
    assert (await stage.presses("lilei", card, CONFIRM, client_id="press-id-1"))[0] == 200
    assert len(stage.sink.messages) == 1


async def test_a_press_does_not_stand_in_the_conversation(stage: Stage) -> None:
    card = await stage.shows(samples.draft(), user="lilei")
    await stage.presses("lilei", card, CONFIRM)
    assert [message["kind"] for message in await stage.conversation("lilei")] == ["card"]


async def test_a_button_of_an_earlier_state_still_reaches_the_handler(stage: Stage) -> None:
    card = await stage.shows(samples.draft(), user="lilei")
    await stage.says(UpdateBody(samples.filed(), "card-key", {"details": {"message_id": str(card)}}), user="lilei")
    assert (await stage.presses("lilei", card, CONFIRM))[0] == 200


@pytest.mark.parametrize("action", [{"a": "confirm", "id": 2}, {"a": "settle", "id": 7}, {}, None, "confirm"])
async def test_an_action_that_the_card_never_had_is_refused(stage: Stage, action: Any) -> None:
    card = await stage.shows(samples.draft(), user="lilei")
    status, answer = await stage.presses("lilei", card, action)
    assert (status, answer["error"]["code"]) == (409, "no_button")
    assert stage.sink.messages == []


async def test_a_person_who_does_not_see_the_card_cannot_press_it(stage: Stage) -> None:
    private, in_group = (
        await stage.shows(samples.draft(), user="lilei"),
        await stage.shows(samples.draft(), group="east1"),
    )
    assert (await stage.presses("wang", private, CONFIRM))[0] == 404
    assert (await stage.presses("chen", in_group, CONFIRM))[0] == 404
    assert stage.sink.messages == []
    assert (await stage.presses("wang", in_group, CONFIRM))[0] == 200
    assert stage.sink.messages[0].chat.id == "east1"


async def test_a_press_on_something_that_is_no_card_is_refused(stage: Stage) -> None:
    text = await stage.says("早", user="lilei")
    for message in (text, 9999, "1", None):
        assert (await stage.presses("lilei", message, CONFIRM))[0] == 404  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [{"x": 1}, 7, "长" * 4001, ["a"], [None]])
async def test_an_answer_that_no_field_can_hold_is_refused_in_words(stage: Stage, value: Any) -> None:
    card = await stage.shows(samples.draft(), user="lilei")
    status, answer = await stage.presses("lilei", card, CONFIRM, support=value)
    assert (status, answer["error"]["code"]) == (400, "answer")
    assert "需支持事项" in answer["error"]["words"]


async def test_an_uploaded_photo_goes_with_the_press(stage: Stage) -> None:
    _, upload = await stage.sends("lilei", "photo", drawing(), "门头.png", to="uploads")
    assert await stage.conversation("lilei") == []
    picture = await stage.attachments.put(b"shown on the card", name="x", mime="image/png")
    card = await stage.shows(samples.evidence(picture, photos=(picture,)), user="lilei")
    await stage.presses("lilei", card, SUBMIT, photos=[picture, upload["key"]], products=["监护仪", "呼吸机"])
    press = stage.sink.messages[0].press
    assert press is not None
    assert press.answers == {"photos": [picture, upload["key"]], "products": ["监护仪", "呼吸机"]}


async def test_a_photo_that_somebody_else_uploaded_is_left_out(stage: Stage) -> None:
    _, upload = await stage.sends("wang", "photo", drawing(), "门头.png", to="uploads")
    card = await stage.shows(samples.evidence("0" * 64), user="lilei")
    await stage.presses("lilei", card, SUBMIT, photos=[upload["key"]])
    press = stage.sink.messages[0].press
    assert press is not None
    assert press.answers == {"photos": []}


def test_more_values_than_a_field_can_hold_are_refused() -> None:
    card = ConsoleMessage(body={"card": samples.evidence("0" * 64).model_dump(mode="json")})
    with pytest.raises(Problem, match="谈到的产品"):
        checked_answers(card, {"products": ["监护仪"] * 51})


def test_one_attachment_may_come_as_a_string() -> None:
    card = ConsoleMessage(body={"card": samples.evidence("0" * 64).model_dump(mode="json")})
    assert checked_answers(card, {"photos": "abc"}, attachments={"abc"}) == {"photos": ["abc"]}
