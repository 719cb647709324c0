"""Who did what: the events in words."""

from __future__ import annotations

from cards import trail
from cards.trail import sentence
from tests.harness.team import Team

SAID = "宏达机械今天已报价，竞品压价，希望总监帮忙申请特价"


async def test_the_trail_of_a_day(company: Team) -> None:
    team = company
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.sees("已记下")
    team.manager.gets("支持请求")
    await team.admin.says("/who set 赵工 职务 架构师")
    team.admin.gets("职务从空改为架构师")
    await team.rep.says("/customer transfer 宏达机械 韩梅")
    team.rep.gets("共同的上级")
    await team.admin.says("/audit")
    card = team.admin.gets("操作记录 · 最近", "今天 10:00 李雷 记下推进 · 宏达机械，需要支持：")
    card.shows("李雷 发起流程 · 李雷 · 宏达机械（第 1 版）", "周管理 改了赵工的职务：空 → 架构师")
    card.shows("周管理 用了 /who set 赵工 职务 架构师", "李雷 没做成：转客户要由双方共同的上级")
    card.lacks("flow.changed", "contact.made")
    await team.admin.says("/audit 人员")
    team.admin.gets("操作记录 · 人员 · 最近 1 条").lacks("李雷")
    await team.admin.says("/audit 李雷 2")
    team.admin.gets("操作记录 · 李雷 · 最近 2 条").lacks("周管理")
    await team.admin.says("/audit 导出")
    team.admin.gets("没有「导出」的操作记录")
    await team.admin.says("/audit flow.changed")
    team.admin.gets("flow.changed · 李雷 · 宏达机械")
    team.nobody_else_heard_anything()


async def test_who_may_read_it(team: Team) -> None:
    await team.manager.says("/audit")
    team.manager.gets("需要管理员权限")
    await team.admin.says("/audit 张三")
    team.admin.gets("没有叫「张三」的人，也没有这类记录", "命令、推进、流程")
    team.nobody_else_heard_anything()


def test_every_kind_that_can_be_asked_for_has_its_sentence() -> None:
    for kinds in trail.KINDS.values():
        for kind in kinds:
            assert kind not in sentence(kind, "宏达机械", {})


def test_an_unknown_kind_is_named_as_it_is() -> None:
    assert sentence("moon.landed", "宏达机械", {}) == "moon.landed · 宏达机械"
