"""/team: figures for whoever stands above people, the members for everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from statistics import median

from bot.context import Context
from bot.errors import Refused
from bot.router import Router
from cards import team as cards
from cards.model import Card
from cards.texts import say
from handlers import private
from storage import people, team
from storage.tables import Person

SELLING = ("rep", "assistant")

router = Router("team")


@router.command("team", "我的团队：今天和本月的数", "/team")
async def command(ctx: Context, words: list[str]) -> None:
    reps = [one for one in await people.below(ctx.tx, ctx.actor) if one.role in SELLING]
    if ctx.actor.admin and not reps:
        reps = await people.reps(ctx.tx)
    if reps:
        await private.answer(ctx, await _figures(ctx, reps))
        return
    own = await people.team(ctx.tx, ctx.actor.team_id)
    if own is None:
        raise Refused(say("team.alone", name=ctx.actor.name))
    members = [one for one in await people.everybody(ctx.tx) if one.team_id == own.id]
    views = [await member_of(ctx, one) for one in members]
    await ctx.reply(cards.members_card(say("team.members", team=own.name, count=len(members)), views))


async def member_of(ctx: Context, person: Person) -> cards.Member:
    """What anybody may know of a colleague."""
    own = await people.team(ctx.tx, person.team_id)
    above = await people.superior(ctx.tx, person)
    leave = await people.leave_on(ctx.tx, person.id, ctx.local(ctx.now).date())
    stand_in = await people.person(ctx.tx, leave.substitute_id) if leave and leave.substitute_id else None
    return cards.Member(
        name=person.name,
        role=say("roles.name", role=person.role),
        department=person.department,
        team=own.name if own else "",
        superior=above.name if above else "",
        note=say("team.away", substitute=stand_in.name if stand_in else "") if leave else "",
    )


async def _figures(ctx: Context, reps: Sequence[Person]) -> Card:
    ids = [one.id for one in reps]
    today, month, tomorrow = _bounds(ctx)
    now, whole = await team.figures(ctx.tx, ids, today, tomorrow), await team.figures(ctx.tx, ids, month, tomorrow)
    waiting = await team.waiting_requests(ctx.tx, ids)
    lines = [
        cards.Line(
            name=one.name,
            today=now[one.id].reports,
            visits_today=now[one.id].visits,
            month=whole[one.id].reports,
            visits_month=whole[one.id].visits,
            waiting=waiting.get(one.id, 0),
        )
        for one in reps
    ]
    return cards.figures_card(lines, median(line.month for line in lines))


def _bounds(ctx: Context) -> tuple[datetime, datetime, datetime]:
    """The beginning of today, of the month, and of tomorrow, in the team's zone."""
    today = ctx.local(ctx.now).date()
    days = (today, today.replace(day=1), today + timedelta(days=1))
    start, month, end = (datetime.combine(day, time(), ctx.calendar.zone) for day in days)
    return start, month, end
