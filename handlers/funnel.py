"""漏斗: a stalled opportunity's warning ends with a contact or a reason to wait; /stage moves an opportunity on."""

from __future__ import annotations

from datetime import datetime

from bot.commands import wrong
from bot.context import Context
from bot.errors import Refused
from bot.fields import customer_meant
from bot.flows import thread
from bot.router import Router
from cards import funnel as cards
from cards.model import Card
from cards.texts import say
from rules.durations import parse_limit
from rules.phrasing import span
from rules.suggestion import suggestion
from storage import customers, deadlines, flows, funnel, people
from storage.deadlines import Alarm
from storage.firings import QUIET
from storage.tables import Customer, Event, FlowInstance, Interaction, Opportunity, Task

FLOW = "stall"
OPPORTUNITY = "opportunity"
WON, LOST = "won", "lost"
LOST_WORDS = ("丢单", "输单")

router = Router("funnel")


@router.on("flow.answered")
async def answered(ctx: Context, event: Event) -> None:
    """The rep's answer to a stall: a contact that is recorded here, or a reason to wait."""
    if event.payload["flow"] != FLOW or event.subject_id is None:
        return
    instance = await flows.instance(ctx.tx, event.subject_id)
    stalled = await ctx.tx.get_one(Opportunity, instance.about_id)
    if event.payload["choice"] == "contact":
        await _contact(ctx, instance, stalled, event)
    else:
        await _wait(ctx, instance, stalled, event.payload["reason"])


@router.on("contact.made")
async def contacted(ctx: Context, event: Event) -> None:
    """A new contact with a customer ends its stalls quietly: their cards say so, nobody is pushed anything."""
    who = ctx.person.name if ctx.person else ""
    made = {"who": who, "at": ctx.moment(event.at), "by": say("funnel.by", by=event.payload.get("by", ""))}
    word, lead = say("funnel.contacted"), say("funnel.contacted_lead", **made)
    owned = await funnel.of_customer(ctx.tx, event.subject_id or 0)
    await _end(ctx, [one.id for one in owned], word, lead, answered=event.payload.get("flow"))


@router.on("stage.changed")
async def went_on(ctx: Context, event: Event) -> None:
    """Another stage is another clock."""
    word = say("funnel.stage_moved", after=event.payload["after"])
    lead = say("funnel.stage_moved_lead", who=ctx.person.name if ctx.person else "", at=ctx.moment(event.at))
    await _end(ctx, [event.subject_id or 0], word, lead)


@router.command(
    "stage",
    "把商机改到另一个阶段",
    "/stage 宏达机械 报价",
    "/stage 宏达机械 商机名称 报价（有几个商机时）",
    "/stage 宏达机械 丢单",
)
async def stage(ctx: Context, words: list[str]) -> None:
    """Moves an opportunity of a customer the actor may see; the last stage wins it."""
    if len(words) < 2:
        raise wrong(ctx, "stage")
    meant = await customer_meant(ctx, words[0])
    if meant.id is None:
        raise Refused(meant.problem)
    customer = await ctx.tx.get_one(Customer, meant.id)
    after, state = _target(ctx, words[-1])
    one = await _opportunity(ctx, customer, " ".join(words[1:-1]), words[-1])
    if one.stage == after and one.state == state:
        raise Refused(say("funnel.same_stage", customer=customer.name, stage=after))
    await _move(ctx, customer, one, words[-1], after or one.stage, state)


def _target(ctx: Context, word: str) -> tuple[str, str]:
    """Stage and state a word means; no stage where it is lost wherever it stands."""
    stages = list(ctx.catalogue.setting("stages"))
    if word in LOST_WORDS:
        return "", LOST
    if word not in stages:
        raise Refused(say("funnel.unknown_stage", stage=word, likely=suggestion(word, [*stages, LOST_WORDS[0]])))
    return word, WON if word == stages[-1] else "open"


async def _opportunity(ctx: Context, customer: Customer, title: str, target: str) -> Opportunity:
    """The open opportunity meant; asks which where there are several."""
    sold = await customers.open_opportunities(ctx.tx, customer.id)
    if not sold:
        raise Refused(say("funnel.no_opportunity", customer=customer.name))
    called = [one for one in sold if one.title == title] if title else sold
    if len(called) != 1:
        titles = [one.title for one in sold]
        raise Refused(say("funnel.which", customer=customer.name, titles=titles, stage=target))
    return called[0]


