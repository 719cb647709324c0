"""Forms question by question, where the platform's cards hold no fields."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platforms.base import Kind
from tests.harness.fixtures import open_team
from tests.harness.pictures import photo
from tests.harness.platform import NO_INPUTS, RecordingClient, RecordingPlatform
from tests.harness.team import Team


@pytest.fixture
async def plain(tmp_path: Path) -> AsyncIterator[Team]:
    """The company on a platform whose cards have buttons only."""
    platform = RecordingPlatform(client=RecordingClient(capabilities=NO_INPUTS))
    opened = await open_team(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'genjin.db'}", platform)
    yield opened
    await opened.app.close()


async def test_a_form_is_asked_one_question_at_a_time_with_a_way_back_and_out(plain: Team) -> None:
    await plain.rep.says("/progress 宏达机械")
    plain.rep.gets("客户推进", "客户 宏达机械")
    await plain.rep.presses("改一下")
    plain.rep.gets("今日关键动作", "1. 已拜访", "必填", "取消")
    await plain.rep.says("换人")
    plain.rep.gets("「今日关键动作」没有「换人」这个选项")
    await plain.rep.says("2")
    plain.rep.gets("客户", "现在是 宏达机械", "不变")
    await plain.rep.says("上一步")
    plain.rep.gets("今日关键动作")
    await plain.rep.says("已寄样")
    plain.rep.gets("客户", "现在是 宏达机械")
    await plain.rep.says("不变")
    plain.rep.gets("阻碍因素", "竞品压价")
    await plain.rep.says("无")
    plain.rep.gets("需支持事项")
    await plain.rep.says("请" * 51)
    plain.rep.gets("最多 50 个字，现在 51 个")
    await plain.rep.says("无")
    plain.rep.gets("下次跟进")
    await plain.rep.says("昨天")
    plain.rep.gets("已经过去了")
    await plain.rep.says("下周三下午三点")
    plain.rep.sees("已记下 · 宏达机械 · 已寄样", "下周三 15:00")
    plain.nobody_else_heard_anything()

    await plain.rep.says("/progress 宏达机械")
    plain.rep.gets("客户推进", "客户 宏达机械")
    await plain.rep.presses("改一下")
    plain.rep.gets("今日关键动作")
    await plain.rep.says("取消")
    plain.rep.gets("没有改动，卡片还在上面")
    plain.nobody_else_heard_anything()


async def test_the_superior_answers_by_button_and_words(plain: Team) -> None:
    await plain.rep.says("宏达机械今天已报价，竞品压价，希望总监帮忙申请特价")
    plain.rep.gets("这样记，对吗？")
    await plain.rep.presses("确认")
    plain.rep.sees("已记下 · 宏达机械 · 已报价")
    plain.manager.gets("支持请求 · 李雷 · 宏达机械")
    await plain.manager.presses("已协调")
    plain.manager.gets("说明")
    await plain.manager.says("特价 9.2 折")
    plain.rep.gets("王主管已协调", "特价 9.2 折")
    plain.nobody_else_heard_anything()


async def test_a_visit_in_words_and_photos(plain: Team) -> None:
    await plain.rep.says("今日拜访 宏达机械")
    plain.rep.gets("现在去见谁", "客户 宏达机械", "拜访类型 客户拜访")
    await plain.rep.presses("提交")
    plain.rep.gets("今日拜访 · 宏达机械", "已到店")
    await plain.rep.presses("已到店")
    plain.rep.gets("当前位置")
    await plain.rep.stands_at(31.23, 121.47)
    plain.rep.gets("现场照片")
    await plain.rep.sends(Kind.PHOTO, photo(21), name="p.jpg")
    plain.rep.gets("今日拜访 · 宏达机械", "已离店")
    plain.nobody_else_heard_anything()
