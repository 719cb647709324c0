"""/export: an Excel file of what the person may see."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time

from bot.commands import wrong
from bot.context import Context
from bot.errors import Refused
from bot.forms import capabilities
from bot.router import Router
from cards import sheets
from cards.sheets import Cell
from cards.texts import say
from handlers import private
from handlers.customer_views import rows_of
from handlers.spoken_dates import month_meant
from storage import attachments, customers, export, people
from storage.tables import Attachment, ProgressReport, SupportRequest, Visit

NAMES = {
    "推进": "progress",
    "客户推进": "progress",
    "拜访": "visits",
    "客户": "customers",
    "支持请求": "support",
    "支持": "support",
}
COLUMNS = {
    "progress": (
        *("时间", "姓名", "客户", "今日关键动作", "阻碍因素", "需支持事项", "关键人", "竞品"),
        *("成交价（元）", "目标价（元）", "下次跟进"),
    ),
    "visits": ("出发", "到店", "离店", "姓名", "客户", "类型", "状态", "下次跟进"),
    "support": ("时间", "姓名", "客户", "需要什么", "状态"),
    "customers": ("客户", "级别", "行业", "地区", "跟进人", "上次联系"),
}
MOST = 50_000

Table = list[tuple[Cell, ...]]

router = Router("export")


@router.command(
    "export",
    "导出 Excel：推进、拜访、客户、支持请求",
    "/export progress 2026-03（不写月份就是本月）",
    "/export visits 3月",
    "/export support 上月",
    "/export customers",
)
async def command(ctx: Context, words: list[str]) -> None:
    kind, first = _read(ctx, words)
    if not (await capabilities(ctx)).files:
        raise Refused(say("export.no_files"))
    rows = await _customers(ctx) if kind == "customers" else await _month(ctx, kind, first)
    title, month = say(f"export.{kind}"), "" if kind == "customers" else f"{first:%Y-%m}"
    if not rows:
        raise Refused(say("export.nothing", title=title, month=month))
    if len(rows) > MOST:
        raise Refused(say("export.many", count=len(rows), most=MOST))
    content = await asyncio.to_thread(sheets.workbook, title, COLUMNS[kind], rows)
    await _send(ctx, content, say("export.name", title=title, month=month, who=ctx.actor.name))
    await ctx.event("exported", ("person", ctx.actor.id), {"what": f"{title} {month}".strip(), "rows": len(rows)})
    await private.answer(ctx, say("export.done", title=title, month=month, count=len(rows)))


async def _send(ctx: Context, content: bytes, name: str) -> None:
    """Kept like every attachment, and sent to the person alone."""
    sha256 = await ctx.services.attachments.put(content, name=name, mime=sheets.MIME)
    row = Attachment(
        sha256=sha256, kind="file", name=name, mime="application/xlsx", size=len(content), created_at=ctx.now
    )
    await attachments.remember(ctx.tx, row)
    await private.aside(ctx).send_file(name, sheets.MIME, sha256)


def _read(ctx: Context, words: list[str]) -> tuple[str, date]:
    """What to export, and the first day of the month."""
    spoken = words[0].lower() if words else "progress"
    kind = spoken if spoken in COLUMNS else NAMES.get(spoken)
    if kind is None:
        raise wrong(ctx, "export", say("export.unknown", word=words[0], known=list(COLUMNS)))
    first = month_meant(ctx, words[1]) if len(words) > 1 else ctx.local(ctx.now).date().replace(day=1)
    if first is None:
        raise wrong(ctx, "export", say("export.month", word=words[1]))
    return kind, first


async def _month(ctx: Context, kind: str, first: date) -> Table:
    """The month's rows of the people this person stands above, and their own."""
    below = None if ctx.actor.admin else [ctx.actor.id, *(one.id for one in await people.below(ctx.tx, ctx.actor))]
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    since, until = (datetime.combine(day, time(), ctx.calendar.zone) for day in (first, following))
    if kind == "progress":
        return [_progress(ctx, *row) for row in await export.progress(ctx.tx, below, since, until)]
    if kind == "visits":
        return [_visit(ctx, *row) for row in await export.visits(ctx.tx, below, since, until)]
    return [_support(ctx, *row) for row in await export.support(ctx.tx, below, since, until)]


async def _customers(ctx: Context) -> Table:
    seen = {one.name: one for one in await customers.visible(ctx.tx, ctx.actor)}
    listed = await rows_of(ctx, list(seen.values()))
    return [
        (row.name, row.level, seen[row.name].industry, seen[row.name].region, row.owner, row.last) for row in listed
    ]


def _progress(ctx: Context, report: ProgressReport, person: str, customer: str) -> tuple[Cell, ...]:
    said = (report.action, report.obstacle, report.support, report.decision, report.competitor)
    return (ctx.local(report.at), person, customer, *said, report.deal, report.target, _at(ctx, report.next_at))


def _visit(ctx: Context, visit: Visit, person: str, customer: str) -> tuple[Cell, ...]:
    moments = (ctx.local(visit.started_at), _at(ctx, visit.arrived_at), _at(ctx, visit.left_at))
    state = say("export.visit_state", state=visit.state)
    return (*moments, person, customer, visit.kind, state, _at(ctx, visit.next_at))


def _support(ctx: Context, request: SupportRequest, person: str, customer: str) -> tuple[Cell, ...]:
    return (ctx.local(request.at), person, customer, request.text, say("export.support_state", state=request.state))


def _at(ctx: Context, moment: datetime | None) -> datetime | None:
    return ctx.local(moment) if moment else None
