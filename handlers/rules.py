"""规则: looks at every rule whose moment has come, and does what it says for what it is newly true of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.catalogue import Catalogue
from bot.context import Context
from bot.router import Router
from cards.texts import say
from config.packs import RuleDef
from handlers.facts import as_of, words
from handlers.rule_actions import ACTIONS
from handlers.rule_views import Firing, Live, line_of, said_facts, wanted_facts
from rules.durations import parse_duration
from rules.errors import RulesError
from rules.expression import OnEvent, Rule, Schedule, Verb, facts_in
from rules.firing import fires, next_look
from rules.grammar import parse
from rules.literals import BadRule
from storage import firings
from storage.deadlines import Alarm
from storage.facts import AsOf, MixedSubjects, Subject
from storage.hits import Hit, hits
from storage.subjects import subject, subject_of
from storage.tables import Deadline, Event, RuleFiring

LOOK = "rule.look"

EVENTS = {
    "记下推进": ("progress.filed", "客户推进"),
    "联系客户": ("contact.made", "客户"),
    "拜访结束": ("visit.finished", "拜访"),
    "商机阶段变化": ("stage.changed", "商机"),
    "客户转交": ("customer.transferred", "客户"),
    "关键人变动": ("contact.changed", "关键人变动"),
    "竞品动态": ("competitor.moved", "竞品动态"),
    "政策影响": ("policy.noted", "政策影响"),
}
"""Events a rule may wait for, with the domain event behind each and what it is about."""

router = Router("rules")
log = structlog.get_logger()


@router.job("scan_rules")
async def scan_rules(ctx: Context, occurrence: Deadline) -> None:
    """Every hour of work: rules without a timetable are looked at now; each of the others has its next moment set."""
    for live in await live_rules(ctx):
        if live.rule.trigger is None:
            await look(ctx, live)
        else:
            await arm(ctx, live, ctx.now - timedelta(seconds=1))


@router.due(LOOK)
async def look_again(ctx: Context, deadline: Deadline) -> None:
    """A rule's own moment. A version that is no longer in force looks at nothing; the new one has its own moments."""
    name, version = deadline.payload["rule"], deadline.payload["version"]
    definition = ctx.catalogue.rules.get(name)
    if definition is None or not definition.live or ctx.catalogue.version("rule", name) != version:
        return
    live = read(ctx, definition, version, as_of(ctx))
    await arm(ctx, live, ctx.now)
    await look(ctx, live)


@router.due(firings.QUIET)
async def quiet_is_over(ctx: Context, deadline: Deadline) -> None:
    """From the next look on, what is still true is said again."""
    await ctx.event("rule.quiet_over", (deadline.subject_kind, deadline.subject_id))


@router.on(*(kind for kind, _ in EVENTS.values()))
async def on_event(ctx: Context, event: Event) -> None:
    """Rules that wait for this event, for what it is about."""
    names = [name for name, (kind, _) in EVENTS.items() if kind == event.kind]
    if event.subject_id is None or not waits_for(ctx.catalogue, names):
        return
    for live in await live_rules(ctx):
        if isinstance(live.rule.trigger, OnEvent) and live.rule.trigger.name in names:
            await look(ctx, live, only=event.subject_id)


def waits_for(catalogue: Catalogue, events: Sequence[str]) -> bool:
    """Whether any live rule may wait for one of these events, without parsing a sentence."""
    return any(one.live and name in one.sentence for one in catalogue.rules.values() for name in events)


async def arm(ctx: Context, live: Live, after: datetime) -> None:
    """Sets the next moment of a rule with a timetable; nothing when it is set already."""
    name, trigger = live.definition.name, live.rule.trigger
    if isinstance(trigger, Schedule):
        at = next_look(trigger, after, ctx.calendar)
        payload = {"rule": name, "version": live.version}
        await ctx.alarm(Alarm(key=f"{LOOK}:{name}:{live.version}:{at.isoformat()}", kind=LOOK, at=at, payload=payload))


