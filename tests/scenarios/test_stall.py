"""An opportunity nobody talks to: the rep and the manager hear of it once, and a contact ends it."""

from __future__ import annotations

from sqlalchemy import select

from storage.tables import Interaction, Opportunity, StageChange, Task
from tests.harness.team import Team

LINE = "停滞提醒 · 宏达机械 · 方案演示"


async def quiet_otherwise(team: Team) -> None:
    """Only the stalls of one opportunity are looked at: everything else was touched just now."""
    async with team.app.services.db.write() as tx:
        for one in (await tx.scalars(select(Opportunity).where(Opportunity.id > 1))).all():
            one.state = "lost"


def day_is_read(team: Team) -> None:
    """The cards of the day's rhythm are another feature's."""
    for actor in team.actors.values():
        for message in actor.messages:
            text = message.card.title if message.card else message.words
            if not text.startswith("停滞提醒") and "停滞" not in text:
                message.read = True
    for message in team.group:
        message.read = True


async def stalled(team: Team) -> None:
    """宏达机械 in 方案演示 was last called on Wednesday at 8:00: 48 hours later it is Friday 8:00."""
    await quiet_otherwise(team)
    await team.clock.to("09:00", days=2)
    day_is_read(team)


async def test_rep_and_manager_hear_of_a_stall_at_once(company: Team) -> None:
    await stalled(company)
    card = company.rep.gets(
        LINE, "49 小时没有新的联系了，方案演示最多 48 小时", "最近联系 3月11日 08:00", "今天 18:00 前处理停滞"
    )
    assert card.buttons() == ["记一次沟通", "先放一放"]
    told = company.manager.gets(LINE, "49 小时没有新的联系了", "李雷")
    assert told.buttons() == []
    company.nobody_else_heard_anything()


async def test_one_warning_per_stall_not_one_an_hour(team: Team) -> None:
    await stalled(team)
    team.rep.gets(LINE)
    team.manager.gets(LINE)
    await team.clock.forward(hours=7)
    day_is_read(team)
    team.nobody_else_heard_anything()


async def test_exactly_at_the_limit_and_not_before(team: Team) -> None:
    """The first look after Friday 8:00 is at 9:00; on Thursday at 17:30 nothing is said."""
    await quiet_otherwise(team)
    await team.clock.to("17:45", days=1)
    day_is_read(team)
    team.nobody_else_heard_anything()


async def test_ignored_it_goes_up(team: Team) -> None:
    await stalled(team)
    team.rep.gets(LINE)
    team.manager.gets(LINE)
    await team.clock.to("18:00")
    day_is_read(team)
    team.rep.gets(LINE, "已超时")
    assert team.manager.gets(LINE, "升级到你").buttons() == ["记一次沟通", "先放一放"]
    await team.clock.to("18:00", days=3)
    day_is_read(team)
    team.director.gets(LINE, "升级到你")
    team.nobody_else_heard_anything()


async def test_a_contact_is_recorded_on_the_card(company: Team) -> None:
    await stalled(company)
    company.manager.gets(LINE)
    await company.rep.presses("记一次沟通")
    company.rep.gets("记一次沟通", "沟通了什么")
    await company.rep.presses("提交", note="微信确认周一再演示", next_at="2026-03-16T10:00")
    done = company.rep.sees(LINE, "已有新联系", "李雷 今天 09:00记了一次沟通")
    assert done.buttons() == []
    assert company.manager.sees(LINE, "已有新联系").buttons() == []
    async with company.app.services.db.read() as tx:
        made = (await tx.scalars(select(Interaction).order_by(Interaction.id.desc()).limit(1))).one()
        promised = (await tx.scalars(select(Task))).one()
    assert (made.kind, made.note, made.customer_id) == ("message", "微信确认周一再演示", 1)
    assert promised.due_at.isoformat() == "2026-03-16T02:00:00+00:00"
    day_is_read(company)
    company.nobody_else_heard_anything()


async def test_any_new_contact_closes_it_quietly(team: Team) -> None:
    await stalled(team)
    team.rep.gets(LINE)
    team.manager.gets(LINE)
    await team.rep.says("宏达机械今天已报价")
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.sees("已记下 · 宏达机械")
    assert team.rep.sees(LINE, "已有新联系", "记了推进").buttons() == []
    team.manager.sees(LINE, "已有新联系")
    await team.clock.to("17:45")
    day_is_read(team)
    team.nobody_else_heard_anything()


async def test_a_contact_by_somebody_else_tells_nobody_either(team: Team) -> None:
    await stalled(team)
    team.rep.gets(LINE)
    team.manager.gets(LINE)
    await team.manager.says("宏达机械今天已报价")
    await team.manager.presses("确认")
    day_is_read(team)
    team.rep.sees(LINE, "已有新联系", "王主管")
    team.nobody_else_heard_anything()


