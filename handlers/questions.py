"""提问: plain questions answered from the records; what cannot be answered is declined with what can be asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.commands import allowed
from bot.context import Context, Message
from bot.errors import Refused
from bot.fields import customer_meant
from bot.router import Router, Who
from cards import questions as cards
from cards.questions import ShowRecords
from cards.texts import say
from handlers import customer_file, private, support, todo
from handlers import customers as customer_files
from handlers.facts import as_of
from handlers.figures import BEFORE, asked_metrics, period_name, shown, word
from handlers.file_views import lines_of, moves_card
from rules.evaluation import period
from rules.expression import Compare, FactRef, Kind
from rules.metrics import median
from rules.phrasing import span
from storage import customers, people
from storage.hits import hits
from storage.metrics import Days, tally
from storage.subjects import REPS, subject
from storage.tables import Customer, Person
from transcription.asked import asked_form, asked_kind, asked_words
from transcription.message import Message as Understood
from transcription.questions import period as spoken_period
from transcription.understanding import read

RECORDS = 8
TOO_LONG = FactRef("客户未联系时长", Kind.DURATION), FactRef("久未联系时限", Kind.DURATION)

router = Router("questions")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with everything its answer may need."""

    kind: str
    customers: tuple[tuple[str, ...], ...]
    """The names each mention may mean."""
    words: str
    days: Days | None
    rival: str = ""


@router.says(rank=20)
async def ask(ctx: Context, message: Message) -> bool:
    """Answers a question in private; anything that is no question is left to the others."""
    lexicon = await ctx.services.lexicons.load(ctx.tx)
    heard = message.transcript is not None
    understood = read(message.text, now=ctx.local(ctx.now), lexicon=lexicon, calendar=ctx.calendar, heard=heard)
    asked = _asked(understood)
    if asked is None:
        return False
    await ANSWERS.get(asked.kind, _decline)(ctx, asked)
    return True


@router.pressed(ShowRecords)
async def show_records(ctx: Context, press: ShowRecords) -> None:
    customer = await customers.customer_for(ctx.tx, ctx.actor, press.customer)
    if customer is None:
        raise Refused(say("questions.whose"))
    await _parts(press.part)(ctx, customer)


def _asked(heard: Understood) -> Asked | None:
    """The question a message is, with or without a question mark."""
    kind = asked_kind(heard)
    if kind is None:
        return None
    names = tuple(mention.names for mention in heard.mentions)
    rival = next((str(one.value) for one in heard.rivals), "")
    return Asked(kind, names, asked_words(heard), spoken_period(heard.plain, heard.now.date()), rival)


# Figures


async def _completion(ctx: Context, asked: Asked) -> None:
    """我这个月完成了多少: own figures beside the team's middle and the period before; a superior may ask for a rep's."""
    whose = await _asked_about(ctx, asked)
    if whose.id == ctx.actor.id and ctx.actor.role not in REPS and await people.below(ctx.tx, ctx.actor):
        await _team(ctx, asked)
        return
    at = as_of(ctx)
    days = asked.days or period("本月", at.today)
    name = period_name(days, at.today)
    before = BEFORE.get(name, "")
    peers = [one.id for one in await people.reps(ctx.tx, whose.team_id)]
    rows = []
    for metric in asked_metrics(ctx, "asked"):
        found = await tally(ctx.tx, metric, at, days, [*peers, whose.id])
        earlier = await tally(ctx.tx, metric, at, period(before, at.today), [whose.id]) if before else None
        mine = found.of(whose.id)
        rows.append(
            cards.Figure(
                title=metric.title,
                mine=shown(metric, mine),
                median=shown(metric, median(found.of(one) for one in peers)),
                before=shown(metric, earlier.of(whose.id) if earlier and metric.time else None),
                word=word(metric, mine),
            )
        )
    await private.answer(ctx, cards.figures(name, whose.name, rows, before=before))


async def _asked_about(ctx: Context, asked: Asked) -> Person:
    """The colleague named in a question, else whoever asks. Raises Refused where the figures are not theirs to see."""
    named = [one for one in await people.everybody(ctx.tx) if one.name in asked.words and one.id != ctx.actor.id]
    if not named:
        return ctx.actor
    if not ctx.actor.admin and not await people.oversees(ctx.tx, ctx.actor, named[0].id):
        raise Refused(say("questions.not_theirs", name=named[0].name))
    return named[0]


async def _team(ctx: Context, asked: Asked) -> None:
    """团队本月情况: one row a rep of everybody below; for superiors."""
    if not await allowed(ctx.tx, ctx.actor, Who.SUPERIORS):
        raise Refused(say("questions.not_superior"))
    at = as_of(ctx)
    days = asked.days or period("本月", at.today)
    reps = await _reps_of(ctx)
    ids = [one.id for one in reps]
    metrics = asked_metrics(ctx, "asked_team")
    found = [await tally(ctx.tx, metric, at, days, ids) for metric in metrics]
    rows = [
        [one.name, *(shown(each.metric, each.of(one.id)) + word(each.metric, each.of(one.id)) for each in found)]
        for one in reps
    ]
    rows.append([say("questions.total"), *(shown(each.metric, each.over(ids)) for each in found)])
    columns = [metric.title for metric in metrics]
    card = cards.team(period_name(days, at.today), await _whose(ctx, reps), columns, rows)
    await private.answer(ctx, card)


