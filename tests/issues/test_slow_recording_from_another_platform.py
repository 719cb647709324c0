"""A recording that takes its time, said on another platform than before: its sender is told there.

They were told on the platform used before, because the message that moved them had not been handled yet.
"""

from __future__ import annotations

import asyncio

from bot.platforms.base import Kind
from tests.harness.team import Team
from tests.harness.voices import ScriptedTranscriber

SOUND = b"OggS" + bytes(64)


async def test_the_sender_is_told_where_they_spoke(on_two: tuple[Team, Team]) -> None:
    ding, feishu = on_two
    services, told = feishu.app.services, asyncio.Event()
    assert isinstance(services.transcriber, ScriptedTranscriber)
    heard = services.transcriber.takes_until = asyncio.Event()
    services.transcriber.hears[SOUND] = "宏达机械今天已报价"
    services.wake, feishu.settles = told.set, False
    await feishu.clock.forward(minutes=5)

    await feishu.rep.sends(Kind.VOICE, SOUND, name="v.ogg")
    await told.wait()
    await feishu.app.runtime.sender.settle()
    heard.set()
    await feishu.app.runtime.settle()

    feishu.rep.gets("正在听这段录音")
    feishu.rep.gets("这样记，对吗？")
    ding.nobody_else_heard_anything()
