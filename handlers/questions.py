"""提问: plain questions answered from the records; what cannot be answered is declined with what can be asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from bot.commands import allowed
from bot.context import Context, Message
from bot.errors import Refused
from bot.router import Router, Who
from cards import questions as cards
from cards.questions import ShowRecords
from cards.texts import say
from handlers import private, support, todo
from handlers.customer_questions import Asked, contact, part_of, records, rivals_everywhere
from handlers.facts import as_of
from handlers.figures import BEFORE, asked_metrics, period_name, shown, word
from rules.evaluation import period
from rules.expression import Compare, FactRef, Kind
from rules.metrics import median
from rules.phrasing import span
from storage import customers, people
from storage.hits import hits
from storage.metrics import tally
from storage.subjects import REPS, subject
from storage.tables import Person
from transcription.asked import asked_kind, asked_words
from transcription.message import Message as Understood
from transcription.questions import period as spoken_period
from transcription.understanding import read

TOO_LONG = FactRef("客户未联系时长", Kind.DURATION), FactRef("久未联系时限", Kind.DURATION)

router = Router("questions")


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
    await part_of(press.part)(ctx, customer)


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


async def _support(ctx: Context, asked: Asked) -> None:
    await support.mine(private.aside(ctx))


async def _todo(ctx: Context, asked: Asked) -> None:
    await todo.show(ctx)


async def _decline(ctx: Context, asked: Asked) -> None:
    await ctx.reply(cards.declined())


ANSWERS: dict[str, Callable[[Context, Asked], Awaitable[None]]] = {
    "completion": _completion,
    "team": _team,
    "records": records,
    "people": records,
    "rivals": records,
    "policies": records,
    "rivals_everywhere": rivals_everywhere,
    "support": _support,
    "todo": _todo,
    "untouched": _untouched,
    "contact": contact,
}
