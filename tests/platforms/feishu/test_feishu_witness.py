"""lark-oapi as the independent witness: it talks to the emulator, and accepts what the emulator pushes."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.base import CardBody, Outgoing
from bot.platforms.feishu import FeishuPlatform
from bot.platforms.feishu.cards import draw
from cards.model import Button, Card, Input, InputKind
from tests.emulators.feishu import FeishuEmulator
from tests.emulators.feishu.webhook import request_of
from tests.platforms.feishu.support import to

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(64)
CARD = Card(
    title="客户推进",
    blocks=(
        Input(name="note", label="备注", kind=InputKind.TEXT),
        Input(name="next", label="下次", kind=InputKind.DATETIME),
    ),
    buttons=(Button(label="确认", action={"a": "x"}, submits=True),),
)


class Witness:
    def __init__(self, process: Process, feishu: FeishuEmulator) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._in, self._out = process.stdin, process.stdout
        self._app = {"app_id": feishu.world.app.app_id, "secret": feishu.world.app.secret, "url": feishu.url}

    def does(self, what: str, **more: Any) -> None:
        self._in.write(json.dumps({"do": what, **self._app, **more}).encode() + b"\n")

    async def says(self) -> dict[str, Any]:
        while line := await self._out.readline():
            if line.startswith(b"WITNESS "):
                answer: dict[str, Any] = json.loads(line.removeprefix(b"WITNESS "))
                return answer
        raise AssertionError("the witness ended")


@pytest.fixture
async def witness(feishu: FeishuEmulator) -> AsyncIterator[Witness]:
    script = Path(__file__).with_name("lark_witness.py")
    process = await asyncio.create_subprocess_exec(sys.executable, str(script), stdin=PIPE, stdout=PIPE)
    yield Witness(process, feishu)
    process.kill()
    await process.communicate()


async def test_the_official_sdk(feishu: FeishuEmulator, platform: FeishuPlatform, witness: Witness) -> None:
    """One process for all of it: importing the SDK takes seconds."""
    feishu.world.limits = False  # the clock stands still, and this is more than five messages
    rep = feishu.person("李雷")
    await _its_client_sends(feishu, witness, rep)
    await _its_client_carries_files(feishu, witness, rep)
    await _its_client_reads_the_directory(feishu, witness)
    await _its_dispatcher_accepts(feishu, witness)
    await _its_dispatcher_accepts_every_event_we_read(feishu, witness)
    await _its_socket_connects(feishu, platform, witness, rep)


async def _its_client_sends(feishu: FeishuEmulator, witness: Witness, rep: str) -> None:
    text = json.dumps({"text": "你好"})
    for _ in range(2):
        witness.does("send", to=rep, kind="text", content=text, uuid="u1")
    first, again = await witness.says(), await witness.says()
    assert first == again == {"code": 0, "msg": "success", "id": feishu.inbox(rep)[0].id}
    witness.does(
        "send",
        to=rep,
        kind="interactive",
        content=draw(CARD, "k").text,
        uuid="u2",
        patch=draw(Card(title="已确认"), "k").text,
    )
    assert [(await witness.says())["code"], (await witness.says())["code"]] == [0, 0]
    assert [seen.text for seen in feishu.inbox(rep)] == ["你好", "已确认"]
    witness.does("send", to="ou_nobody", kind="text", content=text, uuid="u3")
    assert (await witness.says())["code"] == 99992351


async def _its_client_carries_files(feishu: FeishuEmulator, witness: Witness, rep: str) -> None:
    witness.does("upload", picture=base64.b64encode(JPEG).decode())
    keys = await witness.says()
    for kind in ("image", "file"):
        content = json.dumps({f"{kind}_key": keys[kind]})
        witness.does("send", to=rep, kind=kind, content=content, uuid=f"u-{kind}")
        assert (await witness.says())["code"] == 0
    post = json.dumps({"zh_cn": {"title": "周报", "content": [[{"tag": "md", "text": "**18** 次"}]]}})
    witness.does("send", to=rep, kind="post", content=post, uuid="u-post")
    assert (await witness.says())["code"] == 0
    assert [seen.kind for seen in feishu.inbox(rep)][-3:] == ["image", "file", "post"]
    feishu.world.app.callback_url = "http://127.0.0.1:9"  # nobody is to hear of the photo yet
    photo = await feishu.sends_photo(rep, JPEG)
    feishu.world.app.callback_url = ""
    key = next(blob.key for blob in feishu.world.blobs.values() if blob.message == photo)
    witness.does("download", message=photo, key=key)
    assert await witness.says() == {"code": 0, "content": base64.b64encode(JPEG).decode()}


async def _its_client_reads_the_directory(feishu: FeishuEmulator, witness: Witness) -> None:
    sales = feishu.department("销售部")
    feishu.department("一组", sales)
    manager = feishu.person("王主管", department=sales)
    feishu.person("韩梅", department=sales, superior=manager, mobile="+8613800000000")
    witness.does("look")
    assert await witness.says() == {
        "department": "销售部",
        "children": ["一组"],
        "people": ["王主管", "韩梅"],
        "batch": [["王主管", "", ""]],
        "granted": True,
        "bot": feishu.world.app.bot,
    }


async def _its_dispatcher_accepts_every_event_we_read(feishu: FeishuEmulator, witness: Witness) -> None:
    """What the emulator really pushes, encrypted and signed, read by the SDK's own models."""
    app = feishu.world.app
    asked = {"encrypt_key": app.encrypt_key, "token": app.verification_token}
    feishu.delivery.held = []
    rep = feishu.person("赵六")
    group = await feishu.group("一组", [rep])
    await feishu.enters(rep)
    await feishu.chooses_menu(rep, "/todo")
    await feishu.recalls(rep, next(one.id for one in feishu.world.messages.values() if one.kind == "image"))
    await feishu.changes_directory("contact.user.updated_v3")
    await feishu.removes_bot(group, rep)
    await feishu.disbands(group)
    held, feishu.delivery.held = feishu.delivery.held, None
    told = []
    for envelope in held:
        body, headers = request_of(feishu.world, envelope)
        witness.does("dispatch", body=body.decode(), headers=headers, **asked)
        told.append((await witness.says())["told"])
        assert await witness.says() == {"status": 200, "content": {"msg": "success"}}
    added, entered, menu, recalled, _, removed, _ = told
    assert (added["name"], added["operator_id"]["open_id"], removed["chat_id"]) == ("一组", rep, group)
    assert (entered["operator_id"]["open_id"], menu["event_key"]) == (rep, "/todo")
    assert menu["operator"]["operator_id"]["open_id"] == rep
    assert recalled["message_id"].startswith("om_")
    value, form = {"k": "c", "a": {"a": "x"}}, {"v_note": "好"}
    press = {
        "operator": {"open_id": rep, "tenant_key": "tenant"},
        "token": "c-1",
        "action": {"value": value, "tag": "button", "form_value": form, "name": "b0"},
        "host": "im_message",
        "context": {"open_message_id": "om_1", "open_chat_id": "oc_1"},
    }
    body, headers = request_of(feishu.world, feishu.delivery.envelope("card.action.trigger", press))
    witness.does("dispatch", body=body.decode(), headers=headers, **asked)
    assert await witness.says() == {"pressed": value, "form": form, "by": rep}
    assert await witness.says() == {"status": 200, "content": {"toast": {"type": "info", "content": "收到"}}}
    challenge = {"challenge": "c1", "token": app.verification_token, "type": "url_verification"}
    body, headers = request_of(feishu.world, challenge)
    witness.does("dispatch", body=body.decode(), headers=headers, **asked)
    assert await witness.says() == {"status": 200, "content": {"challenge": "c1"}}