async def live_rules(ctx: Context) -> list[Live]:
    """Every rule in force. One that cannot be read any more (a fact or flow is gone) is left out, with an event."""
    at, found = as_of(ctx), []
    for definition in ctx.catalogue.rules.values():
        if not definition.live:
            continue
        try:
            found.append(read(ctx, definition, ctx.catalogue.version("rule", definition.name), at))
        except RulesError as error:
            await ctx.event("rule.unreadable", ("rule", None), {"rule": definition.name, "error": str(error)})
            log.warning("rule cannot be read", rule=definition.name, error=str(error))
    return found


def read(ctx: Context, definition: RuleDef, version: int, at: AsOf, people: tuple[str, ...] | None = None) -> Live:
    """A rule's sentence with what it is about. With `people`, its receivers are checked against them.

    Raises:
        RulesError: in words, with what could be meant.
    """
    rule = parse(definition.sentence, words(ctx, at, events=tuple(EVENTS), people=people))
    unknown = [action.verb.value for action in rule.actions if action.verb not in ACTIONS]
    if unknown:
        raise BadRule(say("rules.not_yet", verb=unknown[0], verbs=[verb.value for verb in ACTIONS]))
    return Live(definition, rule, _about(rule, at), at, version)


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule is true of now, and those it would fire for."""

    all: list[Hit]
    new: list[Hit]
    before: dict[int, RuleFiring]


async def find(ctx: Context, live: Live, *, only: int | None = None) -> Found:
    """One query for the rule, one for what it fired for lately, one for what has asked for quiet."""
    again = parse_duration(live.definition.again)
    kind = live.subject.kind
    found = await hits(ctx.tx, live.subject, live.rule.condition, live.at, more=wanted_facts(live), only=only)
    if not found:
        return Found([], [], {})
    before = await firings.newest(ctx.tx, live.definition.name, kind, ctx.now - again)
    quiet = await firings.quiet_until(ctx.tx, kind)
    busy = {one for flow in _flows(ctx, live) for one in await firings.in_flow(ctx.tx, flow, kind)}
    new = [
        hit
        for hit in found
        if hit.id not in busy
        and fires(hit.inputs, firings.seen(before.get(hit.id)), ctx.now, again=again, quiet_until=quiet.get(hit.id))
    ]
    return Found(found, new, before)


async def look(ctx: Context, live: Live, *, only: int | None = None) -> int:
    """Looks at a rule now and does what it says for each thing it is newly true of; gives for how many."""
    found = await find(ctx, live, only=only)
    fired = [await _fire(ctx, live, hit, found.before.get(hit.id)) for hit in found.new]
    for action in live.rule.actions if fired else ():
        await ACTIONS[action.verb](ctx, live, action, fired)
    return len(fired)


async def _fire(ctx: Context, live: Live, hit: Hit, before: RuleFiring | None) -> Firing:
    name, facts = live.definition.name, said_facts(ctx, live, hit)
    subject_ = (live.subject.kind, hit.id)
    row = await firings.write(ctx.tx, (name, live.version), subject_, ctx.now, hit.inputs, facts, before=before)
    await ctx.event("rule.fired", subject_, {"rule": name, "version": live.version, "firing": row.id})
    return Firing(hit, row, line_of(live, hit), facts)


def _flows(ctx: Context, live: Live) -> list[str]:
    titles = [action.subject for action in live.rule.actions if action.verb is Verb.FLOW]
    return [ctx.catalogue.flow(title).name for title in titles]


def _about(rule: Rule, at: AsOf) -> Subject:
    """What a rule is about: what its event is about, or what its condition speaks of."""
    if not isinstance(rule.trigger, OnEvent):
        return subject_of(rule.condition, at)
    about = subject(EVENTS[rule.trigger.name][1], at)
    spoken = facts_in(rule.condition) if rule.condition is not None else ()
    strange = [one.name for one in spoken if one.name not in about.facts]
    if strange:
        raise MixedSubjects(say("rules.strange", event=rule.trigger.name, about=about.name, fact=strange[0]))
    return about
