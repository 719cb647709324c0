"""A progress report's rows as its card says them."""

from __future__ import annotations

from bot.context import Context, Message
from bot.flow_views import step_view
from cards.progress import Filed
from cards.texts import say
from handlers.file_views import lines_of
from rules.durations import parse_duration
from storage import flows, support
from storage.tables import Customer, ProgressReport


async def filed(ctx: Context, report: ProgressReport) -> Filed:
    """What the filed report's card says now, with the chain of its support request where there is one."""
    customer = await ctx.tx.get_one(Customer, report.customer_id)
    until = report.at + parse_duration(ctx.catalogue.setting("progress")["undo"])
    request = await support.of_report(ctx.tx, report.id)
    view = None
    if request is not None and request.flow_id is not None:
        view = (await step_view(ctx, await flows.instance(ctx.tx, request.flow_id), None)).view
    filed_lines = await lines_of(ctx, "progress_report", [report.id])
    open_clock = view is not None and view.state == "open"
    return Filed(
        report_id=report.id,
        customer=customer.name,
        action=report.action,
        obstacle=report.obstacle,
        support=report.support,
        next_at=ctx.moment(report.next_at) if report.next_at else "",
        kept=[*_kept(report), *filed_lines.get(report.id, ())],
        links=view.links if view else (),
        due=view.due if view and open_clock else "",
        elapsed=view.elapsed if view else 0.0,
        answered=view.answer if view else "",
        undo_until=ctx.moment(until) if ctx.now <= until and report.undone_at is None else "",
        undone=report.undone_at is not None,
    )


def origin(message: Message) -> str:
    if message.transcript is None:
        return say("progress.origin_text")
    return say("progress.origin_voice", seconds=max(1, round(message.transcript.duration)))


def _kept(report: ProgressReport) -> list[str]:
    values = {name: getattr(report, name) for name in ("contact", "decision", "signal", "competitor", "deal", "target")}
    return [say(f"progress.kept_{name}", value=value) for name, value in values.items() if value]
