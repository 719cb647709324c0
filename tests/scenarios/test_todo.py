"""What waits for me now, each thing one press away."""

from __future__ import annotations

from datetime import timedelta

from storage import customers, people
from storage.tables import Task
from tests.harness.team import Team

SAID = "宏达机械今天已报价，竞品压价，希望总监帮忙申请特价"
REQUEST = "支持请求 · 李雷 · 宏达机械"


async def asked(team: Team) -> None:
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.sees("已记下")
    team.manager.gets(REQUEST)


async def test_nothing_waits(team: Team) -> None:
    await team.rep.says("待办")
    team.rep.gets("现在没有等你处理的事", "有新的事会直接推给你")
    team.nobody_else_heard_anything()


async def test_a_step_that_waits_is_one_press_away(company: Team) -> None:
    team = company
    await asked(team)
    await team.manager.says("今天要做什么？")
    team.manager.gets("待办 · 1 件", "支持请求（答复） · 李雷 · 宏达机械 今天 15:30")
    await team.manager.presses("打开 李雷 · 宏达机械")
    team.manager.gets(REQUEST, "已协调", "还剩 4 小时工作时间")
    await team.manager.presses("已协调", note="9.2 折")
    team.rep.gets(REQUEST, "王主管已协调")
    await team.manager.presses("打开 李雷 · 宏达机械")
    team.manager.gets("这件事已经处理完了")
    team.nobody_else_heard_anything()


async def test_what_i_was_asked_to_add_waits_for_me(team: Team) -> None:
    await asked(team)
    await team.manager.presses("需更多信息", note="竞品报了多少？")
    team.rep.gets(REQUEST, "竞品报了多少？")
    await team.manager.says("/todo")
    team.manager.gets("现在没有等你处理的事")
    await team.rep.says("/todo")
    team.rep.gets("待办 · 1 件", "等你补充")
    team.nobody_else_heard_anything()


async def test_a_draft_that_was_not_confirmed_comes_back(team: Team) -> None:
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.says("/todo")
    team.rep.gets("待办 · 1 件", "待确认的推进 · 宏达机械")
    await team.rep.presses("打开 宏达机械")
    draft = team.rep.gets("这样记，对吗？", SAID)
    assert draft.field("action").value == "已报价"
    source = draft.field("action").source
    assert source is not None and "报价" in source.text
    await team.rep.presses("确认")
    team.rep.sees("已记下 · 宏达机械")
    team.manager.gets(REQUEST)
    team.nobody_else_heard_anything()


async def test_tasks_promises_and_silent_customers(company: Team) -> None:
    team = company
    async with team.app.services.db.write() as tx:
        rep = (await people.named(tx, "李雷"))[0]
        silent = await customers.by_name(tx, "仁和医院")
        assert silent is not None
        (await customers.recent(tx, silent.id))[0].at -= timedelta(days=8)
        now = team.clock.now()
        for title, days in (("送标书", 0), ("打样", 3)):
            at = now + timedelta(hours=3, days=days)
            tx.add(Task(person_id=rep.id, kind="proposal", title=title, due_at=at, created_at=now))
    await team.rep.says("/progress 天宇科技")
    team.rep.gets("客户推进")
    await team.rep.presses("提交", action="已报价", next_at="2026-03-11T16:00")
    await team.rep.says("/todo")
    todo = team.rep.gets("待办 · 3 件", "送标书 今天 13:00", "仁和医院 8 天没联系", "天宇科技 约好跟进 今天 16:00")
    todo.lacks("打样", "云帆软件")
    await team.rep.presses("记 天宇科技")
    team.rep.gets("客户推进")
    team.nobody_else_heard_anything()


async def test_somebody_elses_step_stays_closed(team: Team) -> None:
    await asked(team)
    await team.manager.says("/todo")
    team.manager.gets("待办 · 1 件")
    message, button = team.manager._button("打开", "待办")
    message.card_key = ""  # a platform that lost the card's key
    await team.other_rep.presses_button(message, button, {})
    team.other_rep.gets("不在你的范围内")
    team.nobody_else_heard_anything()
