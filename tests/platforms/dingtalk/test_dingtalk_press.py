"""Card callbacks in all the shapes they were seen in, and which of them are the same press."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.base import Chat, Inbound, Press
from bot.platforms.dingtalk.ladder import Rung
from bot.platforms.dingtalk.marks import Track, read_action, read_tap, tap_link, write_action
from bot.platforms.dingtalk.press import PressMemory, answer, press_of

AT = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
ACTION = {"a": "support.reply", "id": 3}
MARK = write_action(ACTION, 1)
DIRECT = Track("key.1", Rung.FORM, False).write("lilei")


def pressed(content: dict[str, Any], *, only: str = "", **more: Any) -> Inbound:
    text = json.dumps(content)
    both = {"content": text, "value": text}
    data = {"outTrackId": DIRECT, "userId": "lilei", "spaceId": "cid9", **({only: text} if only else both), **more}
    return press_of(data, "main", "frame1", AT, PressMemory())


def params(**given: Any) -> dict[str, Any]:
    return {"cardPrivateData": {"actionIds": ["form"], "params": given}}


@pytest.mark.parametrize(
    ("content", "action", "answers"),
    [
        (params(form={"gj_action": MARK, "note": "x"}), ACTION, {"note": "x"}),
        (params(form={"gj_action": {"index": 1, "value": MARK}}), ACTION, {}),
        (params(form={"note": "x"}, action=MARK), ACTION, {"note": "x"}),
        (params(form={}, current_form={"fields": [{"name": "gj_action", "defaultValue": MARK}]}), ACTION, {}),
        (params(form='{"note":"x"}', action=MARK), ACTION, {"note": "x"}),
        (params(id=MARK), ACTION, {}),
        ({"cardPrivateData": {"actionIds": [MARK], "params": {"form": {"note": "x"}}}}, ACTION, {"note": "x"}),
        ({"params": {"id": MARK}}, ACTION, {}),
        ({"cardPrivateData": {"actionIds": [MARK]}}, ACTION, {}),
        (params(form={"note": "x"}), {}, {"note": "x"}),
        (params(id="n3"), {"button": 3}, {}),
        (
            params(
                action=MARK,
                form={
                    "one": {"index": 0, "value": "a"},
                    "many": {"index": [0, 1], "value": ["a", "b"]},
                    "none": {"index": [], "value": []},
                    "number": 12.5,
                    "whole": 128000.0,
                    "day": "2026-03-18",
                    "moment": "2026-03-18 15:00",
                    "box": True,
                    "empty": None,
                },
            ),
            ACTION,
            {
                "one": "a",
                "many": ["a", "b"],
                "none": [],
                "number": "12.5",
                "whole": "128000",
                "day": "2026-03-18",
                "moment": "2026-03-18T15:00",
                "box": "true",
                "empty": "",
            },
        ),
    ],
)
def test_action_and_answers(content: dict[str, Any], action: dict[str, Any], answers: dict[str, Any]) -> None:
    for only in ("", "content", "value"):
        assert pressed(content, only=only).press == Press("key.1", action, answers)


def test_the_actor_is_the_platforms_word() -> None:
    found = pressed(params(form={"userId": "boss"}, userId="boss", action=MARK))
    assert (found.sender, found.chat) == ("lilei", Chat("lilei"))


def test_a_press_in_a_group_is_answered_there() -> None:
    track = Track("k", Rung.BUTTONS, True).write("cidG")
    assert pressed(params(id=MARK), outTrackId=track).chat == Chat("cid9", "group")


def test_a_card_that_is_not_ours_keeps_its_id() -> None:
    assert Track.read("somebody-elses-card") == Track("somebody-elses-card", Rung.BUTTONS, False)


@pytest.mark.parametrize("missing", ["outTrackId", "userId"])
def test_without_card_or_person_it_is_no_press(missing: str) -> None:
    changed: dict[str, Any] = {missing: None}
    with pytest.raises(TypeError):
        pressed(params(id=MARK), **changed)


@pytest.mark.parametrize("seconds", [0, 1, 2.9, 15, 16, 18, 59, 60, 62, 76])
def test_double_taps_and_repeats_are_one_press(seconds: float) -> None:
    memory = PressMemory()
    assert memory.key("same", "first", AT) == "first"
    assert memory.key("other", "third", AT) == "third"
    assert memory.key("same", "second", AT + timedelta(seconds=seconds)) == "first"


@pytest.mark.parametrize("seconds", [4, 10, 25, 40, 90, 3600])
def test_who_presses_again_later_means_it(seconds: float) -> None:
    memory = PressMemory()
    memory.key("same", "first", AT)
    assert memory.key("same", "second", AT + timedelta(seconds=seconds)) == "second"


def test_the_memory_of_presses_is_bounded() -> None:
    memory = PressMemory()
    for number in range(5000):
        memory.key(str(number), str(number), AT)
    assert len(memory._recent) == 2000


def test_the_answer_keeps_a_general_card_from_going_blank() -> None:
    track = Track("k", Rung.BUTTONS, False).write("lilei")
    assert answer({"outTrackId": track})["cardData"] == {"cardParamMap": {"flowStatus": "3"}}


PLAIN = st.dictionaries(st.text(min_size=1, max_size=8), st.integers() | st.text(max_size=12), min_size=1, max_size=4)


@given(PLAIN, st.integers(1, 9))
def test_actions_survive_the_way(action: dict[str, Any], number: int) -> None:
    found = read_action(write_action(action, number))
    assert found in (action, {"button": number})


@given(st.text(max_size=30))
def test_any_mark_is_read_without_error(mark: str) -> None:
    assert isinstance(read_action(mark), dict)


@given(st.text("abcABC019._-", min_size=1, max_size=30), st.sampled_from(Rung), st.booleans(), st.text(max_size=9))
def test_tracks_survive_the_way(card: str, rung: Rung, group: bool, receiver: str) -> None:
    track = Track(card, rung, group)
    assert Track.read(track.write(receiver)) == track
    assert Track.read(track.write(receiver)).write(receiver) == track.write(receiver)


def test_a_tap_link_is_lower_case_and_wholly_encoded() -> None:
    link = tap_link("需更多 信息&", "k.1", 2)
    assert (
        link
        == "dtmd://dingtalkclient/sendMessage?content=%E9%9C%80%E6%9B%B4%E5%A4%9A%20%E4%BF%A1%E6%81%AF%26%20%23gj.k.1.2"
    )
    assert read_tap("需更多 信息& #gj.k.1.2") == ("k.1", 2)


@pytest.mark.parametrize("text", ["合同 #20260101 2", "#gj..", "#gj.k", "见 #gj.k.2 第三条", ""])
def test_ordinary_words_are_no_tap(text: str) -> None:
    assert read_tap(text) is None
