"""Events as documented, and as nobody would write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.base import Inbound, Kind
from bot.platforms.feishu.envelope import parse
from bot.platforms.feishu.inbound import read

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BOT = "ou_bot"
BOT_MENTION = {"key": "@_user_1", "id": {"open_id": BOT}, "mentioned_type": "bot", "name": "跟进"}
MANAGER = {"key": "@_user_2", "id": {"open_id": "ou_wang"}, "mentioned_type": "user", "name": "王主管"}


def envelope(event_type: str, event: Any, **header: Any) -> bytes:
    fields = {"event_id": "ev1", "event_type": event_type, "create_time": "1608725989000", "app_id": "cli_a", **header}
    return json.dumps({"schema": "2.0", "header": fields, "event": event}).encode()


def message(kind: str, content: Any, **changes: Any) -> bytes:
    body = {
        "message_id": "om_1",
        "create_time": "1609073151345",
        "chat_id": "oc_1",
        "chat_type": "p2p",
        "message_type": kind,
        "content": json.dumps(content),
    }
    sender = changes.pop("sender_type", "user")
    event = {"sender": {"sender_id": {"open_id": "ou_li"}, "sender_type": sender}, "message": body | changes}
    return envelope("im.message.receive_v1", event)


def taken(data: bytes, bot: str = BOT) -> Inbound:
    inbound = read(parse(data), app="main", bot=bot, now=NOW)
    assert inbound is not None
    assert Inbound.from_json(json.loads(json.dumps(inbound.to_json()))) == inbound
    return inbound


def test_a_direct_text_is_named_by_its_person_and_its_message() -> None:
    inbound = taken(message("text", {"text": "宏达今天报价了 "}, parent_id="om_0"))
    assert (inbound.kind, inbound.text, inbound.sender, inbound.chat.id) == (
        Kind.TEXT,
        "宏达今天报价了",
        "ou_li",
        "ou_li",
    )
    assert (inbound.event_key, inbound.message_id, inbound.reply_to) == ("om_1", "om_1", "om_0")
    assert inbound.at == datetime(2020, 12, 27, 12, 45, 51, 345000, tzinfo=UTC)


def test_in_a_group_the_bots_name_goes_and_other_names_are_read() -> None:
    content = {"text": "@_user_1 请 @_user_2 协调，@_all 知悉"}
    inbound = taken(message("text", content, chat_type="group", mentions=[BOT_MENTION, MANAGER]))
    assert (inbound.chat.id, inbound.chat.kind, inbound.mentioned) == ("oc_1", "group", True)
    assert inbound.text == "请 @王主管 协调，@所有人 知悉"


def test_another_bot_is_not_us() -> None:
    other = BOT_MENTION | {"id": {"open_id": "ou_other"}}
    assert not taken(message("text", {"text": "@_user_1 hi"}, chat_type="group", mentions=[other])).mentioned


def test_while_our_own_id_is_unknown_a_mentioned_bot_is_taken_for_us() -> None:
    assert taken(message("text", {"text": "@_user_1 hi"}, chat_type="group", mentions=[BOT_MENTION]), bot="").mentioned


def test_a_post_keeps_its_words_links_and_pictures() -> None:
    lines = [
        [
            {"tag": "text", "text": "报价 "},
            {"tag": "a", "text": "单", "href": "https://e.cn/q"},
            {"tag": "emotion", "emoji_type": "OK"},
        ],
        [{"tag": "img", "image_key": "img_1"}],
        [{"tag": "at", "user_id": "@_user_2"}],
    ]
    inbound = taken(message("post", {"title": "宏达", "content": lines}, mentions=[MANAGER]))
    assert inbound.text == "宏达\n报价单 https://e.cn/q[OK]\n@王主管"
    assert [(one.ref, one.kind, one.context) for one in inbound.media] == [
        ("img_1", "photo", {"message_id": "om_1", "type": "image"})
    ]


def test_a_video_in_a_post_is_kept_too() -> None:
    lines = [[{"tag": "text", "text": "现场"}], [{"tag": "media", "file_key": "file_1", "image_key": "img_1"}]]
    inbound = taken(message("post", {"title": "", "content": lines}))
    assert (inbound.kind, inbound.text) == (Kind.TEXT, "现场")
    assert [(one.ref, one.kind, one.context["type"]) for one in inbound.media] == [("file_1", "file", "file")]


@pytest.mark.parametrize("place", [{"latitude": "nan", "longitude": "1"}, {"latitude": "91", "longitude": "1"}])
def test_a_place_that_is_nowhere_is_no_position(place: dict[str, str]) -> None:
    assert taken(message("location", {"name": "?", **place})).kind is Kind.UNSUPPORTED


def test_an_endless_event_id_is_one_a_database_takes() -> None:
    long = taken(envelope("contact.user.updated_v3", {}, event_id="e" * 5000)).event_key
    other = taken(envelope("contact.user.updated_v3", {}, event_id="e" * 4999 + "f")).event_key
    assert (len(long), long == other) == (64, False)


@pytest.mark.parametrize(
    ("kind", "content", "expected", "media"),
    [
        ("image", {"image_key": "img_1"}, Kind.PHOTO, "photo"),
        ("audio", {"file_key": "file_1", "duration": 2500}, Kind.VOICE, "voice"),
        ("file", {"file_key": "file_1", "file_name": "报价.pdf"}, Kind.FILE, "file"),
        ("media", {"file_key": "file_1", "file_name": "a.mp4", "duration": 1}, Kind.FILE, "file"),
        ("post", {"title": "", "content": [[{"tag": "img", "image_key": "img_1"}]]}, Kind.PHOTO, "photo"),
    ],
)
def test_media(kind: str, content: dict[str, Any], expected: Kind, media: str) -> None:
    inbound = taken(message(kind, content))
    assert (inbound.kind, inbound.media[0].kind) == (expected, media)
    assert inbound.media[0].seconds == (2.5 if kind == "audio" else None)


def test_a_position_comes_with_its_name() -> None:
    position = taken(message("location", {"name": "宏达机械", "longitude": "121.47", "latitude": "31.23"})).position
    assert position is not None
    assert (position.latitude, position.longitude, position.address) == (31.23, 121.47, "宏达机械")


@pytest.mark.parametrize(
    "kind", ["sticker", "share_chat", "merge_forward", "vote", "hongbao", "interactive", "something_new"]
)
def test_what_we_have_no_use_for_is_kept_raw(kind: str) -> None:
    inbound = taken(message(kind, {"file_key": "x"}))
    assert (inbound.kind, json.loads(inbound.text)) == (Kind.UNSUPPORTED, {"file_key": "x"})


def test_bots_are_not_people() -> None:
    assert read(parse(message("text", {"text": "hi"}, sender_type="bot")), app="main", bot=BOT, now=NOW) is None


@pytest.mark.parametrize(
    "event_type", ["im.message.message_read_v1", "im.message.reaction.created_v1", "a.new_event_v9"]
)
def test_events_that_are_nobodys_message_are_ignored(event_type: str) -> None:
    assert read(parse(envelope(event_type, {})), app="main", bot=BOT, now=NOW) is None


WHO = {"open_id": "ou_li"}
GROUP = {"chat_id": "oc_9", "name": "一组"}
MENU = (Kind.TEXT, "ou_li", "ou_li", "/todo")


@pytest.mark.parametrize(
    ("event_type", "event", "expected"),
    [
        ("application.bot.menu_v6", {"event_key": "/todo", "operator": {"operator_id": WHO}}, MENU),
        ("im.chat.access_event.bot_p2p_chat_entered_v1", {"operator_id": WHO}, (Kind.ENTERED, "ou_li", "ou_li", "")),
        ("im.chat.member.bot.added_v1", {**GROUP, "operator_id": WHO}, (Kind.BOT_ADDED, "ou_li", "oc_9", "")),
        ("im.chat.member.bot.deleted_v1", {**GROUP, "operator_id": WHO}, (Kind.BOT_REMOVED, "ou_li", "oc_9", "")),
        ("im.chat.disbanded_v1", {"chat_id": "oc_9"}, (Kind.BOT_REMOVED, "", "oc_9", "")),
        ("im.message.recalled_v1", {"chat_id": "oc_9", "message_id": "om_7"}, (Kind.RECALLED, "", "oc_9", "")),
        ("contact.user.updated_v3", {}, (Kind.DIRECTORY, "", "", "contact.user.updated_v3")),
        ("contact.scope.updated_v3", {}, (Kind.DIRECTORY, "", "", "contact.scope.updated_v3")),
    ],
)
def test_other_events(event_type: str, event: dict[str, Any], expected: tuple[object, ...]) -> None:
    inbound = taken(envelope(event_type, event))
    assert (inbound.kind, inbound.sender, inbound.chat.id, inbound.text) == expected
    assert inbound.event_key == "ev1"


def test_the_first_contact_event_of_schema_1() -> None:
    event = {"type": "p2p_chat_create", "operator": {"open_id": "ou_li"}, "chat_id": "oc_1"}
    data = json.dumps({"ts": "1502199207.7171419", "uuid": "u1", "type": "event_callback", "event": event}).encode()
    inbound = taken(data)
    assert (inbound.kind, inbound.sender, inbound.event_key) == (Kind.ENTERED, "ou_li", "u1")
    assert inbound.at == datetime(2017, 8, 8, 13, 33, 27, tzinfo=UTC)


def press(value: Any, **action: Any) -> bytes:
    event = {
        "operator": {"open_id": "ou_li"},
        "token": "c-1",
        "action": {"value": value, "tag": "button", **action},
        "context": {"open_message_id": "om_5", "open_chat_id": "oc_5"},
    }
    return envelope("card.action.trigger", event, create_time="1603977298000000")


def test_a_press_brings_card_action_and_answers() -> None:
    form = {
        "v_obstacle": "price",
        "v_tags": ["a", "b"],
        "d_day": "2024-04-01 +0800",
        "t_next": "2024-04-29 07:07 +0800",
    }
    inbound = taken(press({"k": "card1", "a": {"a": "progress.submit", "id": 7}}, form_value=form, name="b0"))
    assert inbound.press is not None
    assert (inbound.press.card, inbound.press.action, inbound.press.reply_token) == (
        "card1",
        {"a": "progress.submit", "id": 7},
        "c-1",
    )
    assert inbound.press.answers == {
        "obstacle": "price",
        "tags": ["a", "b"],
        "day": "2024-04-01",
        "next": "2024-04-29T07:07",
    }
    assert (inbound.chat.id, inbound.chat.kind, inbound.message_id) == ("ou_li", "direct", "om_5")
    assert inbound.at == datetime(2020, 10, 29, 13, 14, 58, tzinfo=UTC)


def test_a_press_in_a_group_belongs_to_the_group() -> None:
    chat = taken(press({"k": "card1", "a": {"a": "x"}, "g": 1})).chat
    assert (chat.id, chat.kind) == ("oc_5", "group")


@pytest.mark.parametrize("value", ["a string", None, 7, [], {"foreign": 1}, {"k": 3, "a": "no"}])
def test_a_press_on_a_card_that_is_not_ours_has_no_action(value: Any) -> None:
    inbound = taken(press(value))
    assert inbound.press is not None
    assert inbound.press.action == {}


def test_a_text_that_looks_like_a_date_stays_what_was_typed() -> None:
    inbound = taken(press({"k": "c", "a": {}}, form_value={"v_note": "2024-04-01 +0800", "other": None, "d_day": ""}))
    assert inbound.press is not None
    assert inbound.press.answers == {"note": "2024-04-01 +0800", "other": "", "day": ""}


@pytest.mark.parametrize(
    "data",
    [
        b"not json",
        b"[]",
        b"\xff\xfe",
        b'{"schema":"2.0"}',
        b'{"schema":"2.0","header":[]}',
        b"[" * 100_000,
        envelope("im.message.receive_v1", None),
        envelope("im.message.receive_v1", {"sender": {}}),
        message("text", ["no", "object"]),
        message("text", {}),
        message("location", {"latitude": "north", "longitude": "1"}),
        message("post", {"content": 7}),
        envelope("card.action.trigger", {"operator": "nobody"}),
    ],
)
def test_authentic_nonsense_is_kept_and_never_raises(data: bytes) -> None:
    inbound = taken(data)
    assert inbound.kind is Kind.UNSUPPORTED
    assert inbound.event_key
    assert inbound.text


def test_nonsense_with_a_sender_can_be_answered() -> None:
    assert taken(message("text", {})).sender == "ou_li"


def test_what_no_database_stores_is_gone_before_it_arrives() -> None:
    inbound = taken(message("text", {"text": "宏达\ud800\x00!"}))
    assert inbound.text == "宏达?!"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.sampled_from(
        ["im.message.receive_v1", "card.action.trigger", "application.bot.menu_v6", "im.message.recalled_v1"]
    ),
    json_values,
)
def test_any_event_body_is_read_without_an_exception(event_type: str, event: Any) -> None:
    inbound = read(parse(envelope(event_type, event)), app="main", bot=BOT, now=NOW)
    assert inbound is None or inbound.to_json()["event_key"]
