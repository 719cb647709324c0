"""请假: clocks and pushes of the days somebody is away go to whoever stands in."""

from __future__ import annotations

from datetime import date

from bot.commands import wrong
from bot.context import Context
from bot.errors import Refused
from cards.texts import say
from handlers.spoken_dates import day_meant
from rules.phrasing import day
from storage import leave, people
from storage.leave import Away
from storage.tables import Leave, Person

LONGEST = 90
"""Days; a longer absence is no leave but a hand-over, which an admin does."""

BETWEEN = ("到", "至", "-", "~")
SUBSTITUTE = ("代理", "代理人", "由")


async def take(ctx: Context, words: list[str]) -> None:
    """/me leave 3月20日 3月22日 代理 韩梅."""
    first, last, name = _read(ctx, words)
    await _check_days(ctx, first, last)
    substitute = await _substitute(ctx, name, first, last) if name else None
    away = Away(ctx.actor.id, first, last, substitute.id if substitute else None)
    row = await leave.take(ctx.tx, away)
    days = span(ctx, row)
    await ctx.event("leave.taken", ("person", ctx.actor.id), {"days": days, "substitute": name})
    await ctx.reply(say("leave.taken", days=days, substitute=substitute.name if substitute else ""))
    await _tell(ctx, row, substitute, days)


async def cancel(ctx: Context) -> None:
    """/me leave cancel: the leave under way or the next one."""
    today = ctx.local(ctx.now).date()
    rows = await people.leaves(ctx.tx, ctx.actor.id, today)
    if not rows:
        raise Refused(say("leave.none"))
    row, days = rows[0], span(ctx, rows[0])
    substitute = await people.person(ctx.tx, row.substitute_id) if row.substitute_id else None
    await leave.end(ctx.tx, row, today)
    await ctx.event("leave.cancelled", ("person", ctx.actor.id), {"days": days})
    await ctx.reply(say("leave.cancelled", days=days, more=len(rows) - 1))
    for person in await _concerned(ctx, substitute):
        await ctx.push(person, say("leave.cancelled_for", name=ctx.actor.name, days=days), urgent=True)


def span(ctx: Context, row: Leave) -> str:
    """3月20日 至 3月22日, or one day: dates, because people read it days later."""
    return say("leave.span", first=row.first, last=row.last, year=ctx.local(ctx.now).year)


def _read(ctx: Context, words: list[str]) -> tuple[date, date, str]:
    """First and last day, and the substitute's name or nothing."""
    marks = [number for number, word in enumerate(words) if word in SUBSTITUTE]
    before, behind = (words[: marks[0]], words[marks[0] + 1 :]) if marks else (words, [])
    spoken = [word for word in before if word not in BETWEEN]
    days = [(word, day_meant(ctx, word)) for word in spoken]
    unread = [word for word, found in days if found is None]
    if unread:
        raise wrong(ctx, "me", say("leave.unread", word=unread[0]))
    found = [one for _, one in days if one is not None]
    if not 1 <= len(found) <= 2 or (marks and len(behind) != 1):
        raise wrong(ctx, "me", say("leave.incomplete"))
    return found[0], found[-1], behind[0] if behind else ""


async def _check_days(ctx: Context, first: date, last: date) -> None:
    today = ctx.local(ctx.now).date()
    if last < first:
        raise Refused(say("leave.backwards", first=day(first, today), last=day(last, today)))
    if first < today:
        raise Refused(say("leave.past", first=day(first, today)))
    if (last - first).days >= LONGEST:
        raise Refused(say("leave.long", days=(last - first).days + 1, most=LONGEST))
    other = await leave.overlapping(ctx.tx, ctx.actor.id, first, last)
    if other is not None:
        raise Refused(say("leave.overlaps", days=span(ctx, other)))


async def _substitute(ctx: Context, name: str, first: date, last: date) -> Person:
    found = await people.named(ctx.tx, name)
    if len(found) != 1:
        raise Refused(say("leave.who", name=name, likely=[one.name for one in found]))
    if found[0].id == ctx.actor.id:
        raise Refused(say("leave.self"))
    away = await leave.overlapping(ctx.tx, found[0].id, first, last)
    if away is not None:
        raise Refused(say("leave.substitute_away", name=found[0].name, days=span(ctx, away)))
    return found[0]


async def _tell(ctx: Context, row: Leave, substitute: Person | None, days: str) -> None:
    """The substitute and the superior hear of it, and whoever counted on this person as their own substitute."""
    for person in await _concerned(ctx, substitute):
        key = "for_substitute" if substitute is not None and person.id == substitute.id else "for_superior"
        words = say(f"leave.{key}", name=ctx.actor.name, days=days, substitute=substitute.name if substitute else "")
        await ctx.push(person, words, urgent=True)
    for other in await leave.stood_in_for(ctx.tx, ctx.actor.id, row.first, row.last):
        principal = await people.person(ctx.tx, other.person_id)
        if principal is not None:
            await ctx.push(principal, say("leave.for_principal", name=ctx.actor.name, days=days), urgent=True)


async def _concerned(ctx: Context, substitute: Person | None) -> list[Person]:
    superior = await people.superior(ctx.tx, ctx.actor)
    found = [one for one in (substitute, superior) if one is not None]
    return list({one.id: one for one in found}.values())
