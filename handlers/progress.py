"""客户推进: what a rep says becomes a draft, a nod files it, ten minutes may take it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.context import Context, Message
from bot.errors import Refused
from bot.fields import check, customer_meant
from bot.forms import Asking, Submitted, answers_of, sources_of
from bot.router import Router
from cards import progress as cards
from cards.model import Input
from cards.progress import ConfirmDraft, DropDraft, KeepOut, OpenForm, RedoDraft, UndoReport
from cards.texts import say
from handlers.progress_drafts import draft_answers, draft_card, draft_inputs, sources_of_draft
from handlers.progress_filing import file_report, thread, undo_report
from handlers.progress_findings import findings_of, sure, with_proposals
from handlers.progress_views import filed, origin
from storage import people, progress
from storage.tables import Draft, Event, ProgressReport
from transcription import draft as understood
from transcription.findings import Finding
from transcription.understanding import Understanding, understand

FORM = "progress"

router = Router("progress")


@router.says(rank=50)
async def understand_message(ctx: Context, message: Message) -> bool:
    """A message that tells of customers: a draft for each record in it."""
    if not message.text.strip():
        return False
    lexicon = await ctx.services.lexicons.load(ctx.tx)
    heard = understand(
        message.text, now=ctx.local(ctx.now), lexicon=lexicon, transcript=message.transcript, calendar=ctx.calendar
    )
    found = findings_of(ctx, message, heard, lexicon)
    drafts = await with_proposals(ctx, message, heard)
    for number, one in enumerate(drafts, start=1):
        told = found[number - 1] if number <= len(found) else ()
        await _offer(ctx, message, heard, one, told, f"{number}/{len(heard.drafts)}" if len(heard.drafts) > 1 else "")
    return bool(heard.drafts)


@router.says(rank=100)
async def nothing_understood(ctx: Context, message: Message) -> bool:
    """Says so, and offers the form."""
    await ctx.reply(cards.nothing_understood(next((one.name for one in message.attachments), "")))
    return True


@router.pressed(OpenForm)
async def open_form(ctx: Context, press: OpenForm) -> None:
    await ctx.forms.ask(ctx, Asking(FORM, values={"customer": press.customer} if press.customer else {}))


@router.command("progress", "填一张客户推进卡", "/progress", "/progress 客户名")
async def command(ctx: Context, words: list[str]) -> None:
    values: dict[str, Any] = {}
    if words:
        meant = await customer_meant(ctx, " ".join(words))
        if meant.id is None:
            raise Refused(meant.problem)
        values["customer"] = meant.id
    await ctx.forms.ask(ctx, Asking(FORM, values=values))


@router.submitted(FORM)
async def file_form(ctx: Context, submitted: Submitted) -> None:
    """The form filled in by hand."""
    await file_report(ctx, submitted, {})


@router.pressed(ConfirmDraft)
async def confirm(ctx: Context, press: ConfirmDraft) -> None:
    """The rep's nod: checked with what stands on the card, then filed."""
    draft = await _open_draft(ctx, press.draft)
    form = ctx.catalogue.form(FORM)
    raw = answers_of(ctx) if ctx.card is not None else dict(draft.answers)
    checked = await check(ctx, form, raw)
    if checked.problems:
        problems = {problem.field: problem.message for problem in checked.problems}
        inputs = await ctx.forms.inputs(ctx, form, raw, problems=problems, sources=sources_of(ctx))
        if ctx.card is None:
            raise Refused("\n".join(problems.values()))
        await ctx.redraw(ctx.card, await draft_card(ctx, draft, inputs, origin=""))
        return
    row = await ctx.forms.keep(ctx, form, checked.values, {"draft": draft.id})
    draft.state, draft.submission_id = "filed", row.id
    await file_report(ctx, Submitted(form, checked.values, {"draft": draft.id}, row), draft.answers)


@router.pressed(DropDraft)
async def drop(ctx: Context, press: DropDraft) -> None:
    await _put_away(ctx, press.draft, redo=False)


