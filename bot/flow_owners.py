"""Who an owner expression of a flow means: reporter, owner, superior(…), role:技术部, person:王芳."""

from __future__ import annotations

import re

from bot.context import Context
from bot.errors import Refused
from storage import people
from storage.tables import FlowInstance, FlowStep, Person

_SUPERIOR = re.compile(r"superior\((.+)\)")


async def resolve(ctx: Context, expression: str, flow: FlowInstance, step: FlowStep | None) -> list[Person]:
    """The active people meant, with substitutes for those on leave; empty when there is nobody."""
    meant = await _meant(ctx, expression.strip(), flow, step)
    found: list[Person] = []
    for person in meant:
        present = await present_or_substitute(ctx, person)
        if present is not None and present not in found:
            found.append(present)
    return found


async def present_or_substitute(ctx: Context, person: Person) -> Person | None:
    """The person, or who stands in for them today; None for somebody who has left."""
    today = ctx.local(ctx.now).date()
    leave = await people.leave_on(ctx.tx, person.id, today)
    if leave is not None and leave.substitute_id is not None:
        return await people.person(ctx.tx, leave.substitute_id) or person
    return person if person.active else None


async def _meant(ctx: Context, expression: str, flow: FlowInstance, step: FlowStep | None) -> list[Person]:
    if expression == "reporter":
        return await _people(ctx, [flow.reporter_id])
    if expression == "owner":
        return await _people(ctx, step.owner_ids if step else [])
    above = _SUPERIOR.fullmatch(expression)
    if above is not None:
        below = await _meant(ctx, above[1].strip(), flow, step)
        return [one for person in below if (one := await people.superior(ctx.tx, person)) is not None]
    kind, _, name = expression.partition(":")
    if kind == "role":
        return await people.of_department(ctx.tx, name)
    if kind == "person":
        return await people.named(ctx.tx, name)
    raise Refused(f"流程里的负责人「{expression}」看不懂；可用：reporter、owner、superior(…)、role:部门、person:姓名")


async def _people(ctx: Context, ids: list[int]) -> list[Person]:
    return [person for one in ids if (person := await people.person(ctx.tx, one)) is not None]
