"""The emulator's quotas, menus and passive replies, as the reference has them: nothing of ours takes part."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.emulators.wecom import crypt
from tests.emulators.wecom.callbacks import xml
from tests.platforms.wecom.desk import Desk, Open
from tests.platforms.wecom.test_wecom_emulator import GOOD, MENU, NOTICE, Caller, caller

__all__ = ["caller"]

Handler = Callable[[web.Request], Awaitable[web.Response]]


@asynccontextmanager
async def served(desk: Desk, handler: Handler) -> AsyncIterator[None]:
    """Somebody else's callback in place of ours."""
    app = web.Application()
    app.router.add_route("*", "/cb", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    desk.emulator.calls_at(f"http://127.0.0.1:{runner.addresses[0][1]}/cb")
    try:
        yield
    finally:
        await runner.cleanup()


def sealed(desk: Desk, fields: dict[str, Any]) -> web.Response:
    app = desk.emulator.app
    inner = xml({"ToUserName": "lilei", "FromUserName": desk.settings.corp_id, "CreateTime": 1} | fields)
    cipher = crypt.encrypt(inner, app.aes_key, desk.settings.corp_id)
    signature = crypt.sign(app.token, "1", "n", cipher)
    body = {"Encrypt": cipher, "MsgSignature": signature, "TimeStamp": 1, "Nonce": "n"}
    return web.Response(text=xml(body))


async def test_passive_reply_in_words(desk: Desk) -> None:
    async def answer(request: web.Request) -> web.Response:
        return sealed(desk, {"MsgType": "text", "Content": "字" * 800})

    async with served(desk, answer):
        await desk.emulator.says("lilei", "你好")
    (seen,) = desk.emulator.inbox("lilei")
    assert len(seen.text.encode()) <= 2048 and seen.text.startswith("字")


@pytest.mark.parametrize(
    ("fields", "words", "buttons"),
    [
        ({"MsgType": "update_button", "Button": {"ReplaceName": "已处理"}}, "t", []),
        (
            {
                "MsgType": "update_template_card",
                "TemplateCard": {
                    "CardType": "button_interaction",
                    "MainTitle": {"Title": "改过了"},
                    "HorizontalContentList": [{"KeyName": "客户", "Value": "宏达"}, {"KeyName": "金额", "Value": "3"}],
                    "ButtonList": {"Text": "好", "Style": 1, "Key": "k"},
                },
            },
            "改过了\n客户：宏达\n金额：3",
            ["好"],
        ),
    ],
)
async def test_passive_reply_changes_the_pressers_copy_only(
    caller: Caller, desk: Desk, fields: dict[str, Any], words: str, buttons: list[str]
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return sealed(desk, fields)

    await caller.sends("template_card", GOOD, touser="lilei|Wang")
    async with served(desk, answer):
        await desk.emulator.presses("lilei", desk.emulator.inbox("lilei")[0], "好")
    mine, other = desk.emulator.inbox("lilei")[0], desk.emulator.inbox("Wang")[0]
    assert (mine.text, mine.buttons) == (words, buttons)
    assert (other.text, other.buttons) == ("t", ["好"])


async def test_console_waits_one_second_for_the_check(desk: Desk) -> None:
    async def slow(request: web.Request) -> web.Response:
        desk.clock.move_to(desk.clock.now() + timedelta(seconds=1))
        await desk.clock.sleep(desk.settings.silence)
        return web.Response()

    async with served(desk, slow):
        assert (await desk.emulator.verify())[0] == 0


async def test_menu_in_the_corner_of_a_notice_calls_back_and_can_be_changed(caller: Caller, desk: Desk) -> None:
    answer = await caller.sends("template_card", NOTICE | {"task_id": "n1", "action_menu": MENU})
    assert answer["response_code"]
    await desk.emulator.app_line.opens_menu("lilei", desk.emulator.inbox("lilei")[0], "不再提醒")
    assert desk.last.press is not None and desk.last.press.action == {"a": "", "key": "mute"}


async def test_days_quota(caller: Caller, desk: Desk) -> None:
    desk.emulator.messages.accounts = 1
    for number in range(100):
        assert (await caller.sends("text", {"content": f"{number}"}, touser="lilei|Wang"))["errcode"] == 0
    assert (await caller.sends("text", {"content": "多"}))["errcode"] == 45009
    await desk.forward(hours=14)
    assert (await caller.sends("text", {"content": "第二天"}))["errcode"] == 0


async def test_refused_request_is_no_repeat_when_it_comes_again(caller: Caller, desk: Desk) -> None:
    desk.emulator.calls_at("")
    assert (await caller.sends("template_card", GOOD, enable_duplicate_check=1))["errcode"] == 40058
    desk.emulator.calls_at(desk.url)
    await caller.sends("template_card", GOOD, enable_duplicate_check=1)
    assert len(desk.emulator.inbox("lilei")) == 1


async def test_recall_within_a_day(caller: Caller, desk: Desk) -> None:
    message = (await caller.sends("text", {"content": "x"}))["msgid"]
    token = await caller.token()
    assert (await caller.post("message/recall", {"msgid": "nothing"}, access_token=token))["errcode"] == 40058
    await desk.forward(hours=25)
    late = await caller.post("message/recall", {"msgid": message}, access_token=await caller.token())
    assert late["errcode"] == 40058 and len(desk.emulator.inbox("lilei")) == 1


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("user/get", {"userid": "LILEI"}, 0),
        ("user/get", {"userid": "nobody"}, 60111),
        ("user/get", {"userid": "Wang"}, 60021),
        ("user/list", {"department_id": "9"}, 60003),
        ("user/simplelist", {"department_id": "1"}, 0),
        ("department/get", {"id": "1"}, 0),
        ("getcallbackip", {}, 0),
        ("ticket/get", {"type": "agent_config"}, 0),
        ("user/getuserinfo", {"code": "used"}, 40029),
    ],
)
async def test_directory_calls(caller: Caller, desk: Desk, path: str, query: dict[str, str], code: int) -> None:
    desk.emulator.tenant.users["wang"].visible = False
    assert (await caller.get(path, access_token=await caller.token(), **query))["errcode"] == code


