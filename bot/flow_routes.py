"""What happens to running flows from outside: their deadlines come, their buttons are pressed."""

from __future__ import annotations

from typing import Any

from bot.context import Context
from bot.flow_owners import resolve
from bot.flows import step_for
from bot.forms import Asking, answers_of, shown_value
from bot.router import Router
from cards.flows import AnswerStep, SupplyStep
from cards.forms import with_problems
from cards.model import Card
from rules import ladder
from storage import flows, people
from storage.tables import Deadline, FlowStep

REMINDER, DUE, ESCALATION = (f"flow.{kind}" for kind in (ladder.REMINDER, ladder.DUE, ladder.ESCALATION))

router = Router("flows")


@router.due(REMINDER)
async def remind(ctx: Context, deadline: Deadline) -> None:
    await _push_to_owners(ctx, deadline, "reminder")


@router.due(DUE)
async def late(ctx: Context, deadline: Deadline) -> None:
    await _push_to_owners(ctx, deadline, "due")


@router.due(ESCALATION)
async def escalate(ctx: Context, deadline: Deadline) -> None:
    """One rung up: whoever it names is told, may answer from now on, and everybody sees it in the chain."""
    step = await ctx.tx.get_one(FlowStep, deadline.subject_id)
    instance = await flows.instance(ctx.tx, step.instance_id)
    told = [
        person
        for person in await resolve(ctx, deadline.payload["to"], instance, step)
        if person.id not in (*step.owner_ids, *step.escalated_ids, instance.reporter_id)
    ]
    if not told:
        await ctx.event(
            "flow.nobody_above", ("flow", instance.id), {"flow": instance.flow, "to": deadline.payload["to"]}
        )
        return
    step.escalated_ids = [*step.escalated_ids, *(person.id for person in told)]
    names = [person.name for person in told]
    await ctx.event("flow.escalated", ("flow", instance.id), {"flow": instance.flow, "step": step.name, "to": names})
    await ctx.flows.redraw(ctx, instance)
    for person in told:
        await ctx.flows.show(ctx, instance, person, about="escalation", step=step)
    await ctx.event("flow.changed", ("flow", instance.id), {"flow": instance.flow, "state": instance.state})


@router.pressed(AnswerStep)
async def answer(ctx: Context, press: AnswerStep) -> None:
    """A choice was pressed: taken with what stands on the card, or its form is asked for first."""
    step = await step_for(ctx, press.step)
    instance = await flows.instance(ctx.tx, step.instance_id)
    definition = flows.definition(instance).step(step.name)
    await _take(ctx, step, definition.choice(press.choice).form, {"flow_step": step.id, "choice": press.choice})


@router.pressed(SupplyStep)
async def supply(ctx: Context, press: SupplyStep) -> None:
    step = await step_for(ctx, press.step)
    instance = await flows.instance(ctx.tx, step.instance_id)
    definition = flows.definition(instance).step(step.name)
    form = definition.choice(step.outcome).resume_form if step.outcome else None
    await _take(ctx, step, form, {"flow_step": step.id})


async def _take(ctx: Context, step: FlowStep, form: str | None, about: dict[str, Any]) -> None:
    """With its form on the pressed card: checked there. Without one on it: asked for. Without any: taken as it is."""
    if form is None:
        await ctx.flows.take_form(ctx, about, {})
        return
    if ctx.card is None or not Card.model_validate(ctx.card.card).inputs:
        instance = await flows.instance(ctx.tx, step.instance_id)
        lead = instance.context.get("subject", "")
        await ctx.forms.ask(ctx, Asking(form, values=instance.context.get("values", {}), about=about, lead=lead))
        return
    raw = answers_of(ctx)
    problems = await ctx.forms.accept(ctx, form, raw, about)
    if problems:
        typed = {name: shown_value(value) for name, value in raw.items()}
        await ctx.redraw(ctx.card, with_problems(Card.model_validate(ctx.card.card), typed, problems))


async def _push_to_owners(ctx: Context, deadline: Deadline, about: str) -> None:
    step = await ctx.tx.get_one(FlowStep, deadline.subject_id)
    instance = await flows.instance(ctx.tx, step.instance_id)
    await ctx.flows.redraw(ctx, instance)
    await ctx.event(f"flow.{about}", ("flow", instance.id), {"flow": instance.flow, "step": step.name})
    for person_id in step.owner_ids:
        owner = await people.person(ctx.tx, person_id)
        if owner is not None:
            await ctx.flows.show(ctx, instance, owner, about=about, step=step)
