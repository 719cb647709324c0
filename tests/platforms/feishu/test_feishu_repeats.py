"""Attempts whose fate is not known: within its hour Feishu knows the key, after that a repeat says what it may be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import VirtualClock
from bot.platforms.base import Body, CardBody, FileBody, MarkdownBody, Outgoing, TextBody
from bot.platforms.feishu import FeishuPlatform
from cards.model import Button, Card
from tests.emulators.feishu import FeishuEmulator
from tests.platforms.feishu.support import to

CARD = Card(title="客户推进", lead="宏达机械", buttons=(Button(label="确认", action={"a": "x"}),))
MAYBE = "（这条可能已经收到过）"

BODIES = [TextBody("已记下"), MarkdownBody("周报", "本周 18 次"), CardBody(CARD, "k1")]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: type(body).__name__)
@pytest.mark.parametrize(("minutes", "shown"), [(50, 1), (61, 2)])
async def test_a_repeat_is_silent_within_the_hour_and_says_so_after_it(
    platform: FeishuPlatform, feishu: FeishuEmulator, clock: VirtualClock, body: Body, minutes: int, shown: int
) -> None:
    person, began = feishu.person("李雷"), clock.now()
    await platform.client.send(Outgoing("k", to(person), body))
    clock.move_to(began + timedelta(minutes=minutes))
    await platform.client.send(Outgoing("k", to(person), body, begun=began))
    seen = [one.text for one in feishu.inbox(person)]
    assert len(seen) == shown and [MAYBE in one for one in seen] == [False, True][:shown]


async def test_after_the_hour_a_file_is_announced(
    platform: FeishuPlatform, feishu: FeishuEmulator, clock: VirtualClock
) -> None:
    person, began = feishu.person("李雷"), clock.now()
    file = FileBody("报表.pdf", "application/pdf", b"%PDF-1.7")
    await platform.client.send(Outgoing("k", to(person), file))
    clock.move_to(began + timedelta(minutes=61))
    await platform.client.send(Outgoing("k", to(person), file, begun=began))
    assert [one.kind for one in feishu.inbox(person)] == ["file", "text", "file"]
