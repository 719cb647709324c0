"""The team's figures, and who is who."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import people
from storage.tables import Event
from tests.harness.team import Actor, Team

SAID = "宏达机械今天已报价，竞品压价，希望总监帮忙申请特价"


async def test_a_superior_sees_figures_with_their_comparison(company: Team) -> None:
    team = company
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.sees("已记下")
    team.manager.gets("支持请求")
    await team.manager.says("/team")
    card = team.manager.gets("团队 · 2 人", "本月推进的中位数是 0.5 条")
    card.shows("李雷 推进 1 · 拜访 0 推进 1 · 拜访 0 1", "韩梅 推进 0")
    await team.director.says("/team")
    team.director.gets("团队 · 2 人")
    team.nobody_else_heard_anything()


async def test_a_rep_sees_the_members(team: Team) -> None:
    await team.rep.says("/team")
    team.rep.gets("华东一组 · 4 人", "韩梅 销售 华东一组 王主管").lacks("推进")
    await team.tech.says("/team")
    team.tech.gets("你还没有分到团队")
    team.nobody_else_heard_anything()


async def test_who_is_who(team: Team) -> None:
    await team.rep.says("/who")
    team.rep.gets("人员 · 6 人", "赵工 流程负责人 技术部 陈总监")
    await team.rep.says("/who 王主管")
    team.rep.gets("王主管 · 主管", "上级 陈总监", "下属 李雷、韩梅", "平台 网页聊天")
    await team.rep.says("/who 张三")
    team.rep.gets("没有叫「张三」的同事")
    await team.rep.says("/who set 李雷 上级 陈总监")
    team.rep.gets("需要管理员权限，没有执行。管理员：周管理")
    team.nobody_else_heard_anything()


async def test_an_admin_changes_who_stands_above_whom(company: Team) -> None:
    team = company
    await team.admin.says("/who set 李雷 上级 陈总监")
    team.admin.gets("李雷 · 销售", "已改，马上生效：上级从王主管改为陈总监")
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.sees("已记下")
    team.director.gets("支持请求 · 李雷")
    async with team.app.services.db.read() as tx:
        trail = (await tx.scalars(select(Event.payload).where(Event.kind == "person.changed"))).one()
        assert trail == {"what": "上级", "before": "王主管", "after": "陈总监"}
        typed = (await tx.scalars(select(Event.payload).where(Event.kind == "command"))).one()
        assert typed["text"].startswith("/who set")
    team.nobody_else_heard_anything()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("set 陈总监 上级 李雷", "李雷在陈总监的下面"),
        ("set 李雷 上级 李雷", "上级不能是自己"),
        ("set 李雷 上级 王主管", "本来就是王主管"),
        ("set 李雷 上级 无", "上级从王主管改为空"),
        ("set 李雷 角色 皇帝", "没有「皇帝」这个角色；可用：销售、销售助理"),
        ("set 李雷 角色 主管", "角色从销售改为主管"),
        ("set 李雷 团队 华西", "没有叫「华西」的团队；现有：华东一组"),
        ("set 李雷 团队 新建 华西", "团队从华东一组改为华西"),
        ("set 李雷 年龄 30", "不能改「年龄」；能改的有：上级、角色"),
        ("set 李雷 上级", "请写姓名、要改什么"),
        ("set 周管理 管理员 否", "周管理是唯一的管理员"),
        ("set 王主管 状态 停用", "王主管下面还有李雷、韩梅"),
        ("set 韩梅 状态 停用", "状态从在职改为停用"),
        ("add 李雷 销售 王主管", "已经有叫「李雷」的人了"),
        ("add 张三 老板", "没有「老板」这个角色"),
        ("link 李雷 ou_404", "还没有收到过账号「ou_404」的消息"),
    ],
)
async def test_changes_and_what_cannot_be_changed(team: Team, words: str, answer: str) -> None:
    await team.admin.says(f"/who {words}")
    team.admin.gets(answer)
    team.nobody_else_heard_anything()


async def test_a_newcomer_is_added_and_linked(team: Team) -> None:
    newcomer = Actor("ou_77", "张三", team)
    await newcomer.says("你好")
    newcomer.gets("还不知道你是哪位同事", "ou_77")
    await team.admin.says("/who add 张三 销售 王主管")
    team.admin.gets("张三 · 销售", "上级 王主管", "平台 还没有连上", "/who link 张三 编号")
    await team.admin.says("/who link 张三 ou_77")
    team.admin.gets("已连上账号，张三现在可以用了")
    newcomer.gets("张三，你好，账号已经连上")
    await newcomer.says("/me")
    newcomer.gets("张三 · 销售 · 华东一组")
    await team.admin.says("/who link 李雷 ou_77")
    team.admin.gets("还没有收到过账号")
    async with team.app.services.db.read() as tx:
        assert len(await people.everybody(tx)) == 7
    newcomer.heard_nothing()
    team.nobody_else_heard_anything()
