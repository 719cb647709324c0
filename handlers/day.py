"""日清: the morning's list, the evening's gaps, the group's digests. Workdays only; who is on leave is left alone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.context import Context
from bot.errors import Refused
from bot.router import Router
from cards import day as cards
from cards.day import Gap, Line, MemberRow, PostponeTask
from cards.model import Tag, Tone
from cards.texts import say
from handlers.visit_words import missing_words
from rules.priority import Entry, ranked
from storage import customers, people, progress, tasks, visits
from storage import day as storage
from storage.tables import Deadline, Event, Person, ProgressReport, Task, Visit

router = Router("day")

WAITING = 5
"""Customers due for a contact that the morning card adds to what was promised."""


@router.job("morning_card")
async def morning_card(ctx: Context, occurrence: Deadline) -> None:
    """8:30: each rep's day, what was promised first, then whoever has waited longest."""
    for rep in await _present(ctx, await people.reps(ctx.tx)):
        lines, untouched = await _lines(ctx.acting(rep))
        today = ctx.local(ctx.now)
        card = cards.morning(f"{today.month}月{today.day}日 {_weekday(today)}", lines, untouched)
        await ctx.push(
            rep, card, why=_why(occurrence, "早间任务卡"), urgent=True, key=f"morning:{rep.id}:{today.date()}"
        )


@router.job("evening_card")
async def evening_card(ctx: Context, occurrence: Deadline) -> None:
    """18:00: what is not done or not proven; nothing to whoever has done all."""
    for rep in await _present(ctx, await people.reps(ctx.tx)):
        gaps = await gaps_of(ctx, rep)
        if gaps:
            done = len(await progress.reports_between(ctx.tx, [rep.id], midnight(ctx), ctx.now))
            key = f"evening:{rep.id}:{ctx.local(ctx.now).date()}"
            await ctx.push(rep, cards.evening(gaps, done), why=_why(occurrence, "日清卡"), urgent=True, key=key)


@router.job("evening_check")
async def evening_check(ctx: Context, occurrence: Deadline) -> None:
    """20:00: what is still open goes to the superior, one card for all their people."""
    waiting: dict[int, list[tuple[str, str]]] = {}
    for rep in await _present(ctx, await people.reps(ctx.tx)):
        gaps = await gaps_of(ctx, rep)
        if gaps and rep.superior_id is not None:
            words = "；".join(f"{gap.customer}{gap.what}" for gap in gaps)
            waiting.setdefault(rep.superior_id, []).append((rep.name, words))
    for superior_id, rows in waiting.items():
        superior = await people.person(ctx.tx, superior_id)
        if superior is not None:
            await ctx.push(superior, cards.still_open(rows), why=_why(occurrence, "日清未补齐"))


@router.job("daily_digest")
async def daily_digest_job(ctx: Context, occurrence: Deadline) -> None:
    await daily_digest(ctx, occurrence.payload["team"])


@router.job("weekly_digest")
async def weekly_digest_job(ctx: Context, occurrence: Deadline) -> None:
    await weekly_digest(ctx, occurrence.payload["team"])


async def daily_digest(ctx: Context, team_id: int) -> None:
    """The team's day, beside the workday before, to its groups."""
    today = ctx.local(ctx.now).date()
    earlier = ctx.calendar.previous_workday(today)
    spans = (
        (_at(ctx, today), _at(ctx, today + timedelta(days=1))),
        (_at(ctx, earlier), _at(ctx, earlier + timedelta(days=1))),
    )
    span = say("day.day_span", day=f"{today.month}月{today.day}日")
    await _digest(ctx, team_id, span, spans, say("day.before_day"))


async def weekly_digest(ctx: Context, team_id: int) -> None:
    """The team's week, beside the week before."""
    today = ctx.local(ctx.now).date()
    monday = today - timedelta(days=today.weekday())
    week = timedelta(days=7)
    spans = (_at(ctx, monday), _at(ctx, monday + week)), (_at(ctx, monday - week), _at(ctx, monday))
    span = say("day.week_span", first=f"{monday.month}月{monday.day}日", last=f"{today.month}月{today.day}日")
    await _digest(ctx, team_id, span, spans, say("day.before_week"))


