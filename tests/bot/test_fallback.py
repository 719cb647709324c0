"""What becomes of a card on platforms that hold few or no inputs, and how a press on it is read back."""

from __future__ import annotations

import pytest

from bot.errors import Refused
from bot.fallback import fitted
from bot.platforms.base import Capabilities, Press
from bot.presses import Shown, meant
from cards.fallback import ReviseCard, value_words, will_be_asked
from cards.forms import CancelForm
from cards.model import Button, Card, Facts, Input, InputKind, Option, Source, Text
from tests.harness.platform import EVERYTHING

SUBMIT = {"a": "progress.confirm", "draft": 7}
DROP = {"a": "progress.drop", "draft": 7}
NOTHING = Capabilities()
ONE_CHOICE = Capabilities(
    inputs=frozenset({"choice"}), max_inputs=1, max_options=9, alone={"choice": 3, "multi_choice": 1}
)
YES_NO = (Option(value="y", label="是"), Option(value="n", label="否"))

ACTION = Input(name="action", label="动作", kind=InputKind.CHOICE, value="y", options=YES_NO, required=True)
OBSTACLE = Input(name="obstacle", label="阻碍", kind=InputKind.CHOICE, options=YES_NO)
CUSTOMER = Input(name="customer", label="客户", kind=InputKind.TEXT, required=True)
SUPPORT = Input(name="support", label="支持", kind=InputKind.TEXT)


def card(*inputs: Input, cancel: bool = False) -> Card:
    other = Button.does("取消", CancelForm()) if cancel else Button(label="不记", action=DROP)
    return Card(
        title="这样记，对吗？", blocks=inputs, buttons=(Button(label="确认", action=SUBMIT, submits=True), other)
    )


def labels(shown: Card) -> list[str]:
    return [button.label for button in shown.buttons]


def test_a_platform_that_holds_everything_gets_the_card_as_it_is() -> None:
    whole = card(ACTION, OBSTACLE, CUSTOMER)
    assert fitted(whole, EVERYTHING).card is whole


def test_what_is_known_stands_as_facts_with_a_way_to_correct_it() -> None:
    fit = fitted(card(ACTION, OBSTACLE, SUPPORT), NOTHING)
    assert fit.left_out == ("action", "obstacle", "support")
    assert [
        (fact.label, fact.value) for block in fit.card.blocks if isinstance(block, Facts) for fact in block.facts
    ] == [("动作", "是")]
    assert fit.card.inputs == (), "what is optional and empty is not spoken of"
    assert labels(fit.card) == ["确认", "改一下", "不记"]


def test_where_it_came_from_and_what_is_wrong_are_said() -> None:
    heard = ACTION.model_copy(update={"source": Source(text="听到“报了”"), "problem": "没有这个选项"})
    blocks = fitted(card(heard), NOTHING).card.blocks
    assert [block.facts[0].value for block in blocks if isinstance(block, Facts)] == ["是（听到“报了”）"]
    assert [block.text for block in blocks if isinstance(block, Text)] == ["⚠ 动作：没有这个选项"]


def test_a_place_on_the_card_goes_to_what_is_empty_or_wrong() -> None:
    fit = fitted(card(ACTION, OBSTACLE, SUPPORT), ONE_CHOICE)
    assert ([one.name for one in fit.card.inputs], fit.left_out) == (["obstacle"], ("action", "support"))


def test_a_form_that_fits_with_one_button_loses_its_way_out_instead() -> None:
    fit = fitted(card(ACTION, OBSTACLE, cancel=True), ONE_CHOICE)
    assert (labels(fit.card), fit.left_out, len(fit.card.inputs)) == (["确认"], (), 2)
    assert labels(fitted(card(ACTION, OBSTACLE), ONE_CHOICE).card) == ["确认", "改一下", "不记"], (
        "不记 cannot be dropped"
    )


def test_a_card_of_which_nothing_is_known_has_nothing_to_correct() -> None:
    fit = fitted(card(SUPPORT), NOTHING)
    assert (labels(fit.card), [one.name for one in fit.card.inputs]) == (["确认", "不记"], ["support"])


@pytest.mark.parametrize(
    ("inputs", "asked"),
    [
        ((ACTION, OBSTACLE, SUPPORT), []),
        ((ACTION, CUSTOMER, SUPPORT), ["customer"]),
        ((ACTION.model_copy(update={"problem": "不对"}),), ["action"]),
        ((OBSTACLE, SUPPORT), ["obstacle", "support"]),
    ],
)
def test_only_what_is_needed_is_asked_before_it_is_taken(inputs: tuple[Input, ...], asked: list[str]) -> None:
    assert will_be_asked(card(*inputs), [one.name for one in inputs]) == asked
    assert will_be_asked(card(*inputs), []) == [], "what stood on the card was seen there"


def test_a_number_means_the_button_of_the_card_as_it_was_delivered() -> None:
    shown = Shown(card(ACTION, SUPPORT), ("action", "support"))
    pressed = [meant(Press("k", {"button": number}), "", shown) for number in (1, 2, 3)]
    assert [button.action for button in pressed if button is not None] == [SUBMIT, ReviseCard().wire(), DROP]


@pytest.mark.parametrize(("number", "said"), [(0, ""), (4, ""), (1, "撤销 #gj.k.1"), (99, "")])
def test_a_number_or_label_that_is_not_on_the_card_is_refused(number: int, said: str) -> None:
    with pytest.raises(Refused, match="旧版本"):
        meant(Press("k", {"button": number}), said, Shown(card(ACTION), ("action",)))


def test_a_tapped_link_says_label_and_number() -> None:
    button = meant(Press("k", {"button": 1}), "确认 #gj.k.1", Shown(card(ACTION), ("action",)))
    assert button is not None and button.action == SUBMIT


def test_a_lost_action_is_the_only_submit_or_nothing() -> None:
    button = meant(Press("k", {}), "", Shown(card(ACTION)))
    assert button is not None and button.action == SUBMIT
    two = card(ACTION).model_copy(
        update={"buttons": tuple(Button(label=name, action=SUBMIT, submits=True) for name in ("已协调", "需更多信息"))}
    )
    with pytest.raises(Refused, match="没有改动任何记录"):
        meant(Press("k", {}), "", Shown(two))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (ACTION, "是"),
        (SUPPORT, ""),
        (Input(name="n", label="时间", kind=InputKind.DATETIME, value="2026-03-18T15:00:00"), "2026-03-18 15:00"),
        (Input(name="n", label="照片", kind=InputKind.PHOTO, value=("a" * 64, "b" * 64)), "已收到 2 张照片"),
        (Input(name="n", label="文件", kind=InputKind.FILE, value=("a" * 64,)), "已收到 1 个文件"),
        (Input(name="n", label="位置", kind=InputKind.POSITION, value="31.23,121.47,15"), "已定位"),
        (Input(name="n", label="位置", kind=InputKind.POSITION), ""),
        (Input(name="n", label="多选", kind=InputKind.MULTI_CHOICE, value=("y", "n"), options=YES_NO), "是、否"),
    ],
)
def test_a_value_in_words(entry: Input, words: str) -> None:
    assert value_words(entry) == words
