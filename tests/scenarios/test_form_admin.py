"""An admin changes a form: live at once, versioned, and cards already sent keep working."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.tables import ProgressReport, Submission
from tests.harness.team import Team


async def test_forms_are_shown_with_their_fields(team: Team) -> None:
    await team.rep.says("/form")
    assert "客户推进" in team.rep.gets("表单 · ", "客户推进 客户、今日关键动作").buttons()
    await team.rep.presses("客户推进")
    team.rep.gets(
        "客户推进 · 第 1 版",
        "产品自带，还没有改过",
        "阻碍因素 单选 选填 客户预算冻结、技术参数未确认、竞品压价、内部流程卡点、无",
        "需支持事项 文字 选填 最多 50 个字",
        "客户 客户 必填 -",
    )
    await team.rep.says("/form add-option 客户推进 阻碍因素 换人")
    team.rep.gets("需要管理员权限")
    team.nobody_else_heard_anything()


async def test_a_new_option_is_there_at_once_and_an_old_card_still_counts(company: Team) -> None:
    team = company
    await team.rep.says("/progress 宏达机械")
    old = team.rep.gets("客户推进").message
    await team.admin.says("/form add-option 客户推进 阻碍因素 换人")
    team.admin.gets("客户推进 · 第 2 版", "「阻碍因素」加了选项「换人」，马上生效", "无、换人")
    await team.admin.says("/form show 客户推进")
    team.admin.gets("第 2 版", "周管理 今天 10:00 改的")
    await team.rep.says("/progress 天宇科技")
    new = team.rep.gets("客户推进")
    assert "换人" in [option.value for option in new.field("obstacle").options]
    assert old.card is not None
    submit = next(button for button in old.card.buttons if button.submits)
    await team.rep.presses_button(old, submit, {"action": "已报价", "obstacle": "竞品压价"})
    await team.rep.presses("提交", action="已寄样", obstacle="换人")
    async with team.app.services.db.read() as tx:
        reports = (await tx.scalars(select(ProgressReport).order_by(ProgressReport.id))).all()
        assert [(report.action, report.obstacle) for report in reports] == [("已报价", "竞品压价"), ("已寄样", "换人")]
    team.nobody_else_heard_anything()


async def test_an_old_card_is_asked_for_what_is_required_since(team: Team) -> None:
    await team.rep.says("/progress 宏达机械")
    team.rep.gets("客户推进")
    await team.admin.says("/form require 客户推进 下次跟进")
    team.admin.gets("「下次跟进」改为必填，马上生效", "下次跟进 时间 必填 只能是以后")
    await team.rep.presses("提交", action="已报价", support="请总监打个电话")
    card = team.rep.sees("还差一点", "「下次跟进」还没有")
    assert card.field("support").value == "请总监打个电话"
    await team.rep.presses("提交", next_at="2026-03-12T09:00")
    team.manager.gets("支持请求 · 李雷 · 宏达机械")
    async with team.app.services.db.read() as tx:
        assert (await tx.scalars(select(Submission.version))).one() == 2
    team.nobody_else_heard_anything()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("add-option 阻碍因素 换人", "客户推进 · 第 2 版"),
        ("remove-option 客户推进 阻碍因素 无", "去掉了选项「无」"),
        ("remove-option 客户推进 阻碍因素 换人", "没有选项「换人」；现有：客户预算冻结"),
        ("add-option 客户推进 阻碍因素 竞品压价", "已有选项「竞品压价」"),
        ("add-option 客户推进 下次跟进 换人", "不是选择题，没有选项；表单里的选择题：今日关键动作、阻碍因素"),
        ("add-option 客户推进 心情 换人", "没有字段「心情」；现有：客户、今日关键动作"),
        ("add-option 心情 换人", "没有表单有「心情」这个字段"),
        ("add-option 客户 换人", "有「客户」这个字段的表单有 客户推进、今日拜访"),
        ("add-option 客户推进 阻碍因素 " + "长" * 21, "选项最多 20 个字"),
        ("add-option 换人", "请写表单、字段和选项"),
        ("require 客户推进 客户", "本来就是必填"),
        ("optional 客户推进 客户", "不能改成选填"),
        ("optional 客户推进 今日关键动作", "「今日关键动作」改为选填"),
        ("show 周报", "没有表单「周报」；现有："),
        ("burn 客户推进", "没有「burn 客户推进」这个用法"),
    ],
)
async def test_changes_and_what_cannot_be_changed(team: Team, words: str, answer: str) -> None:
    await team.admin.says(f"/form {words}")
    team.admin.gets(answer)
    team.nobody_else_heard_anything()
