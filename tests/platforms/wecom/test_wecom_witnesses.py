"""Two strangers to this code agree with it: wechatpy on callbacks, WeCom's own robot client on the long connection."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from wechatpy.enterprise import parse_message
from wechatpy.enterprise.crypto import WeChatCrypto

from bot.platforms.base import Kind
from cards.model import Button, Card
from tests.emulators.wecom.callbacks import envelope, xml
from tests.platforms.wecom.desk import Desk, Open, until

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports the legacy client of websockets
    import aibot
    import aibot.ws

CARD = {
    "card_type": "button_interaction",
    "main_title": {"title": "支持请求"},
    "button_list": [{"text": "已协调", "style": 1, "key": '0p{"a":"x"}'}],
    "task_id": "ck@1",
}


def wechatpy(desk: Desk) -> WeChatCrypto:
    target = desk.emulator.app_line.target
    return WeChatCrypto(target.token, target.aes_key, target.receiver)


@pytest.mark.parametrize(
    ("fields", "kind", "attribute", "value"),
    [
        ({"MsgType": "text", "Content": "宏达机械已报价"}, "text", "content", "宏达机械已报价"),
        ({"MsgType": "voice", "MediaId": "M1", "Format": "amr"}, "voice", "media_id", "M1"),
        ({"MsgType": "image", "MediaId": "M2", "PicUrl": "https://x"}, "image", "media_id", "M2"),
        ({"MsgType": "event", "Event": "enter_agent", "EventKey": ""}, "event", "event", "enter_agent"),
        ({"MsgType": "event", "Event": "click", "EventKey": "/day"}, "event", "key", "/day"),
    ],
)
async def test_wechatpy_reads_what_the_emulator_sends(
    desk: Desk, fields: dict[str, Any], kind: str, attribute: str, value: str
) -> None:
    target = desk.emulator.app_line.target
    plain = xml(
        {"ToUserName": target.receiver, "FromUserName": "lilei", "CreateTime": 1, "MsgId": 7, "AgentID": 2} | fields
    )
    query, cipher = desk.emulator.callbacks.seal(target, plain)
    opened = wechatpy(desk).decrypt_message(
        envelope(target, cipher), query["msg_signature"], query["timestamp"], query["nonce"]
    )
    message = parse_message(opened)
    assert (
        opened == plain and (message.type, message.source) == (kind, "lilei") and getattr(message, attribute) == value
    )


async def test_our_callback_takes_what_wechatpy_seals(desk: Desk) -> None:
    now = str(int(desk.clock.now().timestamp()))
    plain = xml({"FromUserName": "lilei", "CreateTime": 1, "MsgType": "text", "Content": "来自 wechatpy", "MsgId": 7})
    sealed = wechatpy(desk).encrypt_message(plain, "nonce", now)
    signature = sealed.partition("<MsgSignature><![CDATA[")[2].partition("]]>")[0]
    query = {"msg_signature": signature, "timestamp": now, "nonce": "nonce"}
    async with aiohttp.ClientSession() as session, session.post(desk.url, params=query, data=sealed.encode()) as answer:
        assert answer.status == 200
    assert desk.last.text == "来自 wechatpy"


class Witness:
    """The official client, connected to the emulator, and what it heard."""

    def __init__(self, desk: Desk) -> None:
        bot = desk.emulator.bot
        options = aibot.WSClientOptions(
            bot_id=bot.id, secret=bot.secret, ws_url=desk.emulator.socket_url, heartbeat_interval=5, logger=Quiet()
        )
        self.client = aibot.WSClient(options)
        self.heard: dict[str, list[Any]] = {}
        for event in (
            "authenticated",
            "error",
            "message.text",
            "message.image",
            "message.file",
            "message.voice",
            "event.enter_chat",
        ):
            self.client.on(
                event, lambda *frame, event=event: self.heard.setdefault(event, []).append(frame[0] if frame else None)
            )
        self.client.on("event.template_card_event", lambda frame: self.heard.setdefault("press", []).append(frame))

    async def hears(self, event: str) -> Any:
        await until(lambda: event in self.heard)
        return self.heard[event][-1]


class Quiet:
    """Its logger writes to the console otherwise."""

    def debug(self, *words: Any) -> None: ...

    info = warn = warning = error = debug


@pytest.fixture
async def witness(open_desk: Open, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Desk, Witness]]:
    # It insists on TLS with its own bundle of authorities; without a context it speaks to loopback.
    monkeypatch.setattr(aibot.ws, "_SSL_CONTEXT", None)
    desk = await open_desk("aibot")
    made = Witness(desk)
    await made.client.connect()
    await made.hears("authenticated")
    yield desk, made
    made.client.disconnect()
    await asyncio.gather(*(task for task in (made.client._ws_manager._receive_task,) if task), return_exceptions=True)


async def test_official_client_hears_everything(witness: tuple[Desk, Witness]) -> None:
    desk, client = witness
    await desk.emulator.says("lilei", "你好")
    assert (await client.hears("message.text"))["body"]["text"]["content"] == "你好"
    await desk.emulator.sends_voice("lilei", words="今天拜访了宏达")
    assert (await client.hears("message.voice"))["body"]["voice"]["content"] == "今天拜访了宏达"
    await desk.emulator.enters("lilei")
    assert (await client.hears("event.enter_chat"))["body"]["from"]["userid"] == "lilei"


async def test_official_client_decrypts_the_emulators_media(witness: tuple[Desk, Witness]) -> None:
    desk, client = witness
    await desk.emulator.sends_file("lilei", b"%PDF-1.7 quote", "quote.pdf")
    media = (await client.hears("message.file"))["body"]["file"]
    assert await client.client.download_file(media["url"], media["aeskey"]) == (b"%PDF-1.7 quote", "quote.pdf")


async def test_official_client_answers_streams_and_pushes(witness: tuple[Desk, Witness]) -> None:
    desk, client = witness
    await desk.emulator.says("lilei", "你好")
    frame = await client.hears("message.text")
    await client.client.reply_stream(frame, "s1", "正在想", False)
    await client.client.reply_stream(frame, "s1", "想好了", True)
    await client.client.send_message("lilei", {"msgtype": "markdown", "markdown": {"content": "推送"}})
    assert [one.text for one in desk.emulator.inbox("lilei")] == ["想好了", "推送"]
    with pytest.raises(RuntimeError, match="846608"):
        await client.client.reply_stream(frame, "s1", "再想想", True)


async def test_official_client_changes_a_pressed_card(witness: tuple[Desk, Witness]) -> None:
    desk, client = witness
    await desk.emulator.says("lilei", "你好")
    await client.client.send_message("lilei", {"msgtype": "template_card", "template_card": CARD})
    (card,) = desk.emulator.inbox("lilei")
    await desk.emulator.presses("lilei", card, "已协调")
    await client.client.update_template_card(await client.hears("press"), CARD | {"main_title": {"title": "已协调"}})
    assert card.text == "已协调"


async def test_official_client_is_refused_with_a_wrong_secret(open_desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aibot.ws, "_SSL_CONTEXT", None)
    desk = await open_desk("aibot")
    client = Witness(desk)
    desk.emulator.bot.secret = "changed"
    await client.client.connect()
    assert "40001" in str(await client.hears("error"))
    client.client.disconnect()
    await asyncio.gather(*(task for task in (client.client._ws_manager._receive_task,) if task), return_exceptions=True)


def shape(frame: Any) -> Any:
    """Names and types, without values."""
    if isinstance(frame, dict):
        return {name: shape(value) for name, value in frame.items()}
    return type(frame).__name__


async def test_our_frames_have_the_shape_of_the_official_ones(witness: tuple[Desk, Witness], open_desk: Open) -> None:
    desk, client = witness
    theirs = desk.emulator.sockets.frames
    await desk.emulator.says("lilei", "你好")
    await client.client.send_message("lilei", {"chat_type": 1, "msgtype": "template_card", "template_card": CARD})
    await desk.emulator.presses("lilei", desk.emulator.inbox("lilei")[0], "已协调")
    await client.client.update_template_card(await client.hears("press"), CARD)
    await until(lambda: any(frame["cmd"] == "ping" for frame in theirs))

    robot = await open_desk("aibot")
    ours = robot.emulator.sockets.frames
    await robot.listen()
    await robot.emulator.says("lilei", "你好")
    card = Card(title="支持请求", buttons=(Button(label="已协调", action={"a": "x"}),))
    receipt = await robot.shows(card)
    await robot.emulator.presses("lilei", robot.emulator.inbox("lilei")[0], "已协调")
    await until(lambda: len(robot.inbox) == 2)
    assert robot.last.kind is Kind.PRESS and robot.last.press is not None
    await robot.changes(card, receipt, reply_token=robot.last.press.reply_token)
    await robot.forward(seconds=30)
    await until(lambda: any(frame["cmd"] == "ping" for frame in ours))

    for cmd in ("aibot_subscribe", "aibot_send_msg", "aibot_respond_update_msg", "ping"):
        official, own = (next(frame for frame in frames if frame["cmd"] == cmd) for frames in (theirs, ours))
        for frame in (official, own):
            if isinstance(card_of := frame.get("body", {}).get("template_card"), dict):
                card_of.clear()  # whose card it is does not matter, only how it travels
        assert shape(own) == shape(official), cmd
        assert own["headers"]["req_id"].startswith(cmd) or cmd == "aibot_respond_update_msg"