async def _reps_of(ctx: Context) -> list[Person]:
    """The reps below the actor; everybody's for an admin."""
    if ctx.actor.admin:
        return await people.reps(ctx.tx)
    return [one for one in await people.below(ctx.tx, ctx.actor) if one.role in REPS]


async def _whose(ctx: Context, reps: Sequence[Person]) -> str:
    """The team's name where they are all of one, else whose people they are."""
    teams = {one.team_id for one in reps}
    team = await people.team(ctx.tx, next(iter(teams))) if len(teams) == 1 else None
    return team.name if team is not None else ctx.actor.name


# Customers


async def _records(ctx: Context, asked: Asked) -> None:
    """最近的跟进记录, 联系人 or 竞品动态 of a customer: an ambiguous name is asked, an unknown one said."""
    several = next((names for names in asked.customers if len(names) > 1), ())
    if several:
        seen = {one.name: one.id for one in await customers.visible(ctx.tx, ctx.actor)}
        choices = [(name, seen[name]) for name in several if name in seen]
        if len(choices) > 1:
            await private.answer(ctx, cards.which(_called(several), choices, asked.kind))
            return
        several = tuple(name for name, _ in choices) or several
    name = next((names[0] for names in asked.customers if len(names) == 1), several[0] if several else _unknown(asked))
    if not name:
        raise Refused(say("questions.whose"))
    meant = await customer_meant(ctx, name)
    if meant.id is None:
        raise Refused(meant.problem)
    await _parts(asked.kind)(ctx, await ctx.tx.get_one(Customer, meant.id))


def _parts(kind: str) -> Callable[[Context, Customer], Awaitable[None]]:
    """What shows a part of a customer's file."""
    return customer_file.PARTS.get(kind, _records_of)


async def _rivals_everywhere(ctx: Context, asked: Asked) -> None:
    """竞品动态 of all customers one may see, of one competitor where it is named."""
    seen = await customers.visible(ctx.tx, ctx.actor)
    whose = asked.rival or say("customer_file.everywhere")
    await private.answer(ctx, await moves_card(ctx, seen, whose, asked.rival))


async def _records_of(ctx: Context, customer: Customer) -> None:
    contacts = await customers.recent(ctx.tx, customer.id, RECORDS)
    brought = {
        kind: await lines_of(
            ctx, kind, [one.source_id for one in contacts if one.source_kind == kind and one.source_id]
        )
        for kind in ("progress_report", "visit")
    }
    rows = []
    for contact in contacts:
        who = await people.person(ctx.tx, contact.person_id)
        more = brought.get(contact.source_kind, {}).get(contact.source_id or 0, ())
        what = say("questions.record", kind=contact.kind, note=contact.note, more=more)
        rows.append(cards.Record(ctx.moment(contact.at), who.name if who else "", what))
    alike = [one for one in await customers.visible(ctx.tx, ctx.actor) if one.name.startswith(customer.name)]
    others = [(one.name, one.id) for one in alike if one.id != customer.id][:3]
    await private.answer(ctx, cards.records(customer.name, rows, others))


def _called(names: Sequence[str]) -> str:
    """What several names have in common, as it was said: 华联超市 of 华联超市 and 华联超市二店."""
    first = min(names, key=len)
    return next(
        (first[:end] for end in range(len(first), 0, -1) if all(one.startswith(first[:end]) for one in names)), first
    )


def _unknown(asked: Asked) -> str:
    """The piece of the question that may be a name nobody knows; empty when there is none."""
    found = asked_form("unknown").search(asked.words)
    name = found["name"] if found else ""
    return "" if not name or asked_form("nobody").search(name) else name


async def _untouched(ctx: Context, asked: Asked) -> None:
    """谁好久没联系了: own customers, or those of everybody below, the longest silence first."""
    at = as_of(ctx)
    below = [] if ctx.actor.role in REPS else await _reps_of(ctx)
    whose = [ctx.actor.id, *(one.id for one in below)]
    about = subject("客户", at)
    names = ("最近联系时间", "负责人", "客户未联系时长")
    found = await hits(ctx.tx, about, Compare("≥", *TOO_LONG), at, more=names, people=whose)
    found.sort(key=lambda hit: hit.facts["客户未联系时长"], reverse=True)
    rows = [
        cards.Silent(
            hit.customer,
            hit.facts["负责人"] or "",
            ctx.moment(hit.facts["最近联系时间"]) if hit.facts["最近联系时间"] else say("questions.never"),
        )
        for hit in found
    ]
    await private.answer(ctx, cards.silent(span(at.policy.untouched), rows, with_owner=bool(below)))


async def _contact(ctx: Context, asked: Asked) -> None:
    """Who to call: the customer's file says it."""
    name = next((names[0] for names in asked.customers if names), "")
    if not name:
        raise Refused(say("questions.whose"))
    await customer_files.show(ctx, name)


async def _support(ctx: Context, asked: Asked) -> None:
    await support.mine(private.aside(ctx))


async def _todo(ctx: Context, asked: Asked) -> None:
    await todo.show(ctx)


async def _decline(ctx: Context, asked: Asked) -> None:
    await ctx.reply(cards.declined())


ANSWERS: dict[str, Callable[[Context, Asked], Awaitable[None]]] = {
    "completion": _completion,
    "team": _team,
    "records": _records,
    "people": _records,
    "rivals": _records,
    "policies": _records,
    "rivals_everywhere": _rivals_everywhere,
    "support": _support,
    "todo": _todo,
    "untouched": _untouched,
    "contact": _contact,
}
