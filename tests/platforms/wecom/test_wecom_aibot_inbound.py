"""Every message and event of an aibot, the same over HTTP and the long connection."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.base import Chat, Inbound, Kind, MediaRef, Press
from bot.platforms.wecom.aibot_inbound import Reading, read_aibot

NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
READING = Reading("robot", "跟进 助手", "req_1", NOW)


def read(body: dict[str, Any], reading: Reading = READING) -> Inbound | None:
    head = {"msgid": "m1", "aibotid": "aib", "chattype": "single", "from": {"userid": "lilei"}}
    return read_aibot(json.dumps(head | body, ensure_ascii=False), reading)


def kept(inbound: Inbound | None) -> Inbound:
    assert inbound is not None, "the message was ignored"
    return inbound


def test_text_alone() -> None:
    found = kept(read({"msgtype": "text", "text": {"content": "宏达机械已报价"}}))
    assert (found.kind, found.text, found.chat, found.mentioned) == (Kind.TEXT, "宏达机械已报价", Chat("lilei"), False)
    assert (found.event_key, found.at, found.sender) == ("m1", NOW, "lilei")


@pytest.mark.parametrize(
    ("said", "name", "heard"),
    [
        ("@跟进 助手 本月完成多少", "跟进 助手", "本月完成多少"),
        ("@跟进 助手\n/day", "跟进 助手", "/day"),
        ("@跟进 本月完成多少", "", "本月完成多少"),
        ("@跟进 助手", "跟进 助手", ""),
        ("本月 @王主管 完成多少", "跟进 助手", "本月 @王主管 完成多少"),
        ("@别人 你好", "跟进 助手", "@别人 你好"),
    ],
)
def test_in_a_group_the_mention_is_no_part_of_what_was_said(said: str, name: str, heard: str) -> None:
    body = {"msgtype": "text", "text": {"content": said}, "chattype": "group", "chatid": "wr1"}
    found = kept(read(body, Reading("robot", name, "", NOW)))
    assert (found.text, found.chat, found.mentioned) == (heard, Chat("wr1", "group"), True)


def test_an_at_sign_alone_with_the_bot_stays() -> None:
    assert kept(read({"msgtype": "text", "text": {"content": "@王主管 看一下"}})).text == "@王主管 看一下"


def test_voice_comes_as_words() -> None:
    found = kept(read({"msgtype": "voice", "voice": {"content": "今天拜访了宏达"}}))
    assert (found.kind, found.text, found.media) == (Kind.TEXT, "今天拜访了宏达", ())


@pytest.mark.parametrize(
    ("kind", "expected", "ref"),
    [("image", Kind.PHOTO, "photo"), ("file", Kind.FILE, "file"), ("video", Kind.FILE, "file")],
)
def test_media_carry_their_key(kind: str, expected: Kind, ref: Any) -> None:
    found = kept(read({"msgtype": kind, kind: {"url": "https://h/1", "aeskey": "K"}}))
    assert found.kind is expected
    assert found.media == (MediaRef("https://h/1", ref, context={"aeskey": "K"}),)


def test_media_over_http_use_the_robots_own_key() -> None:
    found = kept(read({"msgtype": "image", "image": {"url": "https://h/1"}}, Reading("robot", "", "", NOW, "OWN")))
    assert found.media[0].context == {"aeskey": "OWN"}


def test_mixed_is_photos_with_their_words() -> None:
    text = {"msgtype": "text", "text": {"content": "@跟进 助手 门头"}}
    image = {"msgtype": "image", "image": {"url": "https://h/1", "aeskey": "K"}}
    body = {"msgtype": "mixed", "mixed": {"msg_item": [text, image, image]}, "chattype": "group", "chatid": "wr1"}
    found = kept(read(body))
    assert (found.kind, found.text, len(found.media)) == (Kind.PHOTO, "门头", 2)


def test_event_of_entering() -> None:
    found = kept(read({"msgtype": "event", "create_time": 1773194400, "event": {"eventtype": "enter_chat"}}))
    assert found.kind is Kind.ENTERED and found.at == datetime.fromtimestamp(1773194400, UTC)


def test_press_carries_what_its_update_needs() -> None:
    items = {"selected_item": [{"question_key": "c:outcome", "option_ids": {"option_id": ["done"]}}]}
    event = {"card_type": "button_interaction", "event_key": '0s{"a":"x"}', "task_id": "ck@1", "selected_items": items}
    body = {
        "msgtype": "event",
        "create_time": 1,
        "event": {"eventtype": "template_card_event", "template_card_event": event},
    }
    found = kept(read(body))
    assert found.press == Press("ck", {"a": "x"}, {"outcome": "done"}, "req_1|ck@1")


@pytest.mark.parametrize(
    "event", [{"eventtype": "feedback_event", "feedback_event": {}}, {"eventtype": "disconnected_event"}, {}]
)
def test_events_that_are_no_message_are_ignored(event: dict[str, Any]) -> None:
    assert read({"msgtype": "event", "event": event}) is None


def test_poll_for_a_stream_is_ignored() -> None:
    assert read({"msgtype": "stream", "stream": {"id": "s"}}) is None


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "[]",
        "null",
        "{",
        "{}",
        '{"msgtype":"text"}',
        '{"msgtype":"image","image":{}}',
        '{"msgtype":"text","text":"x"}',
        "[" * 9000,
    ],
)
def test_authentic_bytes_that_cannot_be_read_are_kept_as_they_came(raw: str) -> None:
    found = kept(read_aibot(raw, READING))
    assert found.kind is Kind.UNSUPPORTED and found.text == raw


def test_message_kind_we_do_not_have_is_kept_with_its_sender() -> None:
    found = kept(read({"msgtype": "sticker", "sticker": {}}))
    assert (found.kind, found.text, found.sender) == (Kind.UNSUPPORTED, "sticker", "lilei")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["userid", "content", "url", "msg_item", "eventtype"]), inner)
    ),
    max_leaves=6,
)


@given(
    kind=st.sampled_from(["text", "image", "mixed", "voice", "file", "event", "stream", "other"]),
    fields=st.dictionaries(
        st.sampled_from(["text", "image", "mixed", "voice", "event", "from", "chatid", "chattype", "create_time"]),
        json_values,
    ),
)
@settings(max_examples=300, deadline=None)
def test_no_authentic_json_whatsoever_raises(kind: str, fields: dict[str, Any]) -> None:
    read_aibot(json.dumps({"msgtype": kind} | fields), READING)