async def test_left_alone_it_is_quiet_for_three_working_days(team: Team) -> None:
    await stalled(team)
    team.rep.gets(LINE)
    team.manager.gets(LINE)
    await team.rep.presses("先放一放")
    team.rep.gets("先放一放", "原因")
    await team.rep.presses("提交", reason="客户在走内部流程")
    day_is_read(team)
    team.rep.sees(LINE, "先放一放", "李雷：客户在走内部流程。下周二 18:00 前不再提醒")
    team.manager.sees(LINE, "先放一放", "客户在走内部流程")
    await team.clock.to("08:59", days=5)
    day_is_read(team)
    team.nobody_else_heard_anything()
    await team.clock.to("09:01")
    day_is_read(team)
    team.rep.gets(LINE, "没有新的联系了")
    team.manager.gets(LINE)
    team.nobody_else_heard_anything()


async def test_nothing_is_said_on_days_off(team: Team) -> None:
    """Others reach 72 hours on Saturday; it is said on Monday at 9:00."""
    async with team.app.services.db.write() as tx:
        for one in (await tx.scalars(select(Opportunity).where(Opportunity.id != 3))).all():
            one.state = "lost"
    await team.clock.to("23:00", days=4)
    day_is_read(team)
    team.nobody_else_heard_anything()
    await team.clock.to("09:01", days=1)
    day_is_read(team)
    team.rep.gets("停滞提醒 · 天宇科技 · 谈判", "谈判最多 72 小时")
    team.manager.gets("停滞提醒 · 天宇科技 · 谈判")
    team.nobody_else_heard_anything()


async def test_stage_moves_an_opportunity_and_ends_its_stall(company: Team) -> None:
    await stalled(company)
    company.rep.gets(LINE)
    company.manager.gets(LINE)
    await company.rep.says("/stage 宏达机械 报价")
    company.rep.gets("已到 报价 · 宏达机械", "之前是方案演示")
    assert company.rep.sees(LINE, "已到 报价").buttons() == []
    async with company.app.services.db.read() as tx:
        moved = await tx.get_one(Opportunity, 1)
        change = (await tx.scalars(select(StageChange))).one()
    assert (moved.stage, moved.state, moved.stage_since) == ("报价", "open", company.clock.now())
    assert (change.before, change.after, change.person_id) == ("方案演示", "报价", 3)
    company.nobody_else_heard_anything()


async def test_the_last_stage_wins_and_a_lost_one_is_gone(team: Team) -> None:
    await team.rep.says("/stage 宏达机械 签约")
    team.rep.gets("已到 签约 · 宏达机械")
    await team.manager.says("/stage 天宇科技 丢单")
    team.manager.gets("已到 丢单 · 天宇科技", "之前是谈判，停了 10 天")
    team.rep.gets("王主管把「天宇科技」从谈判改到了丢单")
    async with team.app.services.db.read() as tx:
        states = {one.id: (one.stage, one.state) for one in (await tx.scalars(select(Opportunity))).all()}
    assert (states[1], states[3]) == (("签约", "won"), ("谈判", "lost"))
    await team.rep.says("/stage 宏达机械 报价")
    team.rep.gets("「宏达机械」没有进行中的商机")
    team.nobody_else_heard_anything()


async def test_stage_is_checked(team: Team) -> None:
    for said, answer in (
        ("/stage 宏达机械", "/stage 宏达机械 报价"),
        ("/stage 宏达机械 方案演式", "是不是「方案演示」"),
        ("/stage 宏达机械 方案演示", "现在就在方案演示"),
        ("/stage 没有这家 报价", "没有叫「没有这家」的客户"),
        ("/stage 云帆软件 报价", "现在由韩梅跟进"),
    ):
        await team.rep.says(said)
        team.rep.gets(answer)
    async with team.app.services.db.write() as tx:
        tx.add(Opportunity(customer_id=1, owner_id=3, title="二期", stage="线索", stage_since=team.clock.now()))
    await team.rep.says("/stage 宏达机械 报价")
    team.rep.gets("有 2 个进行中的商机", "/stage 宏达机械 二期 报价")
    await team.rep.says("/stage 宏达机械 二期 报价")
    team.rep.gets("已到 报价 · 宏达机械", "之前是线索")
    team.nobody_else_heard_anything()


async def test_a_new_limit_holds_from_the_next_look_on(team: Team) -> None:
    await quiet_otherwise(team)
    await team.admin.says("/stall set 方案演示 2小时")
    team.admin.gets("方案演示")
    await team.clock.to("11:01")
    team.rep.gets(LINE, "3 小时没有新的联系了，方案演示最多 2 小时")
    team.manager.gets(LINE)
    team.nobody_else_heard_anything()
