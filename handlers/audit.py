"""The auditor: every open step with a limit has a next deadline or has passed its last rung; mended where not."""

from __future__ import annotations

from bot.context import Context
from bot.router import Router
from cards.texts import say
from rules import audit as rules
from storage import audit, flows, people
from storage.calendars import restore
from storage.tables import Deadline, FlowInstance, FlowStep

router = Router("audit")


@router.job("audit_deadlines")
async def audit_deadlines(ctx: Context, occurrence: Deadline) -> None:
    for instance, step in await audit.silent_steps(ctx.tx):
        rung = await audit.rung(ctx.tx, step.id)
        if rules.forgotten(flows.definition(instance).step(step.name), rung):
            await _mend(ctx, instance, step, rung)


async def _mend(ctx: Context, instance: FlowInstance, step: FlowStep, rung: set[audit.Moment]) -> None:
    """Sets what is missing, keeps the trail, and tells the admins once a step."""
    definition = flows.definition(instance).step(step.name)
    moments = rules.mended(definition, step.opened_at, step.due_at, ctx.now, restore(step.calendar), rung)
    await ctx.flows.arm(ctx, step, moments)
    await ctx.event("audit.mended", ("flow", instance.id), {"flow": instance.flow, "step": step.name})
    words = say(
        "audit.mended",
        title=flows.definition(instance).title,
        subject=instance.context.get("subject", ""),
        step=definition.title,
        due=ctx.moment(step.due_at) if step.due_at else "",
    )
    for admin in await people.admins(ctx.tx):
        await ctx.push(admin, words, urgent=True, key=f"audit:{step.id}:{admin.id}", why=_why(ctx, step))


def _why(ctx: Context, step: FlowStep) -> dict[str, object]:
    return {"kind": "job", "title": "时限巡检", "at": ctx.now.isoformat(), "inputs": {"步骤编号": step.id}}
