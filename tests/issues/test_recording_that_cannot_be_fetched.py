"""A recording DingTalk would not hand out any more parked the message, though DingTalk had sent along what it heard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.emulators.dingtalk import DingTalkEmulator
from tests.emulators.dingtalk.access import Trouble
from tests.emulators.dingtalk.refusals import quota
from tests.harness.live import LiveTeam, open_live
from tests.harness.platforms import DingTalk

AMR = b"#!AMR\n" + b"\0" * 40


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[LiveTeam]:
    team = await open_live(tmp_path, DingTalk())
    yield team
    await team.close()


@pytest.fixture
def ding(live: LiveTeam) -> DingTalkEmulator:
    emulator: DingTalkEmulator = live.driver.emulator  # type: ignore[attr-defined]  # this driver's is DingTalk's
    return emulator


async def test_what_dingtalk_heard_is_taken(live: LiveTeam, ding: DingTalkEmulator) -> None:
    await ding.sends_voice("lilei", AMR, words="宏达机械今天已报价")
    ding.world.files.clear()
    await live.settle()
    live.rep.gets("这样记，对吗？", "已报价")


async def test_without_the_months_calls_too(live: LiveTeam, ding: DingTalkEmulator) -> None:
    ding.access.troubles.append(Trouble("messageFiles", quota(), times=9))
    await ding.sends_voice("lilei", AMR, words="宏达机械今天已报价")
    await live.settle()
    live.rep.gets("这样记，对吗？", "已报价")


async def test_without_words_the_sender_is_asked_to_send_it_again(live: LiveTeam, ding: DingTalkEmulator) -> None:
    await ding.sends_voice("lilei", AMR)
    ding.world.files.clear()
    await live.settle()
    live.rep.gets("取不到这个文件", "重新发送")