async def _its_dispatcher_accepts(feishu: FeishuEmulator, witness: Witness) -> None:
    app = feishu.world.app
    message = {"message_id": "om_9", "chat_id": "oc_9", "message_type": "text", "content": '{"text":"宏达"}'}
    event = {"sender": {"sender_id": {"open_id": "ou_9"}}, "message": message}
    body, headers = request_of(feishu.world, feishu.delivery.envelope("im.message.receive_v1", event))
    asked = {"headers": headers, "encrypt_key": app.encrypt_key, "token": app.verification_token}
    witness.does("dispatch", body=body.decode(), **asked)
    assert await witness.says() == {"heard": '{"text":"宏达"}', "id": "om_9", "from": "ou_9"}
    assert await witness.says() == {"status": 200, "content": {"msg": "success"}}
    witness.does("dispatch", body=body.decode().replace("A", "B", 1), **asked)
    assert (await witness.says())["status"] == 500


async def _its_socket_connects(feishu: FeishuEmulator, platform: FeishuPlatform, witness: Witness, rep: str) -> None:
    witness.does("listen")
    await feishu.stream.connected()
    feishu.stream.parts = 3
    said = await feishu.says(rep, "宏达今天报价了")
    assert await witness.says() == {"heard": '{"text": "宏达今天报价了"}', "id": said, "from": rep}
    assert feishu.delivery.attempts[-1][1].accepted
    feishu.stream.parts = 1
    receipt = await platform.client.send(Outgoing("k", to(rep), CardBody(CARD, "card1")))
    answers = {"备注": "申请特价", "下次": "2026-03-18T15:00"}
    pressed = await feishu.presses(rep, receipt.message_id, "确认", answers)
    assert await witness.says() == {
        "pressed": {"k": "card1", "a": {"a": "x"}},
        "form": {"v_note": "申请特价", "t_next": "2026-03-18 15:00 +0800"},
        "by": rep,
    }
    assert (pressed.toast, pressed.error) == ("收到", 0)
