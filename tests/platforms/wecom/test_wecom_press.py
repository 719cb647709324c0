"""What goes into a card's strings comes out of them, within WeCom's bytes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Permanent
from bot.platforms.base import Press
from bot.platforms.text import utf8
from bot.platforms.wecom.press import BLANK, button_key, card_key, question_key, read_press, task_id
from cards.model import Button, Input, InputKind

values = st.text(max_size=20) | st.integers() | st.booleans() | st.none() | st.lists(st.integers(), max_size=3)
actions = st.dictionaries(st.text(min_size=1, max_size=10), values, max_size=5)
card_keys = st.from_regex(r"[0-9A-Za-z_-]{1,64}", fullmatch=True)


@given(action=actions, submits=st.booleans(), key=card_keys, push=st.text(max_size=40), place=st.integers(0, 5))
def test_round_trip(action: dict[str, Any], submits: bool, key: str, push: str, place: int) -> None:
    made = button_key(place, Button(label="x", action=action, submits=submits))
    assert made is not None
    assert read_press(made, task_id(key, push), [("c:f", ["v"])], "t") == Press(
        key, action, {"f": "v"} if submits else {}, "t"
    )


@given(key=card_keys, first=st.text(max_size=40), second=st.text(max_size=40))
def test_a_repeat_has_the_same_task_and_another_push_has_not(key: str, first: str, second: str) -> None:
    assert (task_id(key, first) == task_id(key, second)) == (first == second)
    assert re.fullmatch(r"[0-9A-Za-z_@-]{1,128}", task_id(key, first))


@pytest.mark.parametrize("key", ["客户", "a b", "x" * 112, "a/b", "a\n"])
def test_card_key_that_does_not_fit_is_refused(key: str) -> None:
    with pytest.raises(Permanent, match="does not fit a task_id"):
        task_id(key, "k")


def test_keys_of_two_buttons_with_the_same_action_differ() -> None:
    button = Button(label="x", action={"a": "x"})
    assert button_key(0, button) != button_key(1, button)


def test_action_that_does_not_fit_has_no_key() -> None:
    assert button_key(0, Button(label="x", action={"a": "字" * 400})) is None
    longest = button_key(0, Button(label="x", action={"a": "x" * 1013}))
    assert longest is not None and utf8(longest) <= 1024


def test_kind_of_question_says_whether_the_answer_is_a_list() -> None:
    one, many = (
        Input(name="one", label="F", kind=InputKind.CHOICE),
        Input(name="many", label="F", kind=InputKind.MULTI_CHOICE),
    )
    made = read_press('0s{"a":"x"}', "k@1", [(question_key(one), ["a"]), (question_key(many), ["a", BLANK, ""])], "")
    assert made is not None and made.answers == {"one": "a", "many": ["a"]}


def test_card_of_somebody_else_has_no_key() -> None:
    assert card_key("someone-elses-task") == ""
