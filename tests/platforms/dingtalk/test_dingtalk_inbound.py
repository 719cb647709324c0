"""Every message type of the robot documentation, and what nobody documented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.base import Chat, Inbound, Kind, MediaRef, Press
from bot.platforms.dingtalk.inbound import event_of, message_of

NOW = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
AT = datetime(2026, 3, 16, 0, 59, 58, 500000, tzinfo=UTC)

DIRECT: dict[str, Any] = {
    "conversationId": "cid-direct",
    "conversationType": "1",
    "chatbotUserId": "$:LWCP_v1:$robot",
    "robotCode": "ding1",
    "msgId": "msg1",
    "createAt": int(AT.timestamp() * 1000),
    "senderId": "$:LWCP_v1:$lilei",
    "senderStaffId": "lilei",
    "senderNick": "李雷",
}
GROUP = {**DIRECT, "conversationType": "2", "conversationId": "cidG==", "conversationTitle": "华东", "isInAtList": True}
BASE = Inbound("dingtalk", "main", "msg:msg1", Kind.TEXT, "lilei", Chat("lilei"), AT, message_id="msg1")


def photo(code: str) -> MediaRef:
    return MediaRef(code, "photo")


TABLE: list[tuple[str, dict[str, Any], Inbound]] = [
    ("text", {"msgtype": "text", "text": {"content": " 你好 "}}, replace(BASE, text="你好")),
    (
        "quote",
        {"msgtype": "text", "text": {"content": "好的", "isReplyMsg": True, "repliedMsg": {"msgId": "m0"}}},
        replace(BASE, text="好的", reply_to="m0"),
    ),
    (
        "picture",
        {"msgtype": "picture", "content": {"downloadCode": "d1", "pictureDownloadCode": "p1"}},
        replace(BASE, kind=Kind.PHOTO, media=(photo("d1"),)),
    ),
    (
        "old picture",
        {"msgtype": "picture", "content": {"pictureDownloadCode": "p1"}},
        replace(BASE, kind=Kind.PHOTO, media=(photo("p1"),)),
    ),
    (
        "rich text",
        {
            "msgtype": "richText",
            "content": {"richText": [{"text": "门头"}, {"type": "picture", "downloadCode": "d1"}, {"text": "已换"}]},
        },
        replace(BASE, text="门头已换", media=(photo("d1"),)),
    ),
    (
        "rich text of pictures",
        {"msgtype": "richText", "content": {"richText": [{"type": "picture", "downloadCode": "d1"}]}},
        replace(BASE, kind=Kind.PHOTO, media=(photo("d1"),)),
    ),
    (
        "voice",
        {"msgtype": "audio", "content": {"downloadCode": "d1", "duration": 4000, "recognition": "金皮压价"}},
        replace(BASE, kind=Kind.VOICE, media=(MediaRef("d1", "voice", seconds=4.0, words="金皮压价"),)),
    ),
    (
        "video",
        {"msgtype": "video", "content": {"downloadCode": "d1", "videoType": "mp4", "duration": "9"}},
        replace(BASE, kind=Kind.FILE, media=(MediaRef("d1", "file", "video.mp4"),)),
    ),
    (
        "file",
        {"msgtype": "file", "content": {"downloadCode": "d1", "fileName": "报价.pdf", "spaceId": "1", "fileId": "2"}},
        replace(BASE, kind=Kind.FILE, media=(MediaRef("d1", "file", "报价.pdf"),)),
    ),
    (
        "unknown with words",
        {"msgtype": "unknownMsgType", "content": {"unknownMsgType": "不支持的消息类型"}},
        replace(BASE, kind=Kind.UNSUPPORTED, text="不支持的消息类型"),
    ),
    (
        "tapped link",
        {"msgtype": "text", "text": {"content": "已协调 #gj.Kx.9-_a.2"}},
        replace(BASE, kind=Kind.PRESS, text="已协调 #gj.Kx.9-_a.2", press=Press("Kx.9-_a", {"button": 2})),
    ),
]


@pytest.mark.parametrize(("content", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_each_message_type(content: dict[str, Any], expected: Inbound) -> None:
    found = message_of({**DIRECT, **content}, "main", NOW)
    assert found == expected
    assert Inbound.from_json(found.to_json()) == found


def test_a_group_message_is_answered_in_the_group() -> None:
    found = message_of({**GROUP, "msgtype": "text", "text": {"content": " 汇总 "}}, "main", NOW)
    assert (found.chat, found.mentioned, found.text) == (Chat("cidG==", "group", "华东"), True, "汇总")


def test_an_outsider_is_known_by_the_encrypted_id() -> None:
    outsider = {name: value for name, value in DIRECT.items() if name != "senderStaffId"}
    found = message_of({**outsider, "msgtype": "text", "text": {"content": "hi"}}, "main", NOW)
    assert (found.sender, found.outside) == ("$:LWCP_v1:$lilei", True)


@pytest.mark.parametrize(("home", "outside"), [("ding1", False), ("ding2", True)])
def test_somebody_of_another_organisation_has_none_of_our_user_ids(home: str, outside: bool) -> None:
    given = {**GROUP, "chatbotCorpId": "ding1", "senderCorpId": home, "msgtype": "text", "text": {"content": "hi"}}
    found = message_of(given, "main", NOW)
    assert (found.sender == "$:LWCP_v1:$lilei", found.outside) == (outside, outside)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["@跟进", "门头已换"], "门头已换"),
        (["@跟进 门头", "已换"], "门头已换"),
        (["@跟进 门头已换"], "@跟进 门头已换"),
        (["门头@李雷 ", "已换"], "门头@李雷 已换"),
        (["@跟进今天拜访宏达，很好", "已换"], "@跟进今天拜访宏达，很好已换"),
    ],
)
def test_a_rich_text_in_a_group_loses_its_mention_and_nothing_else(texts: list[str], said: str) -> None:
    parts = [{"text": text} for text in texts]
    found = message_of({**GROUP, "msgtype": "richText", "content": {"richText": parts}}, "main", NOW)
    assert found.text == said


@pytest.mark.parametrize("name", ["errorCode", "errCode"])
def test_a_message_without_content_for_want_of_quota_says_so(name: str) -> None:
    found = message_of({**DIRECT, "msgtype": "text", name: 20001}, "main", NOW)
    assert found.kind is Kind.WITHHELD


@pytest.mark.parametrize("missing", ["conversationType", "createAt", "msgtype"])
def test_a_shell_of_which_more_is_missing_is_still_one(missing: str) -> None:
    shell = {name: value for name, value in {**DIRECT, "errCode": "20001"}.items() if name != missing}
    assert (message_of(shell, "main", NOW).kind, message_of(shell, "main", NOW).sender) == (Kind.WITHHELD, "lilei")


@pytest.mark.parametrize(
    "broken",
    [
        {"msgtype": "text"},
        {"msgtype": "text", "text": {"content": 5}},
        {"msgtype": "audio", "content": {}},
        {"msgtype": "richText", "content": {"richText": [5]}},
        {"msgtype": "interactiveCard", "content": {"biz": 1}},
        {"msgtype": "text", "text": {"content": "x"}, "createAt": "yesterday"},
        {"msgtype": "text", "text": {"content": "x"}, "createAt": 10**20},
        {"msgtype": "text", "text": {"content": "x"}, "msgId": None},
    ],
)
def test_an_authentic_message_that_cannot_be_read_is_kept_raw(broken: dict[str, Any]) -> None:
    found = message_of({**DIRECT, **broken}, "main", NOW)
    assert found.kind is Kind.UNSUPPORTED
    assert found.sender == "lilei"
    assert str(broken["msgtype"]) in found.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = [*DIRECT, "msgtype", "text", "content", "errorCode", "isInAtList", "conversationTitle"]
MSGTYPES = st.sampled_from(["text", "picture", "richText", "audio", "video", "file", "unknownMsgType"])


@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6), MSGTYPES)
def test_no_payload_raises_and_equal_payloads_have_equal_keys(changes: dict[str, Any], msgtype: str) -> None:
    payload = {**DIRECT, "msgtype": msgtype, **changes}
    found = message_of(payload, "main", NOW)
    assert found.event_key == message_of(payload, "main", NOW).event_key
    assert Inbound.from_json(found.to_json()) == found


@pytest.mark.parametrize("kind", ["user_add_org", "user_leave_org", "org_dept_modify"])
def test_changes_of_the_organisation_are_directory_news(kind: str) -> None:
    found = event_of(kind, {"userId": ["lilei"]}, "main", "e1", NOW)
    assert found is not None
    assert (found.kind, found.event_key, found.sender) == (Kind.DIRECTORY, "event:e1", "")
    assert found.text.startswith(kind)


def test_a_disbanded_group_is_left() -> None:
    found = event_of("chat_disband", {"openConversationId": "cidG=="}, "main", "e1", NOW)
    assert found is not None and (found.kind, found.chat) == (Kind.BOT_REMOVED, Chat("cidG==", "group"))


@pytest.mark.parametrize("name", ["userId", "UserId"])
def test_field_names_differ_by_the_way_they_came(name: str) -> None:
    found = event_of("robot_msg_recall", {name: "lilei"}, "main", "e1", NOW)
    assert found is not None and (found.kind, found.sender) == (Kind.RECALLED, "lilei")
    group = event_of(
        "chat_disband", {f"{'O' if name[0] == 'U' else 'o'}penConversationId": "cidG=="}, "main", "e1", NOW
    )
    assert group is not None and group.chat == Chat("cidG==", "group")


@pytest.mark.parametrize("kind", ["robot_msg_read", "chat_update_title", "chat_disband", "", "something_new"])
def test_events_that_change_nothing_end_here(kind: str) -> None:
    assert event_of(kind, {"userId": "lilei"}, "main", "e1", NOW) is None
