"""When one way of asking fails, the person is asked in the next, and the app remembers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import CardExpired, Credentials, RetryAfter, SentAsWords, Unreachable
from bot.platforms.base import CardBody, Kind, Notes, UpdateBody
from bot.platforms.dingtalk.settings import AI_CARD_TEMPLATE, ASK_USER_FORM, OFFICIAL_FORM
from bot.platforms.dingtalk.template import template
from cards.model import Button, Card, Input, InputKind, Option
from tests.emulators.dingtalk import DingTalkEmulator
from tests.emulators.dingtalk.access import Trouble
from tests.emulators.dingtalk.refusals import no_permission, qps
from tests.platforms.dingtalk.conftest import App

ASK = Card(
    title="支持请求 · 宏达机械",
    lead="申请特价",
    blocks=(
        Input(
            name="who",
            label="找谁",
            kind=InputKind.CHOICE,
            options=(Option(value="w", label="王主管"), Option(value="c", label="陈总监")),
        ),
        Input(name="note", label="补充", kind=InputKind.TEXT),
    ),
    buttons=(
        Button(label="提交", action={"a": "ask.go", "id": 1}, submits=True),
        Button(label="放弃", action={"a": "ask.drop", "id": 1}),
        Button(label="在页面填写", url="https://genjin.example.com/f/1"),
    ),
)
CREATE = "/v1.0/card/instances/createAndDeliver"
Make = Callable[..., App]


async def rung(app: App, key: str = "k", user: str = "wang", card: Card = ASK) -> str:
    return str((await app.send(CardBody(card, key), user=user)).details["rung"])


@pytest.mark.parametrize("profile", [OFFICIAL_FORM, ASK_USER_FORM], ids=["official", "ask"])
async def test_other_peoples_templates_serve_too(
    profile: Any, make_app: Make, ding: DingTalkEmulator, online: App
) -> None:
    app = make_app(form_template=profile)
    assert await rung(app) == "f"
    [card] = ding.inbox("wang")
    assert "申请特价" in card.text or "申请特价" in str(card.fields[0].value)
    await ding.presses("wang", card, card.buttons[0], {"找谁": "陈总监"})
    press = online.kept.last.press
    assert press is not None and (press.action, press.answers) == ({"a": "ask.go", "id": 1}, {"who": "c"})


async def test_an_unpublished_template_is_left_alone_for_a_day(make_app: Make, ding: DingTalkEmulator) -> None:
    number = ding.import_template(template(), published=False)
    app = make_app(form_template={"template_id": number})
    assert app.platform.client.capabilities.max_inputs > 0
    assert await rung(app, "k1") == "b"
    assert app.platform.client.capabilities.inputs == frozenset()
    calls = ding.access.calls[CREATE]
    assert await rung(app, "k2") == "b"
    assert ding.access.calls[CREATE] == calls + 1, "the failed rung is not tried again"
    ding.templates[number].published = True
    app.forward(hours=25)
    assert await rung(app, "k3") == "f"


async def test_without_a_template_inputs_are_asked_for_in_words(make_app: Make, ding: DingTalkEmulator) -> None:
    app = make_app()
    receipt = await app.send(CardBody(ASK, "k"), user="wang")
    assert (receipt.details["rung"], receipt.details["left_out"]) == ("b", ["who", "note"])
    assert "还要填：找谁（在对话里回答）、补充（在对话里回答）" in ding.inbox("wang")[0].text


async def test_without_card_permission_links_speak_for_the_person(
    make_app: Make, ding: DingTalkEmulator, online: App
) -> None:
    ding.access.troubles.append(Trouble(CREATE, no_permission(), times=99))
    app = make_app()
    assert await rung(app, "key-1") == "l"
    [message] = ding.inbox("wang")
    assert list(message.links) == ["提交", "放弃", "在页面填写"]
    await ding.presses("wang", message, "放弃")
    tapped = online.kept.last
    assert tapped.press is not None
    assert (tapped.kind, tapped.sender, tapped.press.card, tapped.press.action) == (
        Kind.PRESS,
        "wang",
        "key-1",
        {"button": 2},
    )


async def test_links_are_not_for_groups(make_app: Make, ding: DingTalkEmulator) -> None:
    group = ding.group("群", ["wang"])
    app = make_app(button_template="")
    receipt = await app.send(CardBody(ASK, "k"), group=group)
    assert receipt.details["rung"] == "p"
    [message] = ding.inbox("wang")
    assert list(message.links) == ["在页面填写"]
    assert "1. 提交：@我 回复 #gj.k.1" in message.text


async def test_numbered_text_is_always_left(make_app: Make, ding: DingTalkEmulator, online: App) -> None:
    app = make_app(button_template="", tap_links=False)
    bare = ASK.model_copy(update={"buttons": ASK.buttons[:2]})
    assert await rung(app, "k", card=bare) == "t"
    await ding.says("wang", "#gj.k.2")
    press = online.kept.last.press
    assert press is not None and press.action == {"button": 2}


async def test_an_undelivered_card_is_sent_another_way_and_remembered(make_app: Make, ding: DingTalkEmulator) -> None:
    ding.cards.undeliverable = "space error"
    app = make_app()
    assert await rung(app, "k1") == "l"
    ding.cards.undeliverable = ""
    assert await rung(app, "k2") == "l", "remembered: the card could not be delivered, the message could"
    assert [shown.kind for shown in ding.inbox("wang")] == ["markdown", "markdown"]


async def test_an_undelivered_card_that_exists_has_not_arrived(make_app: Make, ding: DingTalkEmulator) -> None:
    ding.cards.undeliverable = "space error"
    ding.access.troubles.append(Trouble("batchSend", qps()))
    notes = Notes()
    with pytest.raises(RetryAfter):
        await make_app().send(CardBody(ASK, "k"), user="wang", notes=notes)
    ding.cards.undeliverable = ""
    receipt = await make_app().send(CardBody(ASK, "k"), user="wang", notes=notes)  # another process
    assert receipt.details["rung"] == "l", "the undelivered instance must not be taken for a delivered one"
    assert len(ding.inbox("wang")) == 1


async def test_a_stranger_is_unreachable_and_no_rung_is_blamed(make_app: Make, ding: DingTalkEmulator) -> None:
    app = make_app()
    with pytest.raises(Unreachable):
        await app.send(CardBody(ASK, "k"), user="nobody")
    assert await rung(app, "k2") == "b"


async def test_a_busy_platform_is_no_reason_to_step_down(make_app: Make, ding: DingTalkEmulator) -> None:
    ding.access.troubles.append(Trouble(CREATE, qps()))
    app = make_app()
    with pytest.raises(RetryAfter):
        await rung(app)
    assert await rung(app) == "b"


async def test_a_message_that_is_no_card_cannot_be_changed(make_app: Make) -> None:
    app = make_app(button_template="")
    receipt = await app.send(CardBody(ASK, "k"), user="wang")
    with pytest.raises(CardExpired):
        await app.send(UpdateBody(ASK, "k", dict(receipt.details)), user="wang")
    assert app.platform.client.capabilities.update_within == timedelta(0)


async def test_an_answer_lost_on_the_way_shows_no_second_card(make_app: Make, ding: DingTalkEmulator) -> None:
    ding.access.troubles.append(Trouble(CREATE, qps(), after=True))
    app = make_app()
    with pytest.raises(RetryAfter):
        await rung(app, "k")
    assert await rung(app, "k") == "b"
    assert len(ding.inbox("wang")) == 1


async def test_an_old_client_is_told_what_to_do(app: App, ding: DingTalkEmulator) -> None:
    ding.world.people["wang"].old_client = True
    assert await rung(app) == "f"
    [card] = ding.inbox("wang")
    assert "当前版本不支持表单组件" in card.text and "直接用文字或语音回复即可" in card.text


async def test_a_press_nobody_takes_shows_a_failure_to_the_person(app: App, ding: DingTalkEmulator) -> None:
    await rung(app)
    await ding.presses("wang", ding.inbox("wang")[0], "放弃")
    assert ding.inbox("wang")[0].toast == "操作失败"


async def test_the_public_general_card_is_the_sdks(make_app: Make, ding: DingTalkEmulator) -> None:
    await rung(make_app())
    assert [getattr(item, "template", "") for item in ding.world.history] == [AI_CARD_TEMPLATE]


async def test_without_the_months_calls_who_has_just_spoken_still_gets_an_answer(
    online: App, ding: DingTalkEmulator
) -> None:
    """A session webhook costs no call."""
    await ding.says("wang", "待办")
    ding.access.quota = 0
    assert await rung(online, "k") == "l"
    [message] = ding.inbox("wang")
    assert list(message.links) == ["提交", "放弃", "在页面填写"]
    with pytest.raises(Credentials, match="额度"):
        await rung(online, "k2", user="lilei")
    ding.access.quota = None
    assert await rung(online, "k3") == "f", "the card was not at fault"


async def test_a_card_whose_words_are_refused_is_not_passed_over(app: App, ding: DingTalkEmulator) -> None:
    """DingTalk shows nothing of it to anybody; the person hears that there was something."""
    bad = ASK.model_copy(update={"lead": f"含{ding.robot.unsafe}"})
    receipt = await app.send(CardBody(bad, "k"), user="wang")
    assert receipt.details["rung"] == "t" and "contentUnsafe" in receipt.details["unsafe"]
    [shown] = ding.inbox("wang")
    assert "内容安全检查" in shown.text
    with pytest.raises(SentAsWords):
        await app.send(UpdateBody(ASK, "k", dict(receipt.details)), user="wang")


async def test_a_change_whose_words_are_refused_leaves_the_card(app: App, ding: DingTalkEmulator) -> None:
    receipt = await app.send(CardBody(ASK, "k"), user="wang")
    bad = ASK.model_copy(update={"lead": f"含{ding.robot.unsafe}"})
    changed = await app.send(UpdateBody(bad, "k", dict(receipt.details)), user="wang")
    assert [shown.kind for shown in ding.inbox("wang")] == ["card", "card"]
    await app.send(UpdateBody(ASK, "k", dict(changed.details)), user="wang")
    assert ding.inbox("wang")[0].edits == 1, "it can still be changed"