@router.on("progress.filed")
async def promise(ctx: Context, event: Event) -> None:
    """The next follow-up named in a report is a task."""
    report = await ctx.tx.get_one(ProgressReport, event.subject_id)
    await _settle(ctx, report.person_id, report.customer_id)
    if report.next_at is not None:
        await _promise(ctx, report.person_id, report.customer_id, report.next_at, ("progress_report", report.id))


@router.on("visit.finished")
async def promise_of_visit(ctx: Context, event: Event) -> None:
    visit = await ctx.tx.get_one(Visit, event.subject_id)
    await _settle(ctx, visit.person_id, visit.customer_id)
    if visit.next_at is not None:
        await _promise(ctx, visit.person_id, visit.customer_id, visit.next_at, ("visit", visit.id))


@router.on("progress.undone")
async def unpromise(ctx: Context, event: Event) -> None:
    for task in await tasks.from_origin(ctx.tx, "progress_report", event.subject_id or 0):
        task.state = "dropped"


@router.pressed(PostponeTask)
async def postpone(ctx: Context, press: PostponeTask) -> None:
    """Not today: tomorrow morning, on a workday."""
    task = await tasks.task_for(ctx.tx, ctx.actor.id, press.task)
    if task is None or task.state != "open":
        raise Refused(say("progress.already"))
    following = ctx.calendar.next_workday(ctx.local(ctx.now).date())
    task.due_at = datetime.combine(following, time(9), ctx.calendar.zone)
    await ctx.event("task.postponed", ("task", task.id), {"to": task.due_at.isoformat()})
    customer = await customers.customer_for(ctx.tx, ctx.actor, task.customer_id or 0)
    await ctx.reply(say("day.postponed", customer=customer.name if customer else "", at=ctx.moment(task.due_at)))
    if ctx.card is not None:
        gaps = await gaps_of(ctx, ctx.actor)
        done = len(await progress.reports_between(ctx.tx, [ctx.actor.id], midnight(ctx), ctx.now))
        await ctx.redraw(ctx.card, cards.evening(gaps, done))


async def gaps_of(ctx: Context, rep: Person) -> list[Gap]:
    """What of today is not done or not proven."""
    gaps: list[Gap] = []
    under_way = await visits.under_way(ctx.tx, rep.id)
    if under_way is not None:
        name = await _customer_name(ctx, rep, under_way.customer_id)
        gaps.append(Gap(say("day.gap_open_visit"), name))
    for visit in await visits.incomplete(ctx.tx, rep.id, midnight(ctx)):
        name = await _customer_name(ctx, rep, visit.customer_id)
        gaps.append(Gap(say("day.gap_visit", missing=missing_words(ctx, visit)), name, visit_id=visit.id))
    for task, customer in await tasks.due_before(ctx.tx, rep.id, ctx.now):
        name = customer.name if customer else task.title
        gaps.append(Gap(say("day.gap_task", at=ctx.moment(task.due_at)), name, task.customer_id or 0, task.id))
    return gaps


def midnight(ctx: Context) -> datetime:
    return ctx.local(ctx.now).replace(hour=0, minute=0, second=0, microsecond=0)


async def _lines(ctx: Context) -> tuple[list[Line], int]:
    """Today's promises in time order, then the customers who have waited longest; and how many are untouched."""
    tonight = midnight(ctx) + timedelta(days=1)
    owned = await customers.owned(ctx.tx, ctx.actor.id)
    entries = [Entry(one.customer.id, one.customer.name, one.last_contact) for one in owned]
    ranks = {rank.entry.key: rank for rank in ranked(entries, ctx.now, ctx.calendar.zone)}
    lines: list[Line] = []
    for task, customer in await tasks.due_before(ctx.tx, ctx.actor.id, tonight):
        rank = ranks.pop(customer.id, None) if customer else None
        since, untouched = (_since(rank.days), rank.untouched) if rank else ("", False)
        when = say("day.follow_at", at=ctx.moment(task.due_at))
        lines.append(
            Line(
                customer.id if customer else 0,
                customer.name if customer else task.title,
                task.title,
                when,
                since,
                untouched,
            )
        )
    waiting = [rank for rank in ranks.values() if rank.days is None or rank.days > 1][:WAITING]
    touch = say("day.touch")
    lines += [Line(rank.entry.key, rank.entry.name, touch, "", _since(rank.days), rank.untouched) for rank in waiting]
    return lines, sum(line.untouched for line in lines)


