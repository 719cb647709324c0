"""/todo: what waits for me now, each with the card that settles it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from bot.context import Context, Message
from bot.errors import NotYours, Refused
from bot.router import Router
from cards import progress as progress_cards
from cards import todo as cards
from cards.model import Source
from cards.texts import say
from cards.todo import ShowDraft, ShowFlow
from handlers import private
from rules.durations import parse_duration
from rules.priority import Entry, Ranked, ranked
from storage import customers, flows, progress, tasks, todo
from storage.tables import Draft, FlowInstance, FlowStep

SAID = {"待办", "我的待办", "今天要做什么", "今天做什么", "今日待办", "待处理", "todo"}
DRAFTS = 5
CONTACTS = 10

router = Router("todo")


@router.command("todo", "现在等我处理的事、今天要联系的客户", "/todo")
async def command(ctx: Context, words: list[str]) -> None:
    await show(ctx)


@router.says(rank=10)
async def in_words(ctx: Context, message: Message) -> bool:
    """待办 and 今天要做什么, said plainly."""
    asked = message.text.strip().rstrip("。！!？?").lower() in SAID
    if asked:
        await show(ctx)
    return asked


async def show(ctx: Context) -> None:
    """The actor's own list; other features may answer with it too."""
    waiting = [await _waiting(ctx, flow, step) for flow, step in await flows.waiting_for(ctx.tx, ctx.actor.id)]
    drafts = [await _draft(ctx, one) for one in await todo.open_drafts(ctx.tx, ctx.actor.id, DRAFTS)]
    plain, contacts = await _tasks(ctx)
    await private.answer(ctx, cards.todo_card(cards.Todo([*waiting, *drafts], plain, contacts)))


@router.pressed(ShowFlow)
async def show_flow(ctx: Context, press: ShowFlow) -> None:
    """The flow's card again, live, for somebody it concerns."""
    step = await ctx.tx.get(FlowStep, press.step)
    if step is None or step.state not in flows.LIVE:
        raise Refused(say("todo.gone"))
    concerned = {live.id for _, live in await flows.waiting_for(ctx.tx, ctx.actor.id)}
    if step.id not in concerned:
        raise NotYours("这件事")
    instance = await flows.instance(ctx.tx, step.instance_id)
    await ctx.flows.show(ctx, instance, ctx.actor, about="changed", step=step)


@router.pressed(ShowDraft)
async def show_draft(ctx: Context, press: ShowDraft) -> None:
    """A draft's card again, with what was understood and where it came from."""
    draft = await progress.draft_of(ctx.tx, ctx.actor.id, press.draft)
    if draft is None or draft.state != "open":
        raise Refused(say("todo.gone"))
    form = ctx.catalogue.form(draft.form)
    sources = {name: _source(row, draft.audio) for name, row in draft.sources.items() if row.get("words")}
    inputs = await ctx.forms.inputs(ctx, form, draft.answers, sources=sources)
    await private.aside(ctx).reply(progress_cards.draft_card(draft.id, inputs, origin=draft.text))


async def _waiting(ctx: Context, flow: FlowInstance, step: FlowStep) -> cards.Waiting:
    definition = flows.definition(flow)
    late = step.state == "open" and step.due_at is not None and step.due_at <= ctx.now
    due = _due(ctx, step.due_at) if step.due_at else ""
    return cards.Waiting(
        title=f"{definition.title}（{definition.step(step.name).title}）",
        subject=flow.context.get("subject", ""),
        due=say("todo.supply") if step.state == "paused" else due,
        late=late,
        opens=ShowFlow(step=step.id),
    )


async def _draft(ctx: Context, draft: Draft) -> cards.Waiting:
    known = str(draft.answers.get("customer", ""))
    customer = await customers.customer_for(ctx.tx, ctx.actor, int(known)) if known.isdigit() else None
    subject = say("todo.draft_name", customer=customer.name if customer else "", words=draft.text[:10])
    opens = ShowDraft(draft=draft.id)
    return cards.Waiting(say("todo.draft"), subject, ctx.moment(draft.created_at), late=False, opens=opens)


async def _tasks(ctx: Context) -> tuple[list[tuple[str, str]], list[cards.Contact]]:
    """Today's tasks without a customer, and customers to contact: promised first, then the longest silence."""
    due = await tasks.due_before(ctx.tx, ctx.actor.id, _tonight(ctx))
    plain = [(task.title, _due(ctx, task.due_at)) for task, customer in due if customer is None]
    days = parse_duration(ctx.catalogue.setting("untouched")).days
    owned = await customers.owned(ctx.tx, ctx.actor.id)
    entries = [Entry(one.customer.id, one.customer.name, one.last_contact) for one in owned]
    ranks = {rank.entry.key: rank for rank in ranked(entries, ctx.now, ctx.calendar.zone, days)}
    contacts: list[cards.Contact] = []
    for task, customer in due:
        if customer is not None:
            rank = ranks.pop(customer.id, None)
            reason = say("todo.promised", title=task.title, at=_due(ctx, task.due_at))
            contacts.append(cards.Contact(customer.name, reason, _last(ctx, rank)))
    silent = [rank for rank in ranks.values() if rank.untouched]
    contacts += [cards.Contact(one.entry.name, say("todo.untouched", days=one.days), _last(ctx, one)) for one in silent]
    return plain, contacts[:CONTACTS]


def _last(ctx: Context, rank: Ranked | None) -> str:
    return ctx.moment(rank.entry.last_contact) if rank is not None and rank.entry.last_contact else ""


def _due(ctx: Context, at: datetime) -> str:
    return say("todo.due", due=ctx.moment(at), late=at <= ctx.now)


def _source(row: dict[str, Any], audio: str) -> Source:
    start, end = row.get("seconds") or (0.0, 0.0)
    words = say("progress.heard", words=row["words"])
    return Source(text=words, audio=audio if row.get("seconds") else "", start=start, end=end)


def _tonight(ctx: Context) -> datetime:
    """The end of today in the team's zone."""
    today = ctx.local(ctx.now).date()
    return datetime.combine(today + timedelta(days=1), time(), ctx.calendar.zone)
