"""The emulator is as strict as the platform: what WeCom refuses, it refuses."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.emulators.wecom.card_rules import CardRefused, check_card
from tests.platforms.wecom.desk import Desk, until

BUTTON = {"text": "好", "style": 1, "key": "k"}
OPTION = {"id": "1", "text": "一"}
SELECT = {"question_key": "q", "title": "题", "option_list": [OPTION]}
GOOD: dict[str, Any] = {
    "card_type": "button_interaction",
    "main_title": {"title": "t"},
    "button_list": [BUTTON],
    "task_id": "t1",
}
NOTICE: dict[str, Any] = {
    "card_type": "text_notice",
    "main_title": {"title": "t"},
    "card_action": {"type": 1, "url": "https://x"},
}
MULTIPLE: dict[str, Any] = {
    "card_type": "multiple_interaction",
    "main_title": {"title": "t"},
    "select_list": [SELECT],
    "submit_button": {"text": "提交", "key": "k"},
    "task_id": "t1",
}
VOTE = {
    "card_type": "vote_interaction",
    "main_title": {"title": "t"},
    "submit_button": {"text": "提交", "key": "k"},
    "task_id": "t1",
    "checkbox": {"question_key": "q", "option_list": [OPTION], "mode": 1},
}


MENU = {"desc": "更多", "action_list": [{"text": "不再提醒", "key": "mute"}]}


def many(count: int) -> list[dict[str, str]]:
    return [{"id": str(n), "text": "x"} for n in range(count)]


@pytest.mark.parametrize("card", [GOOD, NOTICE, MULTIPLE, VOTE, NOTICE | {"task_id": "t", "action_menu": MENU}])
def test_good_cards_pass(card: dict[str, Any]) -> None:
    check_card(card, "app")
    check_card(card, "aibot")


@pytest.mark.parametrize(
    ("card", "code"),
    [
        (None, 40058),
        (GOOD | {"card_type": "form"}, 40058),
        (NOTICE | {"card_action": {}}, 42045),
        (NOTICE | {"card_action": {"type": 0}}, 42045),
        ({name: value for name, value in GOOD.items() if name != "task_id"}, 40058),
        (GOOD | {"main_title": {"desc": "x"}}, 40058),
        (GOOD | {"button_list": []}, 40058),
        (GOOD | {"button_list": [BUTTON | {"key": f"{n}"} for n in range(7)]}, 40058),
        (GOOD | {"button_list": [BUTTON, BUTTON]}, 42017),
        (GOOD | {"button_list": [BUTTON | {"key": ""}]}, 42017),
        (GOOD | {"button_list": [BUTTON | {"key": "字" * 342}]}, 42017),
        (GOOD | {"button_list": [{"type": 1, "text": "x"}]}, 40058),
        (GOOD | {"horizontal_content_list": [{"keyname": "x"}] * 7}, 40058),
        (GOOD | {"horizontal_content_list": [{"value": "x"}]}, 40058),
        (GOOD | {"horizontal_content_list": [{"keyname": "x", "type": 1}]}, 40058),
        (GOOD | {"task_id": "客户"}, 42014),
        (GOOD | {"task_id": "x" * 129}, 42014),
        (GOOD | {"select_list": [SELECT]}, 40058),
        (GOOD | {"replace_text": "已处理"}, 40058),
        (MULTIPLE | {"sub_title_text": "x"}, 40058),
        (MULTIPLE | {"select_list": [SELECT] * 4}, 40058),
        (MULTIPLE | {"select_list": [SELECT | {"option_list": many(11)}]}, 40058),
        (MULTIPLE | {"select_list": [SELECT | {"option_list": [OPTION, OPTION]}]}, 40058),
        (MULTIPLE | {"select_list": [SELECT | {"option_list": [{"id": "字" * 43, "text": "x"}]}]}, 40058),
        (MULTIPLE | {"select_list": [SELECT | {"question_key": ""}]}, 40058),
        (VOTE | {"checkbox": {"question_key": "q", "option_list": many(21), "mode": 1}}, 40058),
        (NOTICE | {"jump_list": [{"type": 1}] * 4}, 40058),
        (NOTICE | {"jump_list": [{"type": 1, "title": "x"}]}, 40058),
        (NOTICE | {"jump_list": [{"type": 3, "title": "x", "question": "x"}]}, 40058),
        (NOTICE | {"card_action": {"type": 1}}, 42045),
        (NOTICE | {"card_action": {"type": 2}}, 42045),
        (NOTICE | {"action_menu": MENU}, 42014),
        (NOTICE | {"task_id": "t", "action_menu": {"desc": "x", "action_list": []}}, 40058),
        (NOTICE | {"task_id": "t", "action_menu": {"action_list": [{"text": "x", "key": "k"}] * 2}}, 42017),
        (NOTICE | {"card_type": "news_notice"}, 40058),
        (NOTICE | {"card_type": "news_notice", "card_image": {"url": "https://x", "aspect_ratio": 2.3}}, 40058),
        (GOOD | {"button_list": [{"key": "k"}]}, 40058),
        (GOOD | {"button_list": [BUTTON | {"style": 5}]}, 40058),
        (GOOD | {"card_action": {"type": 3}}, 42045),
        (GOOD | {"horizontal_content_list": [{"keyname": "x", "type": 3}]}, 40058),
        (MULTIPLE | {"select_list": [SELECT, SELECT]}, 40058),
        (MULTIPLE | {"select_list": [SELECT | {"option_list": [{"id": "1"}]}]}, 40058),
        (VOTE | {"checkbox": {"question_key": "q", "option_list": [OPTION], "mode": 2}}, 40058),
    ],
)
def test_bad_cards_are_refused_with_the_platforms_code(card: Any, code: int) -> None:
    with pytest.raises(CardRefused) as raised:
        check_card(card, "app")
    assert raised.value.code == code


def test_a_robots_buttons_open_nothing() -> None:
    with pytest.raises(CardRefused):
        check_card(GOOD | {"button_list": [{"type": 1, "text": "x", "url": "https://x"}]}, "aibot")
    with pytest.raises(CardRefused):
        check_card(GOOD | {"horizontal_content_list": [{"keyname": "x", "type": 2, "media_id": "m"}]}, "aibot")
    check_card(NOTICE | {"jump_list": [{"type": 3, "title": "问一句", "question": "本周拜访"}]}, "aibot")


class Caller:
    """Somebody who talks to the emulator without our client."""

    def __init__(self, desk: Desk, session: aiohttp.ClientSession) -> None:
        self._base = desk.emulator.url
        self._secret = desk.emulator.app.secret
        self._corp = desk.settings.corp_id
        self._session = session

    async def token(self) -> str:
        return str((await self.get("gettoken", corpid=self._corp, corpsecret=self._secret))["access_token"])

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        async with self._session.get(f"{self._base}/cgi-bin/{path}", params=query) as answer:
            assert answer.status == 200, "errors come with 200 too"
            found: dict[str, Any] = await answer.json()
            return found

    async def post(self, path: str, body: Any, **query: str) -> dict[str, Any]:
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        async with self._session.post(f"{self._base}/cgi-bin/{path}", params=query, data=raw) as answer:
            found: dict[str, Any] = await answer.json()
            return found

    async def sends(self, kind: str, payload: Any, **more: Any) -> dict[str, Any]:
        body = {"touser": "lilei", "agentid": 1000002, "msgtype": kind, kind: payload} | more
        return await self.post("message/send", body, access_token=await self.token())


@pytest.fixture
async def caller(desk: Desk) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(desk, session)


@pytest.mark.parametrize(
    ("kind", "payload", "more", "code"),
    [
        ("text", {"content": "x"}, {"touser": ""}, 82001),
        ("text", {"content": "x"}, {"touser": "nobody"}, 81013),
        ("text", {"content": "x"}, {"agentid": 1}, 301002),
        ("text", {"content": ""}, {}, 44004),
        ("poem", {"content": "x"}, {}, 40008),
        ("image", {"media_id": "none"}, {}, 40007),
    ],
)
async def test_sending_is_checked(caller: Caller, kind: str, payload: Any, more: dict[str, Any], code: int) -> None:
    assert (await caller.sends(kind, payload, **more))["errcode"] == code


async def test_part_of_the_receivers_is_enough_and_the_others_come_back_in_lower_case(
    caller: Caller, desk: Desk
) -> None:
    desk.emulator.user("Han", "韩梅", licensed=False)
    answer = await caller.sends("text", {"content": "x"}, touser="LiLei|NoBody|Han")
    assert (answer["errcode"], answer["invaliduser"], answer["unlicenseduser"]) == (0, "nobody", "han")
    assert len(desk.emulator.inbox("lilei")) == 1 and desk.emulator.inbox("han") == []


async def test_text_is_cut_by_bytes_without_a_word(caller: Caller, desk: Desk) -> None:
    assert (await caller.sends("text", {"content": "字" * 700}))["errcode"] == 0
    assert len(desk.emulator.inbox("lilei")[0].text) == 682


async def test_duplicate_check_takes_and_hides_the_same_json(caller: Caller, desk: Desk) -> None:
    for seconds, shown in ((0, 1), (1799, 1), (1, 2)):
        await desk.forward(seconds=seconds)
        answer = await caller.sends("text", {"content": "x"}, enable_duplicate_check=1)
        assert answer["errcode"] == 0 and answer["msgid"] and len(desk.emulator.inbox("lilei")) == shown


async def test_task_id_works_once(caller: Caller) -> None:
    assert (await caller.sends("template_card", GOOD))["response_code"]
    assert (await caller.sends("template_card", GOOD))["errcode"] == 42014


async def test_notice_has_no_code_to_change_it(caller: Caller) -> None:
    assert "response_code" not in await caller.sends("template_card", NOTICE)


async def test_escapes_in_place_of_utf8_are_refused(caller: Caller) -> None:
    token = await caller.token()
    assert (await caller.post("message/send", b'{"touser":"\\u4f60"}', access_token=token))["errcode"] == 40033
    assert (await caller.post("message/send", b"{", access_token=token))["errcode"] == 47001


async def test_tokens(caller: Caller, desk: Desk) -> None:
    assert (await caller.get("user/get", userid="lilei"))["errcode"] == 41001
    assert (await caller.get("user/get", access_token="x", userid="lilei"))["errcode"] == 40014
    token = await caller.token()
    assert (await caller.get("user/get", access_token=token, userid="LILEI"))["name"] == "李雷"
    assert (await caller.get("user/get", access_token=token, userid="x"))["errcode"] == 60111
    await desk.forward(seconds=7200)
    assert (await caller.get("user/get", access_token=token, userid="lilei"))["errcode"] == 42001
    assert (await caller.get("gettoken", corpid="x"))["errcode"] == 40013
    assert (await caller.get("gettoken", corpid=desk.settings.corp_id, corpsecret="x"))["errcode"] == 40001


async def test_caption_on_the_buttons_greys_them_and_a_recalled_message_is_gone(caller: Caller, desk: Desk) -> None:
    sent = await caller.sends("template_card", GOOD)
    (card,) = desk.emulator.inbox("lilei")
    body = {
        "userids": ["lilei", "wang"],
        "agentid": 1000002,
        "response_code": sent["response_code"],
        "button": {"replace_name": "已处理"},
    }
    answer = await caller.post("message/update_template_card", body, access_token=await caller.token())
    assert answer["invaliduser"] == ["wang"] and card.buttons == []
    with pytest.raises(AssertionError):
        await desk.emulator.presses("lilei", card, "好")
    await caller.post("message/recall", {"msgid": sent["msgid"]}, access_token=await caller.token())
    assert desk.emulator.inbox("lilei") == []


async def test_client_chooses_the_first_option_by_itself(caller: Caller, desk: Desk) -> None:
    """The reason for our blank option."""
    await caller.sends(
        "template_card",
        GOOD
        | {"button_selection": SELECT | {"option_list": many(3)}, "button_list": [BUTTON | {"key": '0s{"a":"x"}'}]},
    )
    await desk.emulator.presses("lilei", desk.emulator.inbox("lilei")[0], "好")
    assert desk.last.press is not None and list(desk.last.press.answers.values()) == ["0"]


async def test_part_of_a_file(caller: Caller, desk: Desk) -> None:
    media = desk.emulator.tenant.keep(b"0123456789", "a.bin", "file")
    query = {"access_token": await caller.token(), "media_id": media}
    async with aiohttp.ClientSession() as session:
        url = f"{desk.emulator.url}/cgi-bin/media/get"
        async with session.get(url, params=query, headers={"Range": "bytes=2-4"}) as answer:
            assert (answer.status, await answer.read()) == (206, b"234")


async def test_callback_is_tried_three_times_with_new_seals(desk: Desk) -> None:
    desk.emulator.app.token = "another"
    outcome = await desk.emulator.says("lilei", "x")
    assert outcome.statuses == [401, 401, 401] and not outcome.accepted


async def test_robot_that_is_not_subscribed_gets_nothing(robot: Desk) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(robot.emulator.socket_url) as socket:
        await socket.send_json({"cmd": "ping", "headers": {"req_id": "ping_1"}})
        assert await socket.receive_json() == {
            "headers": {"req_id": "ping_1"},
            "errcode": 846609,
            "errmsg": "aibot websocket not subscribed",
        }


async def test_silent_robot_is_cut_off_after_ninety_seconds(robot: Desk) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(robot.emulator.socket_url) as socket:
        await robot.forward(seconds=91)
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_page_shows_the_chat_and_presses_buttons(desk: Desk, caller: Caller) -> None:
    await caller.sends(
        "template_card", GOOD | {"button_selection": SELECT, "button_list": [BUTTON | {"key": '0s{"a":"x"}'}]}
    )
    async with aiohttp.ClientSession(desk.emulator.url) as session:
        async with session.get("/") as answer:
            assert "/emulator/static/page.js" in await answer.text()
        async with session.get("/emulator/state", params={"user": "lilei"}) as answer:
            (shown,) = (await answer.json())["messages"]
        card = shown["card"]
        assert (card["buttons"], card["selectors"][0]["option_list"][0]["text"]) == (["好"], "一")
        pressed = {"user": "lilei", "message": shown["id"], "label": "好", "answers": {"q": ["1"]}}
        for path, body in (
            ("say", {"user": "lilei", "text": "你好"}),
            ("enter", {"user": "lilei"}),
            ("press", pressed),
        ):
            async with session.post(f"/emulator/{path}", json=body) as answer:
                assert await answer.json() == {"notice": "", "url": ""}
    await until(lambda: len(desk.inbox) == 3)
    assert [str(one.kind) for one in desk.inbox] == ["text", "entered", "press"]