@router.pressed(RedoDraft)
async def redo(ctx: Context, press: RedoDraft) -> None:
    await _put_away(ctx, press.draft, redo=True)


@router.pressed(KeepOut)
async def keep_out(ctx: Context, press: KeepOut) -> None:
    """The record stands as it is; what was heard for the customer's file is left out."""
    draft = await _open_draft(ctx, press.draft)
    draft.findings = []
    await ctx.event("draft.kept_out", ("draft", draft.id))
    if ctx.card is not None:
        form = ctx.catalogue.form(FORM)
        inputs = await ctx.forms.inputs(ctx, form, answers_of(ctx), sources=sources_of(ctx))
        await ctx.redraw(ctx.card, await draft_card(ctx, draft, inputs, origin=say("progress.kept_out")))


@router.pressed(UndoReport)
async def undo_press(ctx: Context, press: UndoReport) -> None:
    report = await ctx.tx.get(ProgressReport, press.report)
    if report is None or report.person_id != ctx.actor.id:
        raise Refused(say("progress.undo_nothing"))
    await undo_report(ctx, report)


@router.command("undo", "撤销刚记下的推进（10 分钟内）", "/undo")
async def undo_command(ctx: Context, words: list[str]) -> None:
    report = await progress.last_report(ctx.tx, ctx.actor.id)
    if report is None:
        raise Refused(say("progress.undo_nothing"))
    await undo_report(ctx, report)


@router.on("flow.changed")
async def support_moved(ctx: Context, event: Event) -> None:
    """The report's own card follows its support request."""
    if event.payload["flow"] != "support" or event.subject_id is None:
        return
    report = await progress.report_of_flow(ctx.tx, event.subject_id)
    if report is not None:
        card = cards.filed_card(await filed(ctx, report))
        await ctx.redraw_thread(thread(report.id), lambda holder: card)


async def _offer(
    ctx: Context,
    message: Message,
    heard: Understanding,
    one: understood.Draft,
    told: Sequence[Finding],
    number: str,
) -> None:
    """Keeps a draft and shows it, every value with where it came from."""
    form = ctx.catalogue.form(FORM)
    answers = await draft_answers(ctx, form, one)
    draft = Draft(
        person_id=ctx.actor.id,
        form=FORM,
        text=heard.text,
        answers=answers,
        sources=sources_of_draft(one),
        findings=[finding.to_json() for finding in told],
        audio=message.audio,
        inbox_id=ctx.inbox_id,
        created_at=ctx.now,
    )
    ctx.tx.add(draft)
    await ctx.tx.flush()
    inputs = await draft_inputs(ctx, form, one, answers, message.audio)
    if sure(ctx, one) and await _files_itself(ctx, inputs):
        checked = await check(ctx, form, answers)
        row = await ctx.forms.keep(ctx, form, checked.values, {"draft": draft.id})
        draft.state, draft.submission_id = "filed", row.id
        await file_report(ctx, Submitted(form, checked.values, {"draft": draft.id}, row), answers)
        return
    await ctx.reply(await draft_card(ctx, draft, inputs, origin=origin(message), number=number))


async def _files_itself(ctx: Context, inputs: tuple[Input, ...]) -> bool:
    """Whether this rep has drafts filed without a nod, and this one leaves nothing to ask."""
    wanted = await people.preference(ctx.tx, ctx.actor.id, "autofile")
    return bool(wanted.get("on")) and all(not entry.problem and (entry.value or not entry.required) for entry in inputs)


async def _open_draft(ctx: Context, draft_id: int) -> Draft:
    draft = await progress.draft_of(ctx.tx, ctx.actor.id, draft_id)
    if draft is None or draft.state != "open":
        raise Refused(say("progress.already"))
    return draft


async def _put_away(ctx: Context, draft_id: int, *, redo: bool) -> None:
    draft = await _open_draft(ctx, draft_id)
    draft.state = "dropped"
    await ctx.event("draft.dropped", ("draft", draft.id))
    if ctx.card is not None:
        await ctx.redraw(ctx.card, cards.dropped_card(redo), close=True)
