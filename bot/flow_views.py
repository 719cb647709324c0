"""Turns a flow's rows into what its card shows one person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.context import Context, names
from bot.flow_owners import resolve
from cards.flows import ChoiceView, FlowView, flow_card
from cards.forms import form_inputs
from cards.model import Card, Input, Link
from rules.calendar import BusinessCalendar
from rules.durations import between
from rules.flow_definition import FlowDef, StepDef
from rules.phrasing import remaining, until
from storage import events, flows, people
from storage.calendars import restore
from storage.tables import FlowInstance, FlowStep, Person


@dataclass(frozen=True, slots=True)
class StepView:
    """A flow's newest step with everything its card may need, whoever looks."""

    view: FlowView
    instance: FlowInstance
    step: FlowStep
    definition: StepDef
    resumers: tuple[int, ...]
    answer_inputs: tuple[Input, ...]
    supply_inputs: tuple[Input, ...]


async def step_view(ctx: Context, instance: FlowInstance, step: FlowStep | None) -> StepView:
    """`step` None: the newest one."""
    step = step or (await flows.steps(ctx.tx, instance.id))[-1]
    flow = flows.definition(instance)
    definition = flow.step(step.name)
    resumers = await resolve(ctx, definition.resume_by, instance, step)
    single = single_form(definition)
    forms = ctx.catalogue.forms
    resume_form = next(
        (choice.resume_form for choice in definition.choices if choice.name == step.outcome and choice.resume_form),
        None,
    )
    return StepView(
        view=await _view(ctx, instance, step, flow, definition),
        instance=instance,
        step=step,
        definition=definition,
        resumers=tuple(person.id for person in resumers),
        answer_inputs=form_inputs(forms[single]) if single else (),
        supply_inputs=form_inputs(forms[resume_form]) if resume_form else (),
    )


def single_form(step: StepDef) -> str | None:
    """The form all of a step's form-taking choices share, which then stands on its card."""
    named = {choice.form for choice in step.choices if choice.form}
    return named.pop() if len(named) == 1 else None


def draw(ctx: Context, seen: StepView, person: Person | None, about: str) -> Card:
    """The card for one viewer: buttons only where they may press them."""
    step, view = seen.step, seen.view
    holder = person.id if person else 0
    mine = step.state == "open" and holder in (*step.owner_ids, *step.escalated_ids)
    asked = step.state == "paused" and holder in seen.resumers
    inputs = seen.supply_inputs if asked else seen.answer_inputs
    return flow_card(replace(view, can_answer=mine, can_supply=asked, inputs=inputs), about)


def why(seen: StepView, about: str) -> dict[str, Any]:
    """What /why tells of a push from a flow."""
    return {
        "kind": "flow",
        "flow": seen.instance.flow,
        "title": seen.view.title,
        "version": seen.instance.version,
        "flow_id": seen.instance.id,
        "about": about,
        "limit": str(seen.definition.limit or ""),
        "opened_at": seen.step.opened_at.isoformat(),
        "due_at": seen.step.due_at.isoformat() if seen.step.due_at else None,
    }


async def _view(ctx: Context, instance: FlowInstance, step: FlowStep, flow: FlowDef, definition: StepDef) -> FlowView:
    calendar = restore(step.calendar)
    working = bool(definition.limit and definition.limit.working)
    late = step.state == "open" and step.due_at is not None and ctx.now >= step.due_at
    left = between(ctx.now, step.due_at, working, calendar) if step.due_at else None
    whole = definition.limit.duration(calendar) if definition.limit else None
    gone = 1 - left / whole if left is not None and whole else 0.0
    context = instance.context
    return FlowView(
        flow_id=instance.id,
        step_id=step.id,
        title=flow.title,
        subject=context.get("subject", ""),
        facts=[(label, value) for label, value in context.get("facts", [])],
        state="rejected" if step.state == "cancelled" and instance.state == "rejected" else step.state,
        links=await _links(ctx, instance, step, definition, late),
        due=_due(ctx, step, calendar, definition),
        elapsed=min(max(gone, 0.0), 1.0),
        late=late,
        answer=await _answer(ctx, step, definition),
        notes=await _notes(ctx, instance, definition),
        choices=[
            ChoiceView(choice.name, choice.label, choice.style, takes_form=bool(choice.form))
            for choice in definition.choices
        ],
        extra=await _extra(ctx, instance, step, definition, remaining(left, working) if left is not None else ""),
    )


