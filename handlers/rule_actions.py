"""What rules do: push a card, start a flow, open a task, tell somebody higher up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from bot.context import Context
from bot.flow_owners import present_or_substitute
from cards import rules as cards
from handlers.rule_views import Firing, Live, known_facts, lead_of, shown_facts, thread_of, why
from rules.expression import Action, Verb
from storage import people
from storage.tables import Group, Person, Task

OWNER, MANAGER, DIRECTOR, ADMINS, GROUP = "负责人", "主管", "总监", "管理员", "团队群"
RECEIVERS = (OWNER, MANAGER, "上级", DIRECTOR, ADMINS, GROUP)
"""Words a rule may name receivers with; anybody may be named too."""

ONE_DAY = timedelta(days=1)

Act = Callable[[Context, Live, Action, Sequence[Firing]], Awaitable[None]]


async def push(ctx: Context, live: Live, action: Action, fired: Sequence[Firing]) -> None:
    """One card a receiver: about one thing, or a list where there are several. One flow just started shows its own."""
    waiting: dict[tuple[str, int], tuple[Person | Group, list[Firing]]] = {}
    for firing in fired:
        flow = firing.flows.get(action.subject)
        for receiver in await receivers(ctx, action.to, firing):
            key = (type(receiver).__name__, receiver.id)
            if flow is None or key != (Person.__name__, flow.reporter_id):
                waiting.setdefault(key, (receiver, []))[1].append(firing)
    for receiver, about in waiting.values():
        flow = about[0].flows.get(action.subject) if len(about) == 1 else None
        if flow is not None and isinstance(receiver, Person):
            await ctx.flows.show(ctx, flow, receiver, about="opened")
        else:
            await _send(ctx, live, action.subject or live.definition.title, receiver, about)


async def start_flow(ctx: Context, live: Live, action: Action, fired: Sequence[Firing]) -> None:
    """A flow for whoever owns the thing; nothing for what nobody owns."""
    name = ctx.catalogue.flow(action.subject).name
    for firing in fired:
        owner = await people.person(ctx.tx, firing.hit.person_id) if firing.hit.person_id else None
        if owner is None:
            continue
        context = {
            "subject": firing.line,
            "ask": lead_of(live, firing.facts),
            "facts": [list(one) for one in known_facts(live, firing.facts)],
            "rule": why(live, firing),
        }
        about = (live.subject.kind, firing.hit.id)
        firing.flows[action.subject] = await ctx.flows.start(ctx, name, about=about, reporter=owner, context=context)


async def open_task(ctx: Context, live: Live, action: Action, fired: Sequence[Firing]) -> None:
    """A task with its time, told to whoever has to do it."""
    due = action.limit.due(ctx.now, ctx.calendar) if action.limit else ctx.now + ONE_DAY
    for firing in fired:
        for receiver in await receivers(ctx, action.to or (OWNER,), firing):
            if not isinstance(receiver, Person):
                continue
            ctx.tx.add(
                Task(
                    person_id=receiver.id,
                    customer_id=firing.hit.customer_id,
                    kind="rule",
                    title=action.subject,
                    due_at=due,
                    origin_kind="rule_firing",
                    origin_id=firing.row.id,
                    created_at=ctx.now,
                )
            )
            card = cards.task(action.subject, firing.line, lead_of(live, firing.facts), ctx.moment(due))
            await ctx.push(receiver, card, why=why(live, firing))
    await ctx.tx.flush()


ACTIONS: dict[Verb, Act] = {Verb.PUSH: push, Verb.FLOW: start_flow, Verb.TASK: open_task, Verb.ESCALATE: push}
"""What rules can do so far; a sentence that asks for more is refused when it is written."""


async def receivers(ctx: Context, names: Sequence[str], firing: Firing) -> list[Person | Group]:
    """The people and groups meant, each once, with substitutes for those on leave."""
    owner = await people.person(ctx.tx, firing.hit.person_id) if firing.hit.person_id else None
    found: dict[tuple[str, int], Person | Group] = {}
    for name in names or (OWNER,):
        for one in await _meant(ctx, name, owner):
            present = one if isinstance(one, Group) else await present_or_substitute(ctx, one)
            if present is not None:
                found[(type(present).__name__, present.id)] = present
    return list(found.values())


async def _meant(ctx: Context, name: str, owner: Person | None) -> Sequence[Person | Group]:
    if name == ADMINS:
        return await people.admins(ctx.tx)
    if name == GROUP:
        return await people.groups_of(ctx.tx, owner.team_id) if owner is not None and owner.team_id else []
    steps = {OWNER: 0, MANAGER: 1, "上级": 1, DIRECTOR: 2}.get(name)
    if steps is None:
        return await people.named(ctx.tx, name)
    if owner is None:
        return await people.admins(ctx.tx)
    chain = [owner, *await people.superiors(ctx.tx, owner)]
    return chain[steps : steps + 1]


async def _send(ctx: Context, live: Live, title: str, receiver: Person | Group, about: Sequence[Firing]) -> None:
    facts = known_facts if len(about) == 1 else shown_facts
    entries = [
        cards.Entry(one.line, one.owner, lead_of(live, one.facts), tuple(facts(live, one.facts)), one.hit.customer)
        for one in about
    ]
    card = cards.fired(title, entries)
    reason = why(live, about[0]) | ({"count": len(about)} if len(about) > 1 else {})
    if isinstance(receiver, Group):
        await ctx.post(receiver, card, why=reason)
    else:
        thread = thread_of(live.subject.kind, about[0].hit.id) if len(about) == 1 else ""
        await ctx.push(receiver, card, why=reason, thread=thread)