def _since(days: int | None) -> str:
    if days is None:
        return say("day.never")
    near = {0: "day.today", 1: "day.yesterday"}
    return say(near[days]) if days in near else say("day.days_ago", days=days)


async def _digest(
    ctx: Context,
    team_id: int,
    span: str,
    spans: tuple[tuple[datetime, datetime], tuple[datetime, datetime]],
    before: str,
) -> None:
    team = await people.team(ctx.tx, team_id)
    members = await people.reps(ctx.tx, team_id)
    if team is None or not members:
        return
    now, earlier = [await storage.figures(ctx.tx, members, *edges) for edges in spans]
    rows = [
        MemberRow(one.person.name, one.reports, one.visits, one.unverified, one.requests, old.reports)
        for one, old in zip(now, earlier, strict=True)
    ]
    card = cards.digest(team.name, span, rows, await _notes(ctx, members, rows), before=before)
    for group in await people.groups_of(ctx.tx, team_id):
        await ctx.post(group, card, why={"kind": "job", "title": "群摘要", "team": team.name})
    await ctx.event("digest.posted", ("team", team.id), {"span": span})


async def _notes(ctx: Context, members: list[Person], rows: list[MemberRow]) -> list[Tag]:
    late = await storage.late_requests(ctx.tx, members, ctx.now)
    unverified = sum(row.unverified for row in rows)
    silent = [row.name for row in rows if not row.reports and not row.visits]
    notes = [Tag(text=say("day.late", count=late), tone=Tone.LATE)] if late else []
    notes += [Tag(text=say("day.unverified", count=unverified), tone=Tone.WARN)] if unverified else []
    notes += [Tag(text=say("day.silent", names=silent), tone=Tone.WARN)] if silent else []
    return notes


async def _present(ctx: Context, reps: list[Person]) -> list[Person]:
    today = ctx.local(ctx.now).date()
    return [rep for rep in reps if await people.leave_on(ctx.tx, rep.id, today) is None]


async def _settle(ctx: Context, person_id: int, customer_id: int) -> None:
    """A contact does what was promised for today or before."""
    tonight = midnight(ctx) + timedelta(days=1)
    for task in await tasks.open_about(ctx.tx, person_id, customer_id):
        if task.due_at < tonight:
            task.state, task.done_at = "done", ctx.now


async def _promise(ctx: Context, person_id: int, customer_id: int, at: datetime, origin: tuple[str, int]) -> None:
    task = Task(
        person_id=person_id,
        customer_id=customer_id,
        kind="follow_up",
        title=say("day.follow_up"),
        due_at=at,
        origin_kind=origin[0],
        origin_id=origin[1],
        created_at=ctx.now,
    )
    ctx.tx.add(task)
    await ctx.tx.flush()


async def _customer_name(ctx: Context, rep: Person, customer_id: int) -> str:
    customer = await customers.customer_for(ctx.tx, rep, customer_id)
    return customer.name if customer else ""


def _at(ctx: Context, day: date) -> datetime:
    return datetime.combine(day, time(0), ctx.calendar.zone)


def _weekday(moment: datetime) -> str:
    return "周" + "一二三四五六日"[moment.weekday()]


def _why(occurrence: Deadline, title: str) -> dict[str, str]:
    return {"kind": "job", "title": title, "job": occurrence.payload["job"], "at": occurrence.at.isoformat()}
