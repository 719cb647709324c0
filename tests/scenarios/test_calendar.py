"""The working calendar, shown and changed; running clocks keep theirs."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.jobs import pending
from storage.tables import FlowStep
from tests.harness.team import Team

SAID = "宏达机械今天已报价，竞品压价，希望总监帮忙申请特价"


async def test_a_month_names_holidays_and_make_up_days(team: Team) -> None:
    await team.rep.says("/calendar show 2026-10")
    team.rep.gets("2026 年 10 月 · 18 个工作日", "1 国庆节", "10 班（调休）", "11 休", "09:00-12:00、13:30-18:00")
    await team.rep.presses("2026 年 11 月")
    team.rep.gets("2026 年 11 月")
    await team.rep.says("/calendar")
    team.rep.gets("2026 年 3 月 · 22 个工作日")
    await team.rep.says("/calendar show 猴年马月")
    team.rep.gets("看不懂月份「猴年马月」")
    await team.rep.says("/calendar add-holiday 3月13日")
    team.rep.gets("需要管理员权限")
    team.nobody_else_heard_anything()


async def test_a_company_holiday_moves_new_clocks_and_jobs_at_once(company: Team) -> None:
    team = company
    await team.clock.to("17:00")
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.sees("已记下")
    team.manager.gets("支持请求", "明天 12:00 前答复")
    await team.admin.says("/calendar add-holiday 明天")
    team.admin.gets("明天 改为放假，马上生效；正在计时的 1 件事不变", "12 公司假日")
    async with team.app.services.db.read() as tx:
        step = (await tx.scalars(select(FlowStep))).one()
        assert step.due_at is not None and step.due_at.astimezone(team.zone).day == 12
        mornings = [row.at.astimezone(team.zone).day for row in await pending(tx) if row.payload["job"] == "morning"]
        assert mornings == [13]
    await team.admin.says("/calendar remove 明天")
    team.admin.gets("明天 恢复为国家日历")
    async with team.app.services.db.read() as tx:
        mornings = [row.at.astimezone(team.zone).day for row in await pending(tx) if row.payload["job"] == "morning"]
        assert mornings == [12]
    team.nobody_else_heard_anything()


async def test_hours_hold_for_new_clocks(team: Team) -> None:
    await team.admin.says("/calendar hours 9:00-12:00 14:00-18:30")
    team.admin.gets("工作时间改为 09:00-12:00、14:00-18:30（原来 09:00-12:00、13:30-18:00），马上生效")
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.sees("已记下")
    team.manager.gets("支持请求", "今天 16:00 前答复")
    team.nobody_else_heard_anything()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("add-workday 3月14日", "周六 改为上班，马上生效"),
        ("add-workday 3月13日", "周五 本来就上班"),
        ("add-holiday 3月14日", "周六 本来就休息"),
        ("add-holiday 昨天", "已经过去了"),
        ("add-holiday 那天", "看不懂日期「那天」"),
        ("add-holiday", "请写日期"),
        ("remove 3月13日", "不是公司自己加的日子"),
        ("hours", "请写每天的工作时段"),
        ("hours 9点到12点", "看不懂工作时段"),
        ("hours 09:00-12:00 11:00-18:00", "重叠或首尾颠倒"),
        ("hours 09:00-12:00 13:30-18:00", "没有改动"),
        ("dance", "没有「dance」这个用法"),
    ],
)
async def test_what_can_and_cannot_be_changed(team: Team, words: str, answer: str) -> None:
    await team.admin.says(f"/calendar {words}")
    team.admin.gets(answer)
    team.nobody_else_heard_anything()
