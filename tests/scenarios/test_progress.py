"""A rep says what happened; it becomes a record."""

from __future__ import annotations

from bot.platforms.base import Kind
from tests.harness.team import Actor, Team

SAID = "宏达机械今天已报价，客户嫌价格高，竞品压价，希望总监帮忙申请特价"


async def test_a_sentence_becomes_a_record_after_a_nod(team: Team) -> None:
    await team.rep.says(SAID)
    draft = team.rep.gets("这样记，对吗？")
    assert draft.field("action").value == "已报价"
    assert draft.field("obstacle").value == "竞品压价"
    assert "特价" in draft.field("support").value
    await team.rep.presses("确认")
    team.rep.sees("已记下 · 宏达机械 · 已报价", "竞品压价", "王主管")
    team.manager.gets("支持请求 · 李雷 · 宏达机械", "今天 15:30 前答复", "还剩 4 小时工作时间")
    team.nobody_else_heard_anything()


async def test_the_form_filled_in_by_hand_ends_as_the_filed_record(team: Team) -> None:
    await team.rep.says("/progress 宏达机械")
    form = team.rep.gets("客户推进", "今日关键动作")
    assert form.field("customer").value == "1"
    await team.rep.presses("提交", action="已寄样", obstacle="无", next_at="2026-03-13T09:00")
    team.rep.sees("已记下 · 宏达机械 · 已寄样", "下次跟进 周五 09:00", "撤销")
    team.nobody_else_heard_anything()


async def test_what_is_missing_on_the_form_is_asked_and_what_was_typed_stays(team: Team) -> None:
    await team.rep.says("/progress")
    team.rep.gets("客户推进")
    await team.rep.presses("提交", support="请技术支持")
    card = team.rep.sees("还差一点", "「客户」还没有", "「今日关键动作」还没选")
    assert card.field("support").value == "请技术支持"
    team.nobody_else_heard_anything()


async def test_a_rep_who_turned_autofile_on_need_not_nod(team: Team) -> None:
    await team.rep.says("/me autofile on")
    team.everybody_has_read()
    await team.rep.says("宏达机械今天已报价")
    team.rep.gets("已记下 · 宏达机械 · 已报价", "撤销")
    await team.rep.says("华联超市那边今天没见到人")
    team.rep.gets("这样记，对吗？")
    team.nobody_else_heard_anything()


async def test_a_voice_note_becomes_a_draft_with_its_seconds(team: Team) -> None:
    recording = b"#!AMR\n" + bytes(40)
    team.app.services.transcriber.hears[recording] = "宏达机械今天已报价，竞品压价"  # type: ignore[attr-defined]  # scripted
    await team.rep.sends(Kind.VOICE, recording, name="v.amr", seconds=7)
    draft = team.rep.gets("这样记，对吗？", "来自 7 秒语音")
    source = draft.field("action").source
    assert source is not None
    assert 0 < source.start < source.end <= 7
    team.nobody_else_heard_anything()


async def test_silence_and_a_wrong_format_get_a_sentence(team: Team) -> None:
    await team.rep.sends(Kind.VOICE, b"#!AMR\n" + bytes(8), name="v.amr", seconds=3)
    team.rep.gets("没有听到说话声")
    await team.rep.sends(Kind.VOICE, b"not sound at all", name="v.amr", seconds=3)
    team.rep.gets("不是能播放的录音")
    team.nobody_else_heard_anything()


async def test_a_file_of_thirty_megabytes_is_refused_in_words(team: Team) -> None:
    await team.rep.sends(Kind.FILE, bytes(30 * 1024 * 1024), name="方案.pdf")
    team.rep.gets("文件有 30.0 MB，超过 20 MB")
    team.nobody_else_heard_anything()


async def test_nothing_understood_offers_the_form(team: Team) -> None:
    await team.rep.says("嗯嗯啊啊那个")
    card = team.rep.gets("没听出要记什么")
    assert card.buttons() == ["填推进卡"]
    await team.rep.presses("填推进卡")
    team.rep.gets("客户推进", "今日关键动作")
    team.nobody_else_heard_anything()


async def test_an_open_card_survives_a_change_of_the_form(team: Team) -> None:
    """A4: what was typed on a card of an older version is taken, and what it lacks by now is asked for."""
    await team.rep.says("宏达机械今天已报价")
    team.rep.gets("这样记，对吗？")
    await team.admin.says("/form require 客户推进 需支持事项")
    team.everybody_has_read()
    await team.rep.presses("确认", obstacle="竞品压价")
    card = team.rep.sees("还差一点", "「需支持事项」还没有")
    assert card.field("obstacle").value == "竞品压价"
    await team.rep.presses("确认", obstacle="竞品压价", support="请总监支持特价")
    team.rep.sees("已记下 · 宏达机械")
    team.manager.gets("支持请求 · 李雷 · 宏达机械")
    team.nobody_else_heard_anything()


async def test_a_stranger_is_told_what_to_do(team: Team) -> None:
    stranger = Actor("nobody", "路人", team)
    await stranger.says("你好")
    stranger.gets("还不知道你是哪位同事", "nobody")
    team.nobody_else_heard_anything()