async def test_all_ids_need_the_contact_sync_secret(caller: Caller) -> None:
    answer = await caller.post("user/list_id", {"limit": 10}, access_token=await caller.token())
    assert answer["errcode"] == 48002


async def test_large_file_only_in_parts(caller: Caller, desk: Desk) -> None:
    media = desk.emulator.tenant.keep(bytes(21 * 1024 * 1024), "a.mp4", "video")
    token = await caller.token()
    assert (await caller.get("media/get", access_token=token, media_id=media))["errcode"] == 830002


async def test_member_of_many_groups_gets_two_hundred_a_minute(caller: Caller, desk: Desk) -> None:
    for name in ("g1", "g2"):
        desk.emulator.group(name, name, ["lilei", "Wang"])
    token = await caller.token()
    for number in range(101):
        for name in ("g1", "g2"):
            body = {"chatid": name, "msgtype": "text", "text": {"content": f"{number}"}}
            assert (await caller.post("appchat/send", body, access_token=token))["errcode"] == 0
    assert desk.emulator.dropped("lilei") == 2


async def test_robots_upload_is_forgotten_after_half_an_hour(open_desk: Open) -> None:
    robot = await open_desk("aibot")
    async with aiohttp.ClientSession() as session, session.ws_connect(robot.emulator.socket_url) as rival:

        async def ask(cmd: str, **body: Any) -> dict[str, Any]:
            await rival.send_json({"cmd": cmd, "headers": {"req_id": cmd}, "body": body})
            found: dict[str, Any] = await rival.receive_json()
            return found

        bot = robot.emulator.bot
        assert (await ask("aibot_subscribe", bot_id=bot.id, secret=bot.secret))["errcode"] == 0
        assert (await ask("aibot_subscribe", bot_id=bot.id, secret=bot.secret))["errcode"] == 45009
        about = {"type": "file", "filename": "a", "total_size": 1, "total_chunks": 1, "md5": "x"}
        upload = (await ask("aibot_upload_media_init", **about))["body"]["upload_id"]
        for _ in range(30):
            await robot.forward(minutes=1)
            assert (await ask("ping"))["errcode"] == 0
        chunk = {"upload_id": upload, "chunk_index": 0, "base64_data": base64.b64encode(b"x").decode()}
        assert (await ask("aibot_upload_media_chunk", **chunk))["errcode"] == 40058