def _due(ctx: Context, step: FlowStep, calendar: BusinessCalendar, definition: StepDef) -> str:
    """今天 15:39 前答复（还剩 3 小时 50 分工作时间）; at the moment itself there is nothing left to count."""
    if step.due_at is None:
        return ""
    if step.due_at <= ctx.now < step.due_at + timedelta(minutes=1):
        return f"{ctx.moment(step.due_at)} 前{definition.title}（时限已到）"
    return until(step.due_at, ctx.now, calendar, bool(definition.limit and definition.limit.working), definition.title)


async def _extra(
    ctx: Context, instance: FlowInstance, step: FlowStep, definition: StepDef, left: str
) -> dict[str, str]:
    reporter = await people.person(ctx.tx, instance.reporter_id)
    asker = await people.person(ctx.tx, step.closed_by_id) if step.closed_by_id else None
    above = await resolve(ctx, definition.ladder[0].to, instance, step) if definition.ladder else []
    return {
        "ask": instance.context.get("ask", ""),
        "remaining": left,
        "above": names(above),
        "owners": names(await _owners(ctx, step)),
        "asker": asker.name if asker else "",
        "reporter": reporter.name if reporter else "",
    }


async def _owners(ctx: Context, step: FlowStep) -> list[Person]:
    return [person for one in step.owner_ids if (person := await people.person(ctx.tx, one)) is not None]


async def _answer(ctx: Context, step: FlowStep, definition: StepDef) -> str:
    if not step.outcome or step.state != "done":
        return ""
    closer = await people.person(ctx.tx, step.closed_by_id) if step.closed_by_id else None
    return f"{closer.name if closer else ''}{definition.choice(step.outcome).label}"


async def _notes(ctx: Context, instance: FlowInstance, definition: StepDef) -> list[tuple[str, str]]:
    """What was said along the way, oldest first: notes of answers, and what was added."""
    notes: list[tuple[str, str]] = []
    for event in await events.about(ctx.tx, "flow", instance.id):
        words = event.payload.get("note") or event.payload.get("more")
        if words and event.kind in ("flow.answered", "flow.supplied"):
            speaker = await people.person(ctx.tx, event.person_id) if event.person_id else None
            notes.append((f"{speaker.name if speaker else ''} {ctx.moment(event.at)}", str(words)))
    return notes


async def _links(ctx: Context, instance: FlowInstance, step: FlowStep, definition: StepDef, late: bool) -> list[Link]:
    """Reporter › owners › whom the ladder has told › who comes next."""
    reporter = await people.person(ctx.tx, instance.reporter_id)
    owners = await _owners(ctx, step)
    links: list[Link] = []
    if reporter is not None and instance.reporter_id not in step.owner_ids:
        waiting = step.state == "paused"
        raised = "请补充信息" if waiting else f"{ctx.moment(instance.started_at)} 提出"
        links.append(Link(who=reporter.name, what=raised, state="now" if waiting else "done"))
    for owner in owners:
        links.append(_owner_link(ctx, owner, step, definition, late))
    for one in step.escalated_ids:
        told = await people.person(ctx.tx, one)
        if told is not None:
            links.append(_told_link(ctx, told, step, definition))
    if step.state in ("open", "paused"):
        for rung in definition.ladder[len(step.escalated_ids) :]:
            following = [
                one
                for one in await resolve(ctx, rung.to, instance, step)
                if one.id not in (*step.escalated_ids, *step.owner_ids)
            ]
            links += [Link(who=person.name, state="later") for person in following]
    return links


def _owner_link(ctx: Context, owner: Person, step: FlowStep, definition: StepDef, late: bool) -> Link:
    due = f"{ctx.moment(step.due_at)} 前{definition.title}" if step.due_at else ""
    if step.state == "done" and step.closed_by_id == owner.id:
        return Link(who=owner.name, what=_done(ctx, step, definition), state="done")
    if step.state == "paused":
        return Link(
            who=owner.name,
            what=f"{definition.choice(step.outcome).label}，暂停计时" if step.outcome else "暂停计时",
            state="done",
        )
    if step.state != "open":
        return Link(who=owner.name, what="", state="done" if step.state == "done" else "later")
    return Link(who=owner.name, what=f"{due}，已超时" if late else due, state="late" if late else "now")


def _told_link(ctx: Context, told: Person, step: FlowStep, definition: StepDef) -> Link:
    if step.state == "done":
        mine = step.closed_by_id == told.id
        return Link(who=told.name, what=_done(ctx, step, definition) if mine else "", state="done")
    return Link(who=told.name, what="已通知", state="now" if step.state == "open" else "done")


def _done(ctx: Context, step: FlowStep, definition: StepDef) -> str:
    label = definition.choice(step.outcome).label if step.outcome else "已处理"
    return f"{label} {ctx.moment(step.closed_at)}" if step.closed_at else label
