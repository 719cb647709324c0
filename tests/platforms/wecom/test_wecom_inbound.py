"""Every message and event of a self-built app, and what happens to those nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.base import Inbound, Kind, MediaRef, Position, Press
from bot.platforms.wecom.app_inbound import read_app
from tests.emulators.wecom.callbacks import xml

NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
SENT = 1409659813


def read(**fields: Any) -> Inbound | None:
    head = {"ToUserName": "ww1", "FromUserName": "LiLei", "CreateTime": SENT, "AgentID": 218}
    return read_app(xml(head | fields), "sales", NOW)


def event(name: str, **fields: Any) -> Inbound | None:
    return read(MsgType="event", Event=name, **fields)


def kept(inbound: Inbound | None) -> Inbound:
    assert inbound is not None, "the message was ignored"
    return inbound


def test_text_keeps_sender_moment_and_id() -> None:
    found = kept(read(MsgType="text", Content="宏达机械 <b>已报价</b> ]]> & 好", MsgId=4561255354251345929))
    assert found.kind is Kind.TEXT and found.text == "宏达机械 <b>已报价</b> ]]> & 好"
    assert (found.sender, found.chat.id, found.chat.kind) == ("LiLei", "LiLei", "direct")
    assert found.at == datetime.fromtimestamp(SENT, UTC) and found.message_id == "4561255354251345929"


def test_text_is_kept_as_it_was_typed_around_the_edges() -> None:
    assert kept(read(MsgType="text", Content="  两边有空格\n", MsgId=1)).text == "  两边有空格\n"


@pytest.mark.parametrize(
    ("fields", "kind", "media"),
    [
        ({"MsgType": "image", "PicUrl": "https://x", "MediaId": "M1"}, Kind.PHOTO, MediaRef("M1", "photo")),
        ({"MsgType": "voice", "MediaId": "M2", "Format": "amr"}, Kind.VOICE, MediaRef("M2", "voice", mime="audio/amr")),
        ({"MsgType": "video", "MediaId": "M3", "ThumbMediaId": "T"}, Kind.FILE, MediaRef("M3", "file", "视频.mp4")),
    ],
)
def test_media_are_named_for_the_download(fields: dict[str, Any], kind: Kind, media: MediaRef) -> None:
    found = kept(read(MsgId=1, **fields))
    assert found.kind is kind and found.media == (media,)


def test_position() -> None:
    place = {"Location_X": 31.23, "Location_Y": 121.47, "Scale": 16, "Label": "南京西路 1 号"}
    found = kept(read(MsgType="location", MsgId=1, **place))
    assert found.kind is Kind.POSITION and found.position == Position(31.23, 121.47, address="南京西路 1 号")
    chosen = kept(event("location_select", SendLocationInfo=place | {"Poiname": ""}))
    assert chosen.position == found.position


def test_link_becomes_words() -> None:
    assert (
        kept(read(MsgType="link", Title="招标公告", Description="", Url="https://x/1", MsgId=1)).text
        == "招标公告\nhttps://x/1"
    )


@pytest.mark.parametrize(
    ("name", "fields", "kind", "text"),
    [
        ("enter_agent", {"EventKey": ""}, Kind.ENTERED, ""),
        ("click", {"EventKey": "/day"}, Kind.TEXT, "/day"),
        ("CLICK", {"EventKey": "/day"}, Kind.TEXT, "/day"),
        (
            "scancode_waitmsg",
            {"EventKey": "k", "ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "SN-1"}},
            Kind.TEXT,
            "SN-1",
        ),
        ("subscribe", {}, Kind.DIRECTORY, "subscribe LiLei"),
        ("unsubscribe", {}, Kind.DIRECTORY, "unsubscribe LiLei"),
        ("change_contact", {"ChangeType": "update_user", "UserID": "wang"}, Kind.DIRECTORY, "update_user wang"),
        ("change_contact", {"ChangeType": "update_party", "Id": 2}, Kind.DIRECTORY, "update_party 2"),
    ],
)
def test_events_that_mean_something(name: str, fields: dict[str, Any], kind: Kind, text: str) -> None:
    found = kept(event(name, **fields))
    assert (found.kind, found.text) == (kind, text)


def test_directory_change_has_no_sender() -> None:
    assert (
        kept(
            read(FromUserName="sys", MsgType="event", Event="change_contact", ChangeType="delete_user", UserID="x")
        ).sender
        == ""
    )


@pytest.mark.parametrize(
    "name",
    ["LOCATION", "view", "view_miniprogram", "pic_sysphoto", "batch_job_result", "open_approval_change", "of_2031"],
)
def test_events_that_are_no_message_are_ignored(name: str) -> None:
    assert event(name, EventKey="k") is None


def test_menu_item_without_a_key_is_ignored() -> None:
    assert event("click", EventKey="") is None


def press(**more: Any) -> dict[str, Any]:
    return {
        "EventKey": '0s{"a":"support.reply","id":7}',
        "TaskId": "ck_9-Z@0123456789abcdef",
        "CardType": "button_interaction",
    } | more


def test_press_is_read_back_whole() -> None:
    one = {"QuestionKey": "c:outcome", "OptionIds": {"OptionId": "done"}}
    many = {"QuestionKey": "m:tags", "OptionIds": {"OptionId": ["a", "b"]}}
    found = kept(event("template_card_event", **press(ResponseCode="RC", SelectedItems={"SelectedItem": [one, many]})))
    assert found.kind is Kind.PRESS
    assert found.press == Press(
        "ck_9-Z", {"a": "support.reply", "id": 7}, {"outcome": "done", "tags": ["a", "b"]}, "RC"
    )


def test_single_selection_is_no_list_and_single_tick_is_one() -> None:
    one = {"QuestionKey": "c:outcome", "OptionIds": {"OptionId": "done"}}
    assert kept(event("template_card_event", **press(SelectedItems={"SelectedItem": one}))).press == Press(
        "ck_9-Z", {"a": "support.reply", "id": 7}, {"outcome": "done"}, ""
    )
    tick = {"QuestionKey": "m:tags", "OptionIds": {"OptionId": "a"}}
    found = kept(event("template_card_event", **press(SelectedItems={"SelectedItem": tick})))
    assert found.press is not None and found.press.answers == {"tags": ["a"]}


def test_untouched_dropdown_comes_back_empty_and_no_ticks_as_an_empty_list() -> None:
    items = [
        {"QuestionKey": "c:outcome", "OptionIds": {"OptionId": "_blank"}},
        {"QuestionKey": "m:tags", "OptionIds": {}},
    ]
    found = kept(event("template_card_event", **press(SelectedItems={"SelectedItem": items})))
    assert found.press is not None and found.press.answers == {"outcome": "", "tags": []}


def test_button_that_does_not_submit_takes_no_answers_along() -> None:
    one = {"QuestionKey": "c:outcome", "OptionIds": {"OptionId": "done"}}
    fields = press(EventKey='1p{"a":"later"}', SelectedItems={"SelectedItem": one})
    found = kept(event("template_card_event", **fields))
    assert found.press is not None and found.press.answers == {}


@pytest.mark.parametrize("key", ["submit", "0s[1]", "0s{", "", "x" * 1024])
def test_foreign_button_becomes_an_action_nobody_knows(key: str) -> None:
    found = kept(event("template_card_event", **press(EventKey=key)))
    assert found.press is not None and found.press.action == {"a": "", "key": key}


def test_button_that_only_shows_a_state_is_silent() -> None:
    assert event("template_card_event", **press(EventKey="nothing")) is None


def test_two_presses_of_one_person_in_one_second_are_two() -> None:
    """Reported against several libraries: the documented key FromUserName+CreateTime swallows the second."""
    first = kept(event("template_card_event", **press(ResponseCode="A")))
    second = kept(event("template_card_event", **press(ResponseCode="B")))
    assert first.event_key != second.event_key
    assert first.event_key == kept(event("template_card_event", **press(ResponseCode="A"))).event_key


def test_the_same_number_from_two_people_is_two_messages() -> None:
    mine = kept(read(MsgType="text", Content="x", MsgId=1))
    theirs = kept(read(MsgType="text", Content="x", MsgId=1, FromUserName="wang"))
    assert mine.event_key != theirs.event_key
    assert mine.event_key == kept(read(MsgType="text", Content="x", MsgId=1, FromUserName="LILEI")).event_key


@pytest.mark.parametrize("kind", ["chatrecord", "sticker", "merged", ""])
def test_message_kind_we_do_not_have_is_kept(kind: str) -> None:
    found = kept(read(MsgType=kind, Content="原文", MsgId=1))
    assert found.kind is Kind.UNSUPPORTED and "原文" in found.text and found.sender == "LiLei"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "hello",
        "<xml>",
        "<xml/>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><xml>&a;</xml>",
        "<xml><MsgType>text</MsgType></xml>",
        "<xml><MsgType>image</MsgType><CreateTime>1</CreateTime></xml>",
        "<xml><MsgType>location</MsgType><CreateTime>1</CreateTime><Location_X>north</Location_X></xml>",
        "<xml><MsgType>text</MsgType><CreateTime>99999999999999999999</CreateTime></xml>",
        '{"msgtype":"text"}',
    ],
)
def test_authentic_bytes_that_cannot_be_read_are_kept_as_they_came(raw: str) -> None:
    found = kept(read_app(raw, "sales", NOW))
    assert found.kind is Kind.UNSUPPORTED and found.text == raw and found.at == NOW
    assert found.event_key == kept(read_app(raw, "sales", NOW)).event_key


@given(raw=st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_authentic_text_whatsoever_raises(raw: str) -> None:
    read_app(raw, "sales", NOW)
    read_app(
        f"<xml><MsgType>event</MsgType><Event>template_card_event</Event><CreateTime>1</CreateTime>{raw}</xml>",
        "sales",
        NOW,
    )


@pytest.mark.parametrize(
    ("name", "fields", "words"),
    [
        ("inactive_alert", {"EffectTime": 1773273600}, "应用长期无人使用，企业微信于 2026-03-12 将停用它"),
        ("inactive_alert", {"EffectTime": "soon"}, "应用长期无人使用，企业微信将停用它"),
        ("low_active_alert", {}, "应用使用人数过低，企业微信将限制它"),
        ("close_inactive_agent", {}, "应用长期无人使用，已被企业微信停用"),
        ("low_active", {}, "应用使用人数过低，已被企业微信限制"),
        ("reopen_inactive_agent", {}, "应用已在企业微信恢复使用"),
        ("active_restored", {}, "应用使用人数已恢复，企业微信解除了限制"),
    ],
)
def test_notices_about_the_app_itself(name: str, fields: dict[str, Any], words: str) -> None:
    found = kept(event(name, **({"FromUserName": "sys"} | fields)))
    assert (found.kind, found.sender, found.text) == (Kind.NOTICE, "", words)


def test_survives_the_journey_through_the_inbox_as_json() -> None:
    found = kept(event("template_card_event", **press(ResponseCode="RC")))
    assert Inbound.from_json(found.to_json()) == found
