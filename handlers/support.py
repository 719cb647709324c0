"""支持请求: a report that asks for support starts the superior's clock; the flow does the rest."""

from __future__ import annotations

from bot.context import Context
from bot.router import Router
from cards import support as cards
from cards.texts import say
from storage import flows, people, support
from storage.tables import Customer, Event, ProgressReport, SupportRequest

FLOW = "support"

router = Router("support")


@router.on("progress.filed")
async def ask_superior(ctx: Context, event: Event) -> None:
    """A progress report that asks for support starts the superior's 4-hour clock."""
    report = await ctx.tx.get_one(ProgressReport, event.subject_id)
    if not report.support:
        return
    customer = await ctx.tx.get_one(Customer, report.customer_id)
    request = SupportRequest(
        report_id=report.id,
        customer_id=customer.id,
        reporter_id=report.person_id,
        text=report.support,
        state="open",
        at=ctx.now,
    )
    ctx.tx.add(request)
    await ctx.tx.flush()
    context = {
        "subject": f"{ctx.actor.name} · {customer.name}",
        "ask": say("support.ask", text=report.support),
        "facts": [
            [label, value] for label, value in (("今日动作", report.action), ("阻碍因素", report.obstacle)) if value
        ],
    }
    flow = await ctx.flows.start(ctx, FLOW, about=("support_request", request.id), reporter=ctx.actor, context=context)
    request.flow_id = flow.id


@router.on("progress.undone")
async def withdraw(ctx: Context, event: Event) -> None:
    """An undone report takes its request back, and whoever was asked is told."""
    request = await support.of_report(ctx.tx, event.subject_id or 0)
    if request is not None and request.flow_id is not None:
        await ctx.flows.withdraw(ctx, await flows.instance(ctx.tx, request.flow_id), by=ctx.actor)


@router.on("flow.changed")
async def follow(ctx: Context, event: Event) -> None:
    """The request's state follows its flow."""
    if event.payload["flow"] != FLOW or event.subject_id is None:
        return
    request = await support.of_flow(ctx.tx, event.subject_id)
    if request is None:
        return
    newest = (await flows.steps(ctx.tx, event.subject_id))[-1]
    states = {"done": "answered", "cancelled": "withdrawn", "rejected": "withdrawn"}
    request.state = states.get(event.payload["state"], newest.state)


async def mine(ctx: Context) -> None:
    """我的支持请求: each with who holds it now."""
    requests = await support.of_reporter(ctx.tx, ctx.actor.id)
    rows = []
    for request in requests:
        customer = await ctx.tx.get_one(Customer, request.customer_id)
        rows.append(cards.Row(customer.name, request.text, await _standing(ctx, request)))
    await ctx.reply(cards.mine(rows))


async def _standing(ctx: Context, request: SupportRequest) -> str:
    """Who holds it now and until when, or how it ended."""
    if request.flow_id is None:
        return request.state
    step = (await flows.steps(ctx.tx, request.flow_id))[-1]
    owner = await people.person(ctx.tx, (step.closed_by_id or step.owner_ids[0]) if step.owner_ids else 0)
    due = ctx.moment(step.due_at) if step.due_at else ""
    return say(
        "support.standing",
        state=request.state,
        owner=owner.name if owner else "",
        due=due,
        late=step.due_at is not None and ctx.now >= step.due_at,
        at=ctx.moment(step.closed_at) if step.closed_at else "",
    )
