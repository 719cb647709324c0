"""The emulator refuses what Feishu refuses; otherwise everything tested against it would prove nothing."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.clock import VirtualClock
from bot.errors import MediaRefused
from bot.platforms.base import CardBody, MediaRef, Outgoing
from bot.platforms.feishu import FeishuPlatform
from bot.platforms.http import Http
from cards.model import Button, Card, Input, InputKind, Option
from tests.emulators.feishu import ClientRefused, FeishuEmulator
from tests.emulators.feishu.answers import Refusal
from tests.emulators.feishu.card_schema import check_card
from tests.platforms.feishu.support import Inbox, listening, to

TEXT = {"tag": "plain_text", "content": "x"}
SUBMIT = {"tag": "button", "name": "b", "text": TEXT, "form_action_type": "submit", "behaviors": []}
OPTIONS = [{"text": TEXT, "value": "a"}, {"text": TEXT, "value": "b"}]


def card(*elements: Any, **top: Any) -> dict[str, Any]:
    header = {"title": TEXT, "template": "blue"}
    return {
        "schema": "2.0",
        "config": {"update_multi": True},
        "header": header,
        "body": {"elements": list(elements)},
    } | top


TAG = {"tag": "text_tag", "text": TEXT}


def nested(depth: int) -> dict[str, Any]:
    """Columns within columns."""
    inner: dict[str, Any] = {"tag": "div", "text": TEXT}
    for _ in range(depth):
        inner = {"tag": "column_set", "columns": [{"tag": "column", "elements": [inner]}]}
    return inner


def form(*elements: Any) -> dict[str, Any]:
    return {"tag": "form", "name": "f", "elements": list(elements)}


def table(rows: int = 0) -> dict[str, Any]:
    columns = [{"name": "c", "display_name": "C", "data_type": "text"}]
    return {"tag": "table", "columns": columns, "rows": [{"c": "x"}] * rows}


def test_a_plain_card_is_taken() -> None:
    fields = {"tag": "select_static", "name": "s", "options": OPTIONS, "initial_option": "a"}
    assert check_card(json.dumps(card({"tag": "div", "text": TEXT}, form(fields, SUBMIT), table(2))))


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (card({"tag": "note", "elements": []}), 200861),
        (card({"tag": "action", "actions": []}), 200861),
        (card({"tag": "div", "text": TEXT, "colour": "red"}), 200621),
        (card(schema="1.0"), 200621),
        (card(extra=1), 200621),
        (card(config={"update_multi": False}), 0),
        (card(header={"title": TEXT, "template": "pink"}), 200550),
        (card(*[{"tag": "div", "text": TEXT}] * 101), 11310),
        (card(*[table() for _ in range(6)]), 11310),
        (card({"tag": "column_set", "columns": [{"tag": "column", "elements": [table()]}]}), 11310),
        (card({**table(), "rows": [{"d": "x"}]}), 200915),
        (card({**table(), "page_size": 11}), 200914),
        (card(form({"tag": "input", "name": "i"})), 200621),
        (card(form({"tag": "input"}, SUBMIT)), 200530),
        (card(form({"tag": "input", "name": "b"}, SUBMIT)), 200621),
        (card(form({"tag": "input", "name": "i", "max_length": 1001}, SUBMIT)), 200621),
        (card(form({"tag": "input", "name": "i", "max_length": 1, "default_value": "ab"}, SUBMIT)), 200621),
        (card({"tag": "input", "name": "i", "required": True}), 200621),
        (card({"tag": "multi_select_static", "name": "m", "options": OPTIONS}), 200621),
        (card(form({"tag": "select_static", "name": "s", "options": OPTIONS * 2}, SUBMIT)), 200621),
        (card(form({"tag": "select_static", "name": "s", "options": OPTIONS, "initial_option": "c"}, SUBMIT)), 200621),
        (card(form({"tag": "date_picker", "name": "d", "initial_date": "tomorrow"}, SUBMIT)), 200621),
        (card({"tag": "column_set", "columns": [{"tag": "column", "elements": [form(SUBMIT)]}]}), 200621),
        (card({"tag": "img", "img_key": "", "alt": TEXT}), 200570),
        (card({"tag": "button", "text": TEXT, "behaviors": [{"type": "callback", "value": "a string"}]}), 200621),
        (card({"tag": "button", "text": TEXT, "confirm": {"text": TEXT}}), 200621),
        (card({"tag": "button", "text": TEXT, "type": "huge"}), 200621),
        (card({"tag": "button", "text": TEXT, "behaviors": [{"type": "callback", "value": {}, "url": "x"}]}), 200621),
        (card({"tag": "button", "text": TEXT, "behaviors": [{"type": "call"}]}), 200621),
        (card({"tag": "button", "text": TEXT, "confirm": {"title": TEXT, "body": TEXT}}), 200621),
        (card(header={"title": TEXT, "colour": "blue"}), 200621),
        (card(header={"title": {"tag": "markdown", "content": "x"}}), 200621),
        (card(header={"title": TEXT, "text_tag_list": [TAG] * 4}), 200621),
        (card({"tag": "div", "text": {"tag": "markdown", "content": "x"}}), 200621),
        (card({"tag": "div", "text": TEXT, "element_id": "1st"}), 200621),
        (
            card({"tag": "div", "text": TEXT, "element_id": "a"}, {"tag": "div", "text": TEXT, "element_id": "a"}),
            200621,
        ),
        (card(nested(6)), 200621),
        (card(body={"elements": [], "colour": "red"}), 200621),
        (card(form({"tag": "select_static", "name": "s", "options": [{"label": "x", "value": "a"}]}, SUBMIT)), 200621),
        (card(form({"tag": "input", "name": "i", "input_type": "number"}, SUBMIT)), 200621),
        (card(form({**SUBMIT, "name": "other", "form_action_type": "send"}, SUBMIT)), 200621),
        (card({"tag": "date_picker", "name": "d"}), 200621),
    ],
)
def test_cards_that_are_refused(bad: dict[str, Any], code: int) -> None:
    with pytest.raises(Refusal) as caught:
        check_card(json.dumps(bad))
    assert (f"ErrCode: {code};" in caught.value.message) if code else caught.value.code == 230001


def test_five_containers_within_each_other_are_taken() -> None:
    assert check_card(json.dumps(card(nested(5))))


async def _post(feishu: FeishuEmulator, http: Http, content: Any, kind: str = "post", more: Any = None) -> int:
    body = {"receive_id": feishu.person("李雷"), "msg_type": kind, "content": json.dumps(content), **(more or {})}
    bearer = {"Authorization": f"Bearer {(await _token(feishu, http))[0]}"}
    url = f"{feishu.url}/open-apis/im/v1/messages"
    return int(
        (await http.call("POST", url, headers=bearer, params={"receive_id_type": "open_id"}, json=body)).json()["code"]
    )


@pytest.mark.parametrize(
    ("post", "code"),
    [
        ({"zh_cn": {"title": "周报", "content": [[{"tag": "md", "text": "**18** 次"}]]}}, 0),
        ({"title": "周报", "content": [[{"tag": "md", "text": "x"}]]}, 230001),
        ({"zh_cn": {"title": "周报", "content": [{"tag": "md", "text": "x"}]}}, 230001),
        ({"zh_cn": {"title": "周报", "content": [[{"tag": "marquee", "text": "x"}]]}}, 230001),
        ({"zh_cn": {"title": "周报", "content": [[{"tag": "md", "text": "x"}, {"tag": "text", "text": "y"}]]}}, 230001),
        ({"zh_cn": {"title": "周报", "content": [[{"tag": "md", "text": "x" * 30 * 1024}]]}}, 230025),
    ],
)
async def test_rich_text_has_a_language_and_paragraphs(
    feishu: FeishuEmulator, http: Http, post: dict[str, Any], code: int
) -> None:
    assert await _post(feishu, http, post) == code


@pytest.mark.parametrize(
    ("text", "more", "code"),
    [
        ("x" * 149 * 1024, {}, 0),
        ("x" * 150 * 1024, {}, 230025),
        ("x", {"uuid": "u" * 50}, 0),
        ("x", {"uuid": "u" * 51}, 230001),
        ("x", {"content": {"text": "no JSON string"}}, 230001),
        ("x", {"msg_type": "hologram"}, 230054),
    ],
)
async def test_what_a_text_may_be(
    feishu: FeishuEmulator, http: Http, text: str, more: dict[str, Any], code: int
) -> None:
    assert await _post(feishu, http, {"text": text}, "text", more) == code


async def test_an_app_without_a_key_is_pushed_to_in_the_clear_and_never_redirected(feishu: FeishuEmulator) -> None:
    """Feishu takes no 3xx for an answer."""
    seen: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.StreamResponse:
        seen.append({"signed": "X-Lark-Signature" in request.headers, **await request.json()})
        raise web.HTTPFound("/elsewhere") if request.path == "/moved" else web.HTTPOk()

    app = web.Application()
    app.add_routes([web.post(path, take) for path in ("/here", "/moved", "/elsewhere")])
    feishu.world.app.encrypt_key = ""
    async with TestServer(app) as server:
        outcomes = []
        for path in ("/here", "/moved"):
            feishu.world.app.callback_url = str(server.make_url(path))
            outcomes.append(await feishu.delivery.event("im.message.message_read_v1", {}))
    assert outcomes == [True, False]
    assert [(one["signed"], one["header"]["event_type"]) for one in seen] == [(False, "im.message.message_read_v1")] * 2


async def test_media_of_a_chat_the_bot_is_not_in(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    rep = feishu.person("李雷")
    group = await feishu.group("一组", [rep])
    photo = await feishu.sends_photo(rep, b"\xff\xd8\xff", chat=group)
    feishu.world.chats[group].bot_in = False
    (key,) = [blob.key for blob in feishu.world.blobs.values() if blob.message == photo]
    ref = MediaRef(key, "photo", context={"message_id": photo, "type": "image"})
    with pytest.raises(MediaRefused, match="不在那个会话里"):
        await platform.client.fetch(ref)


def test_a_card_over_thirty_kilobytes() -> None:
    with pytest.raises(Refusal) as caught:
        check_card(json.dumps(card({"tag": "markdown", "content": "x" * 30 * 1024})))
    assert caught.value.code == 230025


async def _token(feishu: FeishuEmulator, http: Http) -> tuple[str, int]:
    secret = {"app_id": feishu.world.app.app_id, "app_secret": feishu.world.app.secret}
    answer = (
        await http.call("POST", f"{feishu.url}/open-apis/auth/v3/tenant_access_token/internal", json=secret)
    ).json()
    return answer["tenant_access_token"], answer["expire"]


async def test_a_token_is_the_same_until_half_an_hour_before_its_end(
    feishu: FeishuEmulator, http: Http, clock: VirtualClock
) -> None:
    first = await _token(feishu, http)
    clock.move_to(clock.now() + timedelta(minutes=90))
    assert await _token(feishu, http) == (first[0], 1800)
    clock.move_to(clock.now() + timedelta(seconds=1))
    second, life = await _token(feishu, http)
    assert (second != first[0], life) == (True, 7200)


@pytest.mark.parametrize(("bearer", "code"), [("", 99991661), ("Bearer x", 99991671), ("Bearer t-unknown", 99991663)])
async def test_calls_without_a_good_token(feishu: FeishuEmulator, http: Http, bearer: str, code: int) -> None:
    reply = await http.call("GET", f"{feishu.url}/open-apis/bot/v3/info", headers={"Authorization": bearer})
    assert (reply.status, reply.json()["code"]) == (400, code)


CARD = Card(
    title="客户推进",
    blocks=(
        Input(
            name="obstacle",
            label="阻碍因素",
            kind=InputKind.CHOICE,
            required=True,
            options=(Option(value="p", label="压价"),),
        ),
        Input(name="note", label="备注", kind=InputKind.TEXT, max_length=5),
    ),
    buttons=(Button(label="确认", action={"a": "x"}, submits=True), Button(label="打开", url="https://e.cn")),
)


async def _card(feishu: FeishuEmulator, platform: FeishuPlatform) -> tuple[str, str]:
    person = feishu.person("李雷")
    return person, (await platform.client.send(Outgoing("k", to(person), CardBody(CARD, "c")))).message_id


@pytest.mark.parametrize(
    ("label", "answers", "why"),
    [
        ("确认", {}, "required"),
        ("确认", {"阻碍因素": "没有的"}, "none of the options"),
        ("确认", {"阻碍因素": "压价", "备注": "六个字太长了"}, "longer"),
        ("确认", {"别的": "x"}, "no field"),
        ("取消", {}, "no button"),
    ],
)
async def test_the_client_itself_refuses(
    feishu: FeishuEmulator, platform: FeishuPlatform, label: str, answers: dict[str, str], why: str
) -> None:
    person, message = await _card(feishu, platform)
    with pytest.raises(ClientRefused, match=why):
        await feishu.presses(person, message, label, answers)


async def test_a_link_calls_nobody_and_an_old_card_is_dead(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    person, message = await _card(feishu, platform)
    assert (await feishu.presses(person, message, "打开")).error == 0
    feishu.age(message, timedelta(days=15))
    assert (await feishu.presses(person, message, "确认", {"obstacle": "p"})).error == 200080


async def test_nobody_connected_is_an_error_the_person_sees(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    person, message = await _card(feishu, platform)
    assert (await feishu.presses(person, message, "确认", {"obstacle": "p"})).error == 200341


async def test_a_press_that_takes_more_than_three_seconds(
    feishu: FeishuEmulator, platform: FeishuPlatform, clock: VirtualClock
) -> None:
    person, message = await _card(feishu, platform)
    inbox = Inbox()
    inbox.gate = asyncio.Event()
    async with listening(platform, feishu, inbox):
        pressing = asyncio.create_task(feishu.presses(person, message, "确认", {"obstacle": "p"}))
        while not clock._waiting:  # noqa: ASYNC110 - the press is on its way over the loopback
            await asyncio.sleep(0)
        while not pressing.done():
            clock.move_to(clock.now() + timedelta(seconds=3))
            await asyncio.sleep(0)
        inbox.gate.set()
    assert pressing.result().error == 200341


async def test_a_card_token_works_twice_within_half_an_hour_and_after_the_answer(
    feishu: FeishuEmulator, platform: FeishuPlatform, http: Http, clock: VirtualClock
) -> None:
    person, message = await _card(feishu, platform)
    async with listening(platform, feishu, Inbox()):
        first = await feishu.presses(person, message, "确认", {"obstacle": "p"})
        second = await feishu.presses(person, message, "确认", {"obstacle": "p"})
    bearer = {"Authorization": f"Bearer {(await _token(feishu, http))[0]}"}

    async def update(token: str) -> int:
        asked = {"token": token, "card": card({"tag": "div", "text": TEXT})}
        reply = await http.call(
            "POST", f"{feishu.url}/open-apis/interactive/v1/card/update", headers=bearer, json=asked
        )
        return int(reply.json()["code"])

    assert [await update(first.token) for _ in range(3)] == [0, 0, 300040]
    assert await update("c-guess") == 300020
    clock.move_to(clock.now() + timedelta(minutes=30))
    assert await update(second.token) == 300030


async def test_the_fifty_first_connection_is_refused(feishu: FeishuEmulator, http: Http) -> None:
    secret = {"AppID": feishu.world.app.app_id, "AppSecret": feishu.world.app.secret}
    sockets = []
    for number in range(51):
        url = (await http.call("POST", f"{feishu.url}/callback/ws/endpoint", json=secret)).json()["data"]["URL"]
        if number < 50:
            sockets.append(await http.session.ws_connect(url))
            continue
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await http.session.ws_connect(url)
        assert caught.value.headers is not None
        assert caught.value.headers["Handshake-Autherrcode"] == "1000040350"
    for socket in sockets:
        await socket.close()


async def test_the_page_shows_a_chat(feishu: FeishuEmulator, platform: FeishuPlatform, http: Http) -> None:
    person, message = await _card(feishu, platform)
    assert b"<!doctype html>" in (await http.call("GET", feishu.url)).body
    state = (await http.call("GET", f"{feishu.url}/emulator/state", params={"user": person})).json()
    assert (state["people"][0]["name"], state["messages"][0]["card"]["schema"]) == ("李雷", "2.0")
    async with listening(platform, feishu, Inbox()):
        await http.call("POST", f"{feishu.url}/emulator/say", json={"user": person, "text": "你好"})
        asked = {"user": person, "message": message, "label": "确认", "answers": {}}
        refused = (await http.call("POST", f"{feishu.url}/emulator/press", json=asked)).json()
    assert "required" in refused["notice"]
    assert [seen.text.partition("\n")[0] for seen in feishu.inbox(person)] == ["客户推进", "你好"]
