"""How long things may take: shown, changed, and never under a running clock."""

from __future__ import annotations

import pytest

from tests.harness.team import Team

SAID = "宏达机械今天已报价，竞品压价，希望总监帮忙申请特价"
AGAIN = "天宇科技今天已报价，竞品压价，希望总监帮忙申请特价"


async def ask(team: Team, said: str) -> None:
    await team.rep.says(said)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.sees("已记下")


async def test_a_new_limit_holds_for_new_clocks_only(company: Team) -> None:
    team = company
    await ask(team, SAID)
    team.manager.gets("宏达机械", "今天 15:30 前答复")
    await team.admin.says("/sla set 支持请求 6小时工作时间")
    team.admin.gets(
        "支持请求 · 答复的时限从4小时工作时间改为6小时工作时间，从现在起新开的生效；正在计时的 1 件不变",
        "提出人的上级",
        "马上告诉处理人的上级；过 4小时工作时间告诉再上一级",
    )
    await ask(team, AGAIN)
    team.manager.gets("天宇科技", "今天 17:30 前答复")
    await team.clock.to("15:31")
    team.manager.gets("宏达机械", "已超时")  # the reminder of 14:30, redrawn since
    team.manager.gets("宏达机械", "已超时")
    team.director.gets("宏达机械", "升级到你")
    team.rep.sees("宏达机械", "已超时")
    await team.manager.says("/why")
    team.manager.gets("第 1 版", "4小时工作时间")
    team.nobody_else_heard_anything()


async def test_reminders_and_steps_are_named(team: Team) -> None:
    await team.admin.says("/sla set 支持请求 答复 提醒 2小时工作时间 30分钟工作时间")
    team.admin.gets("支持请求 · 答复的提醒从1小时工作时间改为2小时工作时间、30分钟工作时间")
    await ask(team, SAID)
    team.manager.gets("支持请求")
    await team.clock.to("13:30")
    team.manager.gets("快到时间了", "还剩 2 小时工作时间")
    await team.clock.to("15:01")
    team.manager.gets("快到时间了", "还剩 30 分钟工作时间")
    await team.rep.says("/sla")
    team.rep.gets("时限 · ", "支持请求 · 答复 提出人的上级 4小时工作时间")
    await team.rep.says("/sla set 支持请求 1小时")
    team.rep.gets("需要管理员权限")
    team.nobody_else_heard_anything()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("支持请求 很久", "看不懂时长「很久」"),
        ("支持请求 4小时工作时间", "本来就是 4小时工作时间"),
        ("支持请求 30分钟工作时间", "先改提醒，例如 /sla set 流程 答复 提醒"),
        ("支持请求 提醒 无", "改为没有"),
        ("支持请求 提醒 5小时工作时间", "不比提前 5小时工作时间 的提醒长"),
        ("支持请求 提醒", "请写流程和时限"),
        ("支持请求", "请写流程和时限"),
        ("请假 4小时", "没有流程「请假」；现有：停滞提醒、支持请求"),
        ("今日拜访 4小时", "步骤都没有时限"),
        ("今日拜访 到店 4小时", "今日拜访 · 到店的时限从没有改为4小时"),
    ],
)
async def test_limits_that_can_and_cannot_be(team: Team, words: str, answer: str) -> None:
    await team.admin.says(f"/sla set {words}")
    team.admin.gets(answer)
    team.nobody_else_heard_anything()


async def test_stall_limits(team: Team) -> None:
    await team.rep.says("/stall")
    team.rep.gets("停滞时限", "方案演示 48小时", "其他阶段 72小时")
    await team.admin.says("/stall set 报价 36 小时")
    team.admin.gets("「报价」的停滞时限从 72小时 改为 36小时", "报价 36小时", "方案演示 48小时")
    await team.admin.says("/stall set 默认 5天")
    team.admin.gets("「其他阶段」的停滞时限从 72小时 改为 5天")
    await team.rep.says("/stall show")
    team.rep.gets("报价 36小时", "其他阶段 5天")
    team.nobody_else_heard_anything()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("set 成交 48小时", "没有「成交」这个阶段；可用：线索、初筛"),
        ("set 报价 4小时工作时间", "看不懂时长"),
        ("set 报价 10分钟", "至少 1 小时"),
        ("set 方案演示 2天", "本来就是 48小时"),
        ("set 报价", "请写阶段和时限"),
        ("drop 报价", "没有「drop 报价」这个用法"),
    ],
)
async def test_stall_limits_that_cannot_be(team: Team, words: str, answer: str) -> None:
    await team.admin.says(f"/stall {words}")
    team.admin.gets(answer)
    team.nobody_else_heard_anything()
