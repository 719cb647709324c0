"""Flows at run time: carries out what the pure engine decides, keeps the clocks as deadline rows, tells people.

One step, one row; one moment, one deadline row; one card in the thread of the flow for everybody who holds one, redrawn
at every change. What a running flow does comes from the snapshot it started with.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.context import Context
from bot.errors import NotYours, Refused
from bot.flow_owners import resolve
from bot.flow_views import StepView, draw, step_view, why
from cards.model import Card
from cards.texts import say
from rules import flow as engine
from rules import ladder
from rules.answers import plain
from rules.calendar import BusinessCalendar
from rules.errors import RulesError
from rules.flow_definition import FlowDef, StepDef
from storage import deadlines, flows, people
from storage.calendars import restore, snapshot
from storage.deadlines import Alarm
from storage.tables import FlowInstance, FlowStep, Person


def thread(step_id: int) -> str:
    """The cards of one step hang together: all change when it does."""
    return f"step:{step_id}"


class Flows:
    """The door to flows for handlers."""

    async def start(
        self,
        ctx: Context,
        name: str,
        *,
        about: tuple[str, int],
        reporter: Person,
        context: Mapping[str, Any],
        payload: Mapping[str, Any] | None = None,
    ) -> FlowInstance:
        """Starts a flow in the version in force.

        `context` holds what its cards say: subject (李雷 · 宏达机械), ask, facts [[label, value]…], and under "values"
        what its forms start with. `payload` is what its guards may name.
        """
        definition = ctx.catalogue.flow(name)
        decisions = engine.begin(definition, payload or {})
        instance = FlowInstance(
            flow=name,
            version=definition.version,
            definition=definition.to_dict(),
            reporter_id=reporter.id,
            about_kind=about[0],
            about_id=about[1],
            context=dict(context),
            progress=decisions.state.to_dict(),
            started_at=ctx.now,
        )
        ctx.tx.add(instance)
        await ctx.tx.flush()
        await ctx.event(
            "flow.started", ("flow", instance.id), {"flow": name, "version": definition.version}, by=reporter
        )
        await self._apply(ctx, instance, decisions)
        return instance

    async def answer(self, ctx: Context, step: FlowStep, choice: str, fields: Mapping[str, Any]) -> FlowInstance:
        """The actor chooses. Raises NotYours, or Refused when the step waits for something else."""
        instance = await flows.instance(ctx.tx, step.instance_id)
        owner = await self._may_answer(ctx, instance, step)
        answered = engine.Answered(step.name, choice, str(ctx.actor.id), fields, owner=owner)
        step.outcome, step.note = choice, str(fields.get("note", ""))
        step.closed_by_id = ctx.actor.id
        await self._decide(ctx, instance, answered, {"step": step.name, "choice": choice, **fields})
        return instance

    async def supply(self, ctx: Context, step: FlowStep, fields: Mapping[str, Any]) -> FlowInstance:
        """The actor adds what was asked for; the clock goes on."""
        instance = await flows.instance(ctx.tx, step.instance_id)
        definition = flows.definition(instance).step(step.name)
        asked = await resolve(ctx, definition.resume_by, instance, step)
        if ctx.actor.id not in {person.id for person in asked}:
            raise NotYours("这个流程")
        supplied = engine.Supplied(step.name, str(ctx.actor.id), fields)
        await self._decide(ctx, instance, supplied, {"step": step.name, **fields})
        return instance

    async def withdraw(self, ctx: Context, instance: FlowInstance, *, by: Person) -> None:
        """The flow is not wanted any more; nothing when it is over already."""
        if instance.state == "open":
            await self._decide(ctx, instance, engine.Withdrawn(str(by.id)), {})

    async def take_form(self, ctx: Context, about: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """A form that was asked for by a step: {"flow_step": id, "choice": name}, or without choice to supply."""
        step = await step_for(ctx, int(about["flow_step"]))
        plain_values = {name: plain(value) for name, value in values.items()}
        if about.get("choice"):
            await self.answer(ctx, step, str(about["choice"]), plain_values)
        else:
            await self.supply(ctx, step, plain_values)

    async def _may_answer(self, ctx: Context, instance: FlowInstance, step: FlowStep) -> str:
        """For whom the actor answers: themselves as an owner, or the owner they stand in for or were told about."""
        if ctx.actor.id in step.owner_ids:
            return str(ctx.actor.id)
        if ctx.actor.id in step.escalated_ids:
            answered = engine.FlowState.from_dict(instance.progress).step(step.name).answers
            waiting = [str(owner) for owner in step.owner_ids if str(owner) not in answered]
            return (waiting or [str(step.owner_ids[0])])[0]
        raise NotYours(f"「{flows.definition(instance).title}」这一步")

    async def _decide(self, ctx: Context, instance: FlowInstance, event: engine.Event, payload: dict[str, Any]) -> None:
        state = engine.FlowState.from_dict(instance.progress)
        try:
            decisions = engine.decide(flows.definition(instance), state, event)
        except RulesError as error:
            raise Refused(str(error)) from error
        await ctx.event(
            f"flow.{type(event).__name__.lower()}", ("flow", instance.id), {"flow": instance.flow, **payload}
        )
        await self._apply(ctx, instance, decisions)

    async def _apply(self, ctx: Context, instance: FlowInstance, decisions: engine.Decisions) -> None:
        definition = flows.definition(instance)
        instance.progress = decisions.state.to_dict()
        if decisions.finished:
            instance.state = "done" if decisions.finished == "done" else decisions.finished
            instance.finished_at = ctx.now
        for name in decisions.close:
            await self._close(ctx, await flows.live_step(ctx.tx, instance.id, name))
        for name in decisions.pause:
            await self._pause(ctx, definition.step(name), await flows.live_step(ctx.tx, instance.id, name))
        for name in decisions.resume:
            await self._resume(ctx, instance, definition.step(name), await flows.live_step(ctx.tx, instance.id, name))
        for name in decisions.open:
            await self._open(ctx, instance, definition.step(name), decisions.state.step(name).round)
        await self.redraw(ctx, instance)
        for tell in decisions.tell:
            await self._tell(ctx, instance, definition, tell)
        await ctx.event("flow.changed", ("flow", instance.id), {"flow": instance.flow, "state": instance.state})
        if decisions.finished:
            await ctx.event(
                "flow.finished", ("flow", instance.id), {"flow": instance.flow, "state": decisions.finished}
            )

    async def _open(self, ctx: Context, instance: FlowInstance, definition: StepDef, nth: int) -> None:
        reporter = await people.person(ctx.tx, instance.reporter_id)
        owners = [
            person for expression in definition.owners for person in await resolve(ctx, expression, instance, None)
        ]
        owners = owners or await people.admins(ctx.tx)
        calendar = await ctx.calendar_of(owners[0]) if owners else ctx.calendar
        step = FlowStep(
            instance_id=instance.id,
            name=definition.name,
            round=nth,
            owner_ids=[person.id for person in owners],
            calendar=snapshot(calendar),
            escalated_ids=[],
            opened_at=ctx.now,
        )
        ctx.tx.add(step)
        await ctx.tx.flush()
        state = engine.FlowState.from_dict(instance.progress)
        instance.progress = state.with_owners(definition.name, [str(person.id) for person in owners]).to_dict()
        await self.arm(ctx, step, ladder.schedule(definition, ctx.now, calendar))
        opened = {"step": step.name, "owners": step.owner_ids, "due": step.due_at.isoformat() if step.due_at else None}
        await ctx.event("flow.step_opened", ("flow", instance.id), {"flow": instance.flow, **opened}, by=reporter)

    async def arm(self, ctx: Context, step: FlowStep, moments: tuple[ladder.Deadline, ...]) -> None:
        """Sets a step's deadlines: the one place that writes them."""
        serial = await deadlines.last_id(ctx.tx)
        for moment in moments:
            if moment.kind == ladder.DUE:
                step.due_at = moment.at
            alarm = Alarm(
                key=f"step:{step.id}:{moment.kind}:{moment.index}:{serial}",
                kind=f"flow.{moment.kind}",
                at=moment.at,
                subject_kind="step",
                subject_id=step.id,
                payload={"index": moment.index, "to": moment.to, "kind": moment.kind},
            )
            await ctx.alarm(alarm)

    async def _pause(self, ctx: Context, definition: StepDef, step: FlowStep) -> None:
        step.state, step.paused_at = "paused", ctx.now
        if step.due_at is not None:
            step.remaining = ladder.paused(definition, step.due_at, ctx.now, self._calendar(step))
        await deadlines.cancel(ctx.tx, "step", step.id)

    async def _resume(self, ctx: Context, instance: FlowInstance, definition: StepDef, step: FlowStep) -> None:
        step.state, step.paused_at, step.outcome = "open", None, ""
        if step.remaining is not None:
            fired = [
                (row.payload["kind"], row.payload["index"])
                for row in await deadlines.fired_for(ctx.tx, "step", step.id)
            ]
            calendar = self._calendar(step)
            await self.arm(ctx, step, ladder.resumed(definition, step.remaining, ctx.now, calendar, fired))
            step.due_at = ladder.resumed_due(definition, step.remaining, ctx.now, calendar)
            step.remaining = None

    async def _close(self, ctx: Context, step: FlowStep) -> None:
        instance = await flows.instance(ctx.tx, step.instance_id)
        status = engine.FlowState.from_dict(instance.progress).step(step.name).status
        step.state, step.closed_at = ("done" if status == "done" else "cancelled"), ctx.now
        await deadlines.cancel(ctx.tx, "step", step.id)

    @staticmethod
    def _calendar(step: FlowStep) -> BusinessCalendar:
        return restore(step.calendar)

    # Telling people

    async def _tell(self, ctx: Context, instance: FlowInstance, definition: FlowDef, tell: engine.Tell) -> None:
        """Pushes what a decision says. Whoever just acted sees it on the card they pressed."""
        if tell.about in ("finished", "answered_in_part") or (tell.about == "answered" and instance.state == "open"):
            return
        step = await flows.newest_step(ctx.tx, instance.id, tell.step) if tell.step else None
        for person in await resolve(ctx, tell.to, instance, step):
            if ctx.person is None or person.id != ctx.person.id or tell.about == "opened":
                await self.show(ctx, instance, person, about=tell.about, step=step)

    async def show(
        self, ctx: Context, instance: FlowInstance, person: Person, *, about: str, step: FlowStep | None = None
    ) -> None:
        """Sends a person the flow's card as it stands now, urgent because a clock runs."""
        view = await step_view(ctx, instance, step)
        card = draw(ctx, view, person, about)
        await ctx.push(person, card, thread=thread(view.step.id), why=why(view, about), urgent=True)

    async def redraw(self, ctx: Context, instance: FlowInstance) -> None:
        """Every card of the flow shows what now holds."""
        for step in await flows.steps(ctx.tx, instance.id):
            view = await step_view(ctx, instance, step)
            over = step.state in ("done", "cancelled")
            await ctx.redraw_thread(thread(step.id), partial(_drawn, ctx, view), close=over)


def _drawn(ctx: Context, view: StepView, holder: Person | None) -> Card:
    return draw(ctx, view, holder, "changed")


async def step_for(ctx: Context, step_id: int) -> FlowStep:
    """A live step of a flow. Raises Refused when it is over, saying what became of it."""
    step = await ctx.tx.get(FlowStep, step_id)
    if step is None:
        raise Refused(say("flows.gone"))
    if step.state in ("done", "cancelled"):
        closer = await people.person(ctx.tx, step.closed_by_id) if step.closed_by_id else None
        raise Refused(
            say("flows.over", by=closer.name if closer else "", at=ctx.moment(step.closed_at) if step.closed_at else "")
        )
    return step