async def _move(ctx: Context, customer: Customer, one: Opportunity, word: str, stage: str, state: str) -> None:
    before, since = one.stage, one.stage_since
    await funnel.move(ctx.tx, one, stage, state, by=ctx.actor.id, now=ctx.now)
    payload = {"before": before, "after": word, "state": state, "customer": customer.id}
    await ctx.event("stage.changed", (OPPORTUNITY, one.id), payload)
    await ctx.reply(cards.moved(customer.name, before, word, span(ctx.now - since)))
    owner = await people.person(ctx.tx, one.owner_id)
    if owner is not None and owner.id != ctx.actor.id:
        told = say("funnel.moved_told", who=ctx.actor.name, customer=customer.name, before=before, after=word)
        await ctx.push(owner, told, why={"kind": "stage", "opportunity": one.id})


async def _contact(ctx: Context, instance: FlowInstance, stalled: Opportunity, event: Event) -> None:
    """The contact is a record like any other, with what was promised next."""
    made = Interaction(
        customer_id=stalled.customer_id,
        person_id=ctx.actor.id,
        kind="message",
        at=ctx.now,
        note=event.payload["note"],
        source_kind="flow",
        source_id=instance.id,
    )
    ctx.tx.add(made)
    if event.payload.get("next_at"):
        ctx.tx.add(_promise(ctx, stalled, instance, datetime.fromisoformat(event.payload["next_at"])))
    await ctx.tx.flush()
    payload = {"by": FLOW, "flow": instance.id, "interaction": made.id}
    await ctx.event("contact.made", ("customer", stalled.customer_id), payload)


def _promise(ctx: Context, stalled: Opportunity, instance: FlowInstance, at: datetime) -> Task:
    return Task(
        person_id=ctx.actor.id,
        customer_id=stalled.customer_id,
        kind="follow_up",
        title=say("funnel.follow_up"),
        due_at=at,
        origin_kind="flow",
        origin_id=instance.id,
        created_at=ctx.now,
    )


async def _wait(ctx: Context, instance: FlowInstance, stalled: Opportunity, reason: str) -> None:
    """Quiet about this opportunity for some working days; a new contact ends that too."""
    until = parse_limit(ctx.catalogue.setting("stall_quiet")).due(ctx.now, ctx.calendar)
    payload = {"reason": reason, "by": ctx.actor.id}
    await ctx.alarm(
        Alarm(
            key=f"{QUIET}:{OPPORTUNITY}:{stalled.id}:{instance.id}",
            kind=QUIET,
            at=until,
            subject_kind=OPPORTUNITY,
            subject_id=stalled.id,
            payload=payload,
        )
    )
    await ctx.event("stall.quiet", (OPPORTUNITY, stalled.id), {**payload, "until": until.isoformat()})
    lead = say("funnel.waiting_lead", who=ctx.actor.name, reason=reason, until=ctx.moment(until))
    await _say_closed(ctx, instance, say("funnel.waiting"), lead)


async def _end(ctx: Context, opportunity_ids: list[int], word: str, lead: str, *, answered: int | None = None) -> None:
    """The stalls of these opportunities are over; the one that is being answered right now ends by itself."""
    for one in opportunity_ids:
        await deadlines.cancel(ctx.tx, OPPORTUNITY, one, (QUIET,))
    for instance in await funnel.open_flows(ctx.tx, FLOW, opportunity_ids):
        await _say_closed(ctx, instance, word, lead)
        reporter = await people.person(ctx.tx, instance.reporter_id)
        if instance.id != answered and reporter is not None:
            # As the rep: whoever withdraws is the one person who is not told.
            await ctx.flows.withdraw(ctx.acting(reporter), instance, by=reporter)


async def _say_closed(ctx: Context, instance: FlowInstance, word: str, lead: str) -> None:
    """Everybody's card of this stall says what became of it, and nothing on it works any more."""
    card: Card = cards.closed(instance.context.get("subject", ""), word, lead)
    await ctx.redraw_thread(thread(instance.id), lambda _: card, close=True)
