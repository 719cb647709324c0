"""A confirmed report becomes a record, the contact it is, and the card that says so; ten minutes may take it back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bot.context import Context
from bot.errors import Refused
from bot.forms import Submitted
from cards import progress as cards
from cards.texts import say
from handlers.progress_views import filed
from rules.durations import parse_duration
from storage import progress
from storage.tables import Interaction, ProgressReport


def thread(report_id: int) -> str:
    """The cards of one report hang together."""
    return f"report:{report_id}"


async def file_report(ctx: Context, submitted: Submitted, kept: Mapping[str, Any]) -> None:
    """The record, the contact it is, and the card that says so. `kept` is what was heard beyond the form's fields."""
    report = _report(ctx, submitted, kept)
    ctx.tx.add(report)
    await ctx.tx.flush()
    ctx.tx.add(_contact(report))
    told = {"customer": report.customer_id, "support": report.support}
    await ctx.event("progress.filed", ("progress_report", report.id), told)
    await ctx.event("contact.made", ("customer", report.customer_id), {"by": "progress"})
    card = cards.filed_card(await filed(ctx, report))
    if ctx.card is not None:
        ctx.card.thread = thread(report.id)
        await ctx.redraw(ctx.card, card)
    else:
        await ctx.reply(card, thread=thread(report.id))


async def undo_report(ctx: Context, report: ProgressReport) -> None:
    """Takes a report back. Raises Refused when the time for that is over."""
    limit = ctx.catalogue.setting("progress")["undo"]
    if report.undone_at is not None:
        raise Refused(say("progress.undo_nothing"))
    if ctx.now - report.at > parse_duration(limit):
        raise Refused(say("progress.undo_late", limit=limit))
    await progress.undo(ctx.tx, report, ctx.now)
    await ctx.event("progress.undone", ("progress_report", report.id), {"customer": report.customer_id})
    card = cards.filed_card(await filed(ctx, report))
    await ctx.redraw_thread(thread(report.id), lambda holder: card, close=True)
    if ctx.card is None:
        await ctx.reply(card)


def _report(ctx: Context, submitted: Submitted, kept: Mapping[str, Any]) -> ProgressReport:
    values = submitted.values
    return ProgressReport(
        submission_id=submitted.row.id,
        person_id=ctx.actor.id,
        customer_id=values["customer"],
        at=ctx.now,
        action=values.get("action", ""),
        obstacle=values.get("obstacle", ""),
        support=values.get("support", ""),
        next_at=values.get("next_at"),
        **{key: kept.get(key) or "" for key in ("decision", "signal", "contact", "competitor")},
        **{key: Decimal(str(kept[key])) if kept.get(key) else None for key in ("deal", "target")},
    )


def _contact(report: ProgressReport) -> Interaction:
    return Interaction(
        customer_id=report.customer_id,
        person_id=report.person_id,
        kind="progress",
        at=report.at,
        note=report.action,
        source_kind="progress_report",
        source_id=report.id,
    )
