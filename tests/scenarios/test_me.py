"""Who am I to the bot; and what happens while I am away."""

from __future__ import annotations

import pytest

from storage import people
from tests.harness.team import Team


async def test_me_shows_what_the_bot_knows(team: Team) -> None:
    await team.rep.says("/me")
    card = team.rep.gets("李雷 · 销售 · 华东一组", "上级 王主管", "平台 网页聊天", "请假 没有", "先给我确认")
    assert card.buttons() == ["改为直接记下"]
    await team.rep.presses("改为直接记下")
    team.rep.gets("听得清楚、没有疑问的推进会直接记下，10 分钟内可以撤销")
    async with team.app.services.db.read() as tx:
        person = (await people.named(tx, "李雷"))[0]
        assert await people.preference(tx, person.id, "autofile") == {"on": True}
    await team.rep.says("/me autofile")
    team.rep.gets("要打开还是关闭", "/me autofile on|off")
    await team.rep.says("/me autofile OFF")
    team.rep.gets("每条推进都先给你确认")
    team.nobody_else_heard_anything()


async def test_in_a_group_the_answer_goes_to_the_private_chat(team: Team) -> None:
    await team.rep.says("@跟进 /me", group=True)
    team.group_gets("李雷，内容只给你看").lacks("上级")
    team.rep.gets("李雷 · 销售")
    team.nobody_else_heard_anything()


async def test_leave_tells_the_substitute_and_the_superior(team: Team) -> None:
    await team.rep.says("/me leave 3月20日 3月22日 代理 韩梅")
    team.rep.gets("请假已记下：3月20日 至 3月22日，由韩梅代理", "已经在计时的不变")
    team.other_rep.gets("李雷请假 3月20日 至 3月22日，由你代理")
    team.manager.gets("李雷请假 3月20日 至 3月22日，由韩梅代理")
    await team.rep.says("/me")
    team.rep.gets("请假 3月20日 至 3月22日（韩梅代理）")
    await team.rep.says("/me leave cancel")
    team.rep.gets("请假已取消：3月20日 至 3月22日")
    team.other_rep.gets("李雷的请假（3月20日 至 3月22日）取消了")
    team.manager.gets("李雷的请假")
    await team.rep.says("/me leave cancel")
    team.rep.gets("没有正在进行或将来的请假")
    team.nobody_else_heard_anything()


async def test_a_leave_under_way_ends_with_yesterday(team: Team) -> None:
    await team.manager.says("/me leave 今天 3月13日 代理 陈总监")
    team.manager.gets("请假已记下：3月11日 至 3月13日，由陈总监代理")
    told = team.director.gets("王主管请假 3月11日 至 3月13日，由你代理")
    assert "代理" in told.text
    await team.rep.says("宏达机械今天已报价，竞品压价，希望总监帮忙申请特价")
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.sees("已记下")
    team.director.gets("支持请求 · 李雷 · 宏达机械")
    await team.manager.says("/me leave cancel")
    team.manager.gets("请假已取消")
    team.director.gets("王主管的请假")
    team.nobody_else_heard_anything()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("3月22日 3月20日", "早于开始日"),
        ("昨天 明天", "昨天 已经过去了"),
        ("3月20日 8月20日", "一次请假最多 90 天"),
        ("好多天 3月20日", "看不懂日期「好多天」"),
        ("3月20日 代理 李雷", "代理人不能是你自己"),
        ("3月20日 代理 张三丰", "没有叫「张三丰」的同事"),
        ("3月20日 代理", "代理写一个人的姓名"),
    ],
)
async def test_a_leave_that_cannot_be_says_why(team: Team, words: str, answer: str) -> None:
    await team.rep.says(f"/me leave {words}")
    team.rep.gets(answer)
    async with team.app.services.db.read() as tx:
        person = (await people.named(tx, "李雷"))[0]
        assert await people.leaves(tx, person.id, team.clock.now().date()) == []
    team.nobody_else_heard_anything()


async def test_two_people_do_not_stand_in_for_each_other(team: Team) -> None:
    await team.other_rep.says("/me leave 3月20日 代理 李雷")
    team.other_rep.gets("请假已记下：3月20日，由李雷代理")
    team.rep.gets("韩梅请假 3月20日，由你代理")
    team.manager.gets("韩梅请假")
    await team.rep.says("/me leave 3月19日 3月21日 代理 韩梅")
    team.rep.gets("韩梅在 3月20日 也请假，不能代理")
    await team.rep.says("/me leave 3月19日 3月21日")
    team.rep.gets("没有指定代理，给你的事会等你回来")
    team.manager.gets("李雷请假", "没有指定代理")
    team.other_rep.gets("你请假时的代理人正是李雷", "请另找一位")
    await team.rep.says("/me leave 3月21日")
    team.rep.gets("你已经有一段请假", "先发 /me leave cancel")
    team.nobody_else_heard_anything()
