"""A longer recording comes back with its summary; a short one without."""

from __future__ import annotations

from bot.platforms.base import Kind, Press
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


async def test_the_whole_text_has_its_marks_and_turns(company: Team) -> None:
    transcriber = company.app.services.transcriber
    assert isinstance(transcriber, ScriptedTranscriber)
    first, second = "宏达机械王经理说价格太贵了。", "伯创报得更低，再考虑考虑。"
    transcriber.says_in_turns(RECORDING, [(first, 0.0, 4.0), (second, 8.0, 30.0)])
    await company.rep.sends(Kind.VOICE, RECORDING, name="v.amr", seconds=30)
    summary = company.rep.gets("沟通摘要", "价格 2 次", "“价格太贵了” 0:02", "竞品 1 次", "犹豫 1 次")
    summary.shows(
        "0:02 价格 “…宏达机械王经理说**价格**太贵了。博创报得…”",
        "0:08 竞品 “…理说价格太贵了。**博创**报得更低，再考虑…”",
    )
    company.rep.gets("这样记，对吗？")
    await company.rep.presses("看全文")
    card = company.rep.gets("录音全文 · 30 秒", "加粗的是说到价格、竞品和犹豫的词；按停顿分段，不一定换了人")
    card.shows(
        "**第 1 段 · 0:00**\n宏达机械王经理说**价格****太贵**了。",
        "**第 2 段 · 0:08**\n**博创**报得更低，**再考虑**考虑。",
    )
    company.nobody_else_heard_anything()


async def test_the_text_is_for_the_speaker_and_those_above(team: Team) -> None:
    await heard(team, 45)
    card = team.rep.gets("沟通摘要")
    team.rep.gets("这样记，对吗？")
    (button,) = card.card.buttons
    for actor, sees in ((team.manager, "录音全文"), (team.other_rep, "不是你的录音")):
        await actor._send(Kind.PRESS, press=Press("", button.action or {}, {}))
        actor.gets(sees)
    team.nobody_else_heard_anything()


async def test_a_recording_sent_as_a_file_is_heard(team: Team) -> None:
    transcriber = team.app.services.transcriber
    assert isinstance(transcriber, ScriptedTranscriber)
    meeting = b"\0\0\0\x1cftypM4A \0\0\0\0" + bytes(60)
    transcriber.hears[meeting], transcriber.seconds = "宏达机械今天已寄样", 605
    await team.rep.sends(Kind.FILE, meeting, name="会议录音.m4a")
    team.rep.gets("这样记，对吗？", "来自 10 分 5 秒语音")
    team.nobody_else_heard_anything()


async def test_another_file_is_named(team: Team) -> None:
    await team.rep.sends(Kind.FILE, b"%PDF-1.4 nothing", name="方案.pdf")
    team.rep.gets("收到文件「方案.pdf」", "录音可以直接发，我会听")
    team.nobody_else_heard_anything()
