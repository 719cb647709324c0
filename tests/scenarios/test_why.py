"""X5: any push can say why it came."""

from __future__ import annotations

from storage import people
from tests.harness.team import Team

SAID = "宏达机械今天已报价，竞品压价，希望总监帮忙申请特价"
REQUEST = "支持请求 · 李雷 · 宏达机械"


async def test_a_flows_push_tells_its_flow_version_and_clock(company: Team) -> None:
    team = company
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.sees("已记下")
    team.manager.gets(REQUEST)
    await team.manager.says("/why")
    team.manager.gets(
        f"为什么收到：{REQUEST}",
        "流程「支持请求」：轮到你处理",
        "版本 第 1 版",
        "时限 4小时工作时间",
        "开始计时 今天 10:00",
        "到期 今天 15:30",
        "工作时间 09:00-12:00、13:30-18:00",
    )
    await team.manager.presses("需更多信息", note="多少？")
    team.rep.gets(REQUEST)
    await team.rep.says("/why")
    team.rep.gets("需要你补充")
    await team.manager.says("/why 2")
    team.manager.gets("能说明原因的推送只有最近 1 条")
    team.nobody_else_heard_anything()


async def test_a_rules_push_tells_what_it_saw(team: Team) -> None:
    async with team.app.services.db.write() as tx:
        ctx = await team.app.runtime.dispatcher.context(tx, "test")
        rep = (await people.named(tx, "李雷"))[0]
        seen = {"sentence": "当 未联系时长 >= 7天", "inputs": {"未联系时长": "8天"}}
        reason = {"kind": "rule", "title": "久未联系", "version": 3, **seen}
        await ctx.push(rep, "仁和医院 8 天没联系了\n今天联系一下？", why=reason, urgent=True)
    await team.app.runtime.settle()
    team.rep.gets("仁和医院 8 天没联系了")
    await team.rep.says("/why")
    card = team.rep.gets("为什么收到：仁和医院 8 天没联系了", "规则「久未联系」的条件成立")
    card.shows("未联系时长 8天", "第 3 版", "当 未联系时长 >= 7天")
    team.nobody_else_heard_anything()


async def test_nothing_to_explain(team: Team) -> None:
    await team.tech.says("/why")
    team.tech.gets("最近没有主动推给你的消息")
    await team.tech.says("/why 昨天")
    team.tech.gets("「昨天」不是", "/why 2")
    team.nobody_else_heard_anything()
