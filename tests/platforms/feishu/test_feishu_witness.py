"""lark-oapi as the independent witness: it talks to the emulator, and accepts what the emulator pushes."""

from __future__ import annotations

import asyncio
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
    rep = feishu.person("李雷")
    await _its_client_sends(feishu, witness, rep)
    await _its_dispatcher_accepts(feishu, witness)
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
