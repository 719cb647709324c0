"""客户档案: what reports tell of a customer's people, competitors and policies is filed, and taken back with them."""

from __future__ import annotations

from bot.context import Context
from bot.router import Router
from cards import customer_file as cards
from handlers import private
from handlers.file_filing import UNDONE, Origin, keep
from handlers.file_views import moves_card, people_card, policies_card
from handlers.rule_views import thread_of
from storage import customer_file as file
from storage import people
from storage.tables import Customer, Draft, Event, ProgressReport, Submission, Visit
from transcription.findings import Finding, find
from transcription.understanding import read

VISIT_WORDS = ("solved", "need")
"""What is written down when a visit ends."""

router = Router("customer_file")


@router.on("progress.filed")
async def file_report(ctx: Context, event: Event) -> None:
    """With the customer on the card: whoever corrected it, the findings go where the report goes."""
    report = await ctx.tx.get_one(ProgressReport, event.subject_id)
    submission = await ctx.tx.get_one(Submission, report.submission_id)
    number = submission.about.get("draft")
    draft = None if number is None else await ctx.tx.get_one(Draft, number)
    if draft is None:
        return
    origin = Origin("progress_report", report.id, report.customer_id, ctx.actor, report.at, draft.id)
    await keep(ctx, origin, [Finding.from_json(one) for one in draft.findings])


@router.on("visit.finished")
async def file_visit(ctx: Context, event: Event) -> None:
    """The words written down at the end of a visit are about its customer."""
    visit = await ctx.tx.get_one(Visit, event.subject_id)
    person = await people.person(ctx.tx, visit.person_id)
    text = "。".join(str(visit.evidence[key]) for key in VISIT_WORDS if visit.evidence.get(key))
    if not text or person is None:
        return
    lexicon = await ctx.services.lexicons.load(ctx.tx)
    message = read(text, now=ctx.local(ctx.now), lexicon=lexicon, calendar=ctx.calendar, heard=False)
    customer = await ctx.tx.get_one(Customer, visit.customer_id)
    if any(mention.names != (customer.name,) for mention in message.mentions):
        return
    origin = Origin("visit", visit.id, visit.customer_id, person, ctx.now)
    await keep(ctx, origin, [one for group in find(message) for one in group])


@router.on("progress.undone")
async def take_back(ctx: Context, event: Event) -> None:
    """What an undone report brought is taken back, also from whoever was told."""
    assert event.subject_id is not None
    rows = await file.from_source(ctx.tx, "progress_report", [event.subject_id])
    await file.take_back(ctx.tx, rows, ctx.now)
    for row in rows:
        await _tell_taken_back(ctx, row)


async def _tell_taken_back(ctx: Context, row: file.Entry) -> None:
    kind = file.KINDS[type(row)]
    await ctx.event(UNDONE[kind], (kind, row.id), {"customer": row.customer_id})
    customer = await ctx.tx.get_one(Customer, row.customer_id)
    card = cards.taken_back(customer.name, ctx.actor.name)
    await ctx.redraw_thread(thread_of(kind, row.id), lambda holder: card, close=True)


async def show_people(ctx: Context, customer: Customer) -> None:
    """宏达机械的联系人. The caller has come through the door."""
    await private.answer(ctx, await people_card(ctx, customer))


async def show_moves(ctx: Context, customer: Customer) -> None:
    await private.answer(ctx, await moves_card(ctx, [customer], customer.name))


async def show_policies(ctx: Context, customer: Customer) -> None:
    await private.answer(ctx, await policies_card(ctx, customer))


PARTS = {"people": show_people, "rivals": show_moves, "policies": show_policies}
"""Parts of a customer's file, as they are asked for."""
