"""The optional language model proposes what the rules left empty; without it, or when it fails, nothing changes."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.base import Kind
from bot.proposals import FAILURES, REST
from tests.harness.fixtures import open_team
from tests.harness.language_model import KEY, LanguageModel
from tests.harness.team import Team
from tests.harness.voices import ScriptedTranscriber

SAID = "宏达机械老板松口了，钱的事他来想办法"
RIGHT = {
    "signal": {"value": "积极", "words": "松口了"},
    "action": {"value": "已拜访", "words": "老板松口了"},
    "contact": {"value": "老板", "words": "老板松口了"},
}


@pytest.fixture
async def model() -> AsyncIterator[LanguageModel]:
    async with LanguageModel() as running:
        running.says(RIGHT)
        yield running


@pytest.fixture
async def team(tmp_path: Path, model: LanguageModel) -> AsyncIterator[Team]:
    own = {"base_url": model.address, "model": "small", "key": KEY, "timeout": 1.0}
    opened = await open_team(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'genjin.db'}", proposer=own)
    yield opened
    await opened.app.close()


async def test_proposals_are_shown_to_be_checked_and_filed_after_a_nod(team: Team) -> None:
    await team.rep.says(SAID)
    draft = team.rep.gets(
        "这样记，对吗？", "请核对（语言模型建议）：听到“老板松口了”", "意向积极（请核对）", "联系人 老板（请核对）"
    )
    assert draft.field("action").value == "已拜访"
    await team.rep.presses("确认")
    team.rep.sees("已记下 · 宏达机械 · 已拜访", "意向积极")
    team.nobody_else_heard_anything()


async def test_the_message_is_asked_about_once_and_only_where_something_is_empty(
    team: Team, model: LanguageModel
) -> None:
    await team.rep.says(SAID)
    assert [one.body["messages"][-1]["content"] for one in model.asked] == [SAID]
    for said in ("/help", "宏达机械最近的跟进记录", "你好", "宏达机械已报价，天宇科技已寄样", "嗯嗯那个"):
        await team.rep.says(said)
    await team.rep.says("宏达机械今天已报价", group=True)
    assert [one.body["messages"][-1]["content"] for one in model.asked] == [SAID]


@pytest.mark.parametrize(
    "proposed",
    [
        {"signal": {"value": "非常积极", "words": "松口了"}},
        {"signal": {"value": "积极", "words": "非常满意"}},
        {"contact": {"value": "王总", "words": "老板"}},
        {"action": {"value": "已飞天", "words": "老板"}},
        {"customer": {"value": "天宇科技", "words": "宏达机械"}},
        {"signal": ["积极"]},
        {"signal": {"value": "积极", "words": ""}},
    ],
)
async def test_invented_words_and_values_are_left_out(
    team: Team, model: LanguageModel, proposed: dict[str, Any]
) -> None:
    model.says(proposed)
    await team.rep.says(SAID)
    draft = team.rep.gets("这样记，对吗？").lacks("请核对")
    assert draft.field("action").value == ""


@pytest.mark.parametrize(
    "trouble", [{"content": "好的"}, {"raw": "<html>"}, {"status": 500}, {"status": 401}, {"hangs": True}]
)
async def test_its_failure_changes_nothing_and_is_told_the_admin_only(
    team: Team, model: LanguageModel, trouble: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    model.does(**trouble)
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？").lacks("请核对", "模型")
    await team.admin.says("/doctor")
    card = team.admin.gets("运行状况")
    if trouble.get("content") is None:
        card.shows("语言模型 留意 语言模型 127.0.0.1：", "不影响使用，先只按规则识别")
    assert KEY not in caplog.text + card.text
    team.nobody_else_heard_anything()


async def test_a_model_that_keeps_failing_is_left_alone_for_a_while(team: Team, model: LanguageModel) -> None:
    model.does(status=503)
    for _ in range(FAILURES + 2):
        await team.rep.says(SAID)
    assert len(model.asked) == FAILURES
    model.says(RIGHT)
    await team.clock.forward(seconds=REST.total_seconds())
    team.everybody_has_read()
    await team.rep.says(SAID)
    team.rep.gets("请核对")
    assert len(model.asked) == FAILURES + 1


async def test_nothing_proposed_files_itself(team: Team, model: LanguageModel) -> None:
    await team.rep.says("/me autofile on")
    team.everybody_has_read()
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？", "请核对")
    model.says({"obstacle": {"value": "竞品压价", "words": "松口"}})
    await team.rep.says("宏达机械已报价，老板松口了")
    team.rep.gets("已记下 · 宏达机械 · 已报价").lacks("请核对", "竞品压价")
    team.nobody_else_heard_anything()


async def test_a_recording_is_proposed_for_with_its_seconds(team: Team) -> None:
    recording = b"#!AMR\n" + bytes(48)
    transcriber = team.app.services.transcriber
    assert isinstance(transcriber, ScriptedTranscriber)
    transcriber.hears[recording] = SAID
    await team.rep.sends(Kind.VOICE, recording, name="v.amr", seconds=7)
    source = team.rep.gets("这样记，对吗？").field("action").source
    assert source is not None and source.audio and 0 < source.start < source.end <= 7


async def test_the_doctor_says_that_it_answers(team: Team, model: LanguageModel) -> None:
    await team.admin.says("/doctor")
    team.admin.gets("语言模型 正常 模型 small 能回答")
    assert model.asked[-1].body["max_tokens"] == 1


async def test_without_one_nobody_is_asked(tmp_path: Path) -> None:
    opened = await open_team(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'genjin.db'}")
    await opened.rep.says(SAID)
    opened.rep.gets("这样记，对吗？").lacks("请核对")
    await opened.admin.says("/doctor")
    opened.admin.gets("语言模型 正常 没有启用，全部按规则识别")
    assert KEY not in json.dumps(opened.app.settings.model_dump(mode="json"))
    await opened.app.close()
