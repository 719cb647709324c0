"""A longer recording comes back with its summary; a short one without."""

from __future__ import annotations

from bot.platforms.base import Kind
from tests.harness.team import Team
from tests.harness.voices import ScriptedTranscriber

RECORDING = b"#!AMR\n" + bytes(60)
TALK = (
    "今天拜访了宏达机械的王经理，他说价格太贵了，博创报得更低，王经理原话是你们的交期我们最放心，"
    "预算要等下个月领导批，卡在技术参数还没确认，下周三下午三点再跟进。"
)


async def heard(team: Team, seconds: float) -> None:
    transcriber = team.app.services.transcriber
    assert isinstance(transcriber, ScriptedTranscriber)
    transcriber.hears[RECORDING], transcriber.seconds = TALK, seconds
    await team.rep.sends(Kind.VOICE, RECORDING, name="v.amr", seconds=seconds)


async def test_a_long_recording_has_a_summary_and_a_draft(team: Team) -> None:
    await heard(team, 45)
    team.rep.gets("沟通摘要", "价格", "次")
    team.rep.gets("这样记，对吗？", "来自 45 秒语音")
    team.nobody_else_heard_anything()


async def test_a_short_one_has_only_the_draft(team: Team) -> None:
    await heard(team, 9)
    team.rep.gets("这样记，对吗？", "来自 9 秒语音")
    team.nobody_else_heard_anything()
