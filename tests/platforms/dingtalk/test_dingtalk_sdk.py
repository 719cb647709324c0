"""DingTalk's official Stream SDK as a witness: our emulator serves it, and it and our adapter say the same."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.base import Kind
from bot.platforms.dingtalk import frames
from bot.platforms.dingtalk.frames import Frame
from tests.emulators.dingtalk import CLIENT_ID, CLIENT_SECRET, DingTalkEmulator
from tests.emulators.dingtalk.stream import Line, Push
from tests.platforms.dingtalk.conftest import App

WITNESS = Path(__file__).with_name("sdk_witness.py")


class Sdk:
    """The witness process and what it has told."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.told: list[dict[str, Any]] = []

    async def tells(self, kind: str) -> dict[str, Any]:
        """The next thing of this kind it tells."""
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            while True:
                line = await self._process.stdout.readline()
                assert line, "the witness ended"
                try:
                    found = json.loads(line)
                except ValueError:
                    continue  # the SDK's own log
                self.told.append(found)
                if found["kind"] == kind:
                    return dict(found)


@pytest.fixture
async def sdk(ding: DingTalkEmulator) -> AsyncIterator[Sdk]:
    """The unmodified SDK, connected to the emulator."""
    environment = {
        **os.environ,
        "DINGTALK_OPENAPI_ENDPOINT": ding.url,
        "NO_PROXY": "127.0.0.1",
        "PYTHONWARNINGS": "ignore",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(WITNESS),
        CLIENT_ID,
        CLIENT_SECRET,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    witness = Sdk(process)
    token = await witness.tells("token")
    assert token["token"] in ding.access.tokens
    await asyncio.wait_for(ding.gateway.connected.wait(), 30)
    yield witness
    process.kill()
    await process.wait()


async def lines(ding: DingTalkEmulator, count: int, other_than: Line | None = None) -> None:
    """Waits until so many connections are open; the other process needs real time for it."""
    await ding.until(lambda: len([line for line in ding.gateway.lines if line is not other_than]) >= count, within=30)


async def test_the_sdk_lives_with_our_emulator(sdk: Sdk, ding: DingTalkEmulator) -> None:
    """One process start serves the whole conversation: messages, replies, cards, presses, events, moving over."""
    said = await ding.says("lilei", "宏达机械已报价")
    assert said is not None and said.accepted and said.answer is not None
    assert said.answer["data"] == {"response": "OK"}
    assert said.answer.keys() == json.loads(frames.ack(Frame("", "", "m", {}, ""), 200, {})).keys(), "acks like ours"
    heard = await sdk.tells("bot")
    assert (heard["text"], heard["sender"]) == ("宏达机械已报价", "lilei")
    assert [shown.text for shown in ding.inbox("lilei")] == ["收到 宏达机械已报价"]

    assert (await ding.says("lilei", "卡片")) is not None
    sent = await sdk.tells("card_sent")
    card = ding.inbox("lilei")[-1]
    assert (card.kind, card.title, card.id) == ("card", "来自 SDK", sent["id"])

    event = await ding.event("user_add_org", {"userId": ["lilei"]})
    assert event is not None and event.accepted
    assert (await sdk.tells("event"))["type"] == "user_add_org"

    first = ding.gateway.lines[0]
    await ding.gateway.ask_to_leave()
    await lines(ding, 1, other_than=first)
    assert len(ding.gateway.opened) == 2 and ding.access.tickets == {}
    again = await ding.says("lilei", "还在吗")
    assert again is not None and again.accepted
    assert ding.gateway.opened[0]["ua"].startswith("dingtalk-sdk-python/v0.24")


async def test_the_sdk_and_our_adapter_read_the_same_press(sdk: Sdk, online: App, ding: DingTalkEmulator) -> None:
    """A card callback goes to each of them once; both take the same person and the same card from it."""
    content = json.dumps({"cardPrivateData": {"actionIds": ["b1"], "params": {"action": "n2"}}})
    data = {"type": "actionCallback", "outTrackId": "k", "userId": "lilei", "extension": "{}", "content": content}
    push = Push("CALLBACK", "/v1.0/card/instances/callback", data)
    await lines(ding, 2)
    for line in ding.gateway.lines:
        line.leaving = line is ding.gateway.lines[0]
    await ding.gateway.push(push)
    for line in ding.gateway.lines:
        line.leaving = line is not ding.gateway.lines[0]
    await ding.gateway.push(Push("CALLBACK", "/v1.0/card/instances/callback", data))
    theirs, ours = await sdk.tells("card"), online.kept.last
    assert (ours.kind, ours.press is not None) == (Kind.PRESS, True)
    assert ours.press is not None
    assert (theirs["user"], theirs["track"]) == (ours.sender, ours.message_id)
    assert theirs["content"]["cardPrivateData"]["params"] == {"action": "n2"} and ours.press.action == {"button": 2}
