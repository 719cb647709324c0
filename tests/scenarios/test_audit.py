"""X7: a step that lost its deadline is found, mended, and told of once."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from storage import deadlines
from storage.tables import Deadline, Event, FlowStep
from tests.harness.team import Team

SAID = "宏达机械今天已报价，竞品压价，希望总监帮忙申请特价"
REQUEST = "支持请求 · 李雷 · 宏达机械"


async def asked(team: Team) -> int:
    """10:00: 王主管 has until 15:30; gives the step's id."""
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.sees("已记下")
    team.manager.gets(REQUEST)
    async with team.app.services.db.read() as tx:
        return (await tx.scalars(select(FlowStep.id))).one()


async def patrol(team: Team) -> None:
    """Six minutes on, the auditor has gone round."""
    await team.clock.forward(minutes=6)
    await team.app.runtime.jobs.patrol()
    await team.app.runtime.settle()


async def test_a_lost_deadline_is_set_again_and_the_admin_told_once(company: Team) -> None:
    team = company
    step = await asked(team)
    async with team.app.services.db.write() as tx:
        await tx.execute(delete(Deadline).where(Deadline.subject_kind == "step"))
    await patrol(team)
    team.admin.gets("时限巡检补上了一个漏掉的时限：支持请求 · 李雷 · 宏达机械", "步骤「答复」", "今天 15:30 前要处理")
    async with team.app.services.db.read() as tx:
        assert {row.kind for row in await deadlines.open_for(tx, "step", step)} == {
            "flow.reminder",
            "flow.due",
            "flow.escalation",
        }
    async with team.app.services.db.write() as tx:
        await tx.execute(update(Deadline).where(Deadline.subject_kind == "step").values(state="cancelled"))
    await patrol(team)
    async with team.app.services.db.read() as tx:
        assert await deadlines.open_for(tx, "step", step)
        assert len((await tx.scalars(select(Event).where(Event.kind == "audit.mended"))).all()) == 2
    team.nobody_else_heard_anything()


async def test_a_running_clock_is_left_alone(team: Team) -> None:
    step = await asked(team)
    async with team.app.services.db.read() as tx:
        before = [(row.id, row.at) for row in await deadlines.open_for(tx, "step", step)]
    await patrol(team)
    async with team.app.services.db.read() as tx:
        assert [(row.id, row.at) for row in await deadlines.open_for(tx, "step", step)] == before
    team.nobody_else_heard_anything()
