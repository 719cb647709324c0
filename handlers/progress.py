"""客户推进: what a rep says becomes a draft, a nod files it, ten minutes may take it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.context import Context, Message
from bot.errors import Refused
from bot.fields import at_hour, check, customer_meant
from bot.forms import Asking, Submitted, answers_of, sources_of
from bot.router import Router
from cards import progress as cards
from cards.model import Input, Source
from cards.progress import ConfirmDraft, DropDraft, OpenForm, RedoDraft, UndoReport
from cards.texts import say
from handlers.progress_views import filed, origin
from rules.answers import plain
from rules.durations import parse_duration
from rules.forms import FormDef
from storage import people, progress
from storage.tables import Draft, Event, Interaction, ProgressReport
from transcription import draft as understood
from transcription.draft import Slot
from transcription.understanding import Understanding, understand

FORM = "progress"

router = Router("progress")


def thread(report_id: int) -> str:
    return f"report:{report_id}"


@router.says(rank=50)
async def understand_message(ctx: Context, message: Message) -> bool:
    """A message that tells of customers: a draft for each record in it."""
    if not message.text.strip():
        return False
    lexicon = await ctx.services.lexicons.load(ctx.tx)
    heard = understand(
        message.text, now=ctx.local(ctx.now), lexicon=lexicon, transcript=message.transcript, calendar=ctx.calendar
    )
    for number, one in enumerate(heard.drafts, start=1):
        await _offer(ctx, message, heard, one, f"{number}/{len(heard.drafts)}" if len(heard.drafts) > 1 else "")
    return bool(heard.drafts)


@router.says(rank=100)
async def nothing_understood(ctx: Context, message: Message) -> bool:
    """Says so, and offers the form."""
    await ctx.reply(cards.nothing_understood())
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
    await _file(ctx, submitted, {})


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
        await ctx.redraw(ctx.card, cards.draft_card(draft.id, inputs, origin=""))
        return
    row = await ctx.forms.keep(ctx, form, checked.values, {"draft": draft.id})
    draft.state, draft.submission_id = "filed", row.id
    await _file(ctx, Submitted(form, checked.values, {"draft": draft.id}, row), draft.answers)


@router.pressed(DropDraft)
async def drop(ctx: Context, press: DropDraft) -> None:
    await _put_away(ctx, press.draft, redo=False)


@router.pressed(RedoDraft)
async def redo(ctx: Context, press: RedoDraft) -> None:
    await _put_away(ctx, press.draft, redo=True)


@router.pressed(UndoReport)
async def undo_press(ctx: Context, press: UndoReport) -> None:
    report = await ctx.tx.get(ProgressReport, press.report)
    if report is None or report.person_id != ctx.actor.id:
        raise Refused(say("progress.undo_nothing"))
    await _undo(ctx, report)


@router.command("undo", "撤销刚记下的推进（10 分钟内）", "/undo")
async def undo_command(ctx: Context, words: list[str]) -> None:
    report = await progress.last_report(ctx.tx, ctx.actor.id)
    if report is None:
        raise Refused(say("progress.undo_nothing"))
    await _undo(ctx, report)


@router.on("flow.changed")
async def support_moved(ctx: Context, event: Event) -> None:
    """The report's own card follows its support request."""
    if event.payload["flow"] != "support" or event.subject_id is None:
        return
    report = await progress.report_of_flow(ctx.tx, event.subject_id)
    if report is not None:
        card = cards.filed_card(await filed(ctx, report))
        await ctx.redraw_thread(thread(report.id), lambda holder: card)


async def _offer(ctx: Context, message: Message, heard: Understanding, one: understood.Draft, number: str) -> None:
    """Keeps a draft and shows it, every value with where it came from."""
    form = ctx.catalogue.form(FORM)
    answers = await _answers(ctx, form, one)
    draft = Draft(
        person_id=ctx.actor.id,
        form=FORM,
        text=heard.text,
        answers=answers,
        sources={key: _source_row(slot) for key, slot in one.slots.items()},
        audio=message.audio,
        inbox_id=ctx.inbox_id,
        created_at=ctx.now,
    )
    ctx.tx.add(draft)
    await ctx.tx.flush()
    inputs = await _draft_inputs(ctx, form, one, answers, message.audio)
    if await _files_itself(ctx, inputs):
        checked = await check(ctx, form, answers)
        row = await ctx.forms.keep(ctx, form, checked.values, {"draft": draft.id})
        draft.state, draft.submission_id = "filed", row.id
        await _file(ctx, Submitted(form, checked.values, {"draft": draft.id}, row), answers)
        return
    kept = [say(f"progress.kept_{key}", value=answers[key]) for key in _kept(ctx) if answers.get(key)]
    await ctx.reply(cards.draft_card(draft.id, inputs, origin=origin(message), number=number, kept=kept))


async def _files_itself(ctx: Context, inputs: tuple[Input, ...]) -> bool:
    """Whether this rep has drafts filed without a nod, and this one leaves nothing to ask."""
    wanted = await people.preference(ctx.tx, ctx.actor.id, "autofile")
    return bool(wanted.get("on")) and all(not entry.problem and (entry.value or not entry.required) for entry in inputs)


async def _answers(ctx: Context, form: FormDef, one: understood.Draft) -> dict[str, Any]:
    """Form fields and kept slots as raw answers; the customer as an id where this rep may record for it."""
    answers: dict[str, Any] = {}
    for field in form.fields:
        value = one.value(field.slot) if field.slot else None
        if value is None:
            continue
        if field.slot == "customer":
            meant = await customer_meant(ctx, str(value))
            answers[field.name] = str(meant.id) if meant.id else value
        else:
            answers[field.name] = at_hour(value).isoformat() if isinstance(value, date | datetime) else str(value)
    kept = {key: plain(one.value(key)) for key in _kept(ctx) if one.value(key) is not None}
    return {**answers, **kept}


async def _draft_inputs(
    ctx: Context, form: FormDef, one: understood.Draft, answers: Mapping[str, Any], audio: str
) -> tuple[Input, ...]:
    sources, problems = {}, {}
    for field in form.fields:
        slot = one.slots.get(field.slot) if field.slot else None
        if slot is None:
            continue
        if slot.note or slot.seconds or slot.words != str(slot.value):
            sources[field.name] = _source(slot, audio)
        if slot.value is None and slot.candidates:
            problems[field.name] = say("progress.candidates", names=slot.candidates)
        elif field.slot == "customer" and not str(answers.get(field.name, "")).isdigit():
            problems[field.name] = (await customer_meant(ctx, str(slot.value))).problem
    shown = {key: value for key, value in answers.items() if key not in problems or key != "customer"}
    inputs = await ctx.forms.inputs(ctx, form, shown, problems=problems, sources=sources)
    return tuple(_with_candidates(entry, one) for entry in inputs)


def _with_candidates(entry: Input, one: understood.Draft) -> Input:
    """An ambiguous customer's candidates come first in its list."""
    slot = one.slots.get("customer") if entry.name == "customer" else None
    if slot is None or not slot.candidates:
        return entry
    first = [option for option in entry.options if option.label in slot.candidates]
    rest = [option for option in entry.options if option.label not in slot.candidates]
    return entry.model_copy(update={"options": (*first, *rest)})


def _source(slot: Slot, audio: str) -> Source:
    words = slot.note or say("progress.heard", words=slot.words)
    if isinstance(slot.value, date) and not isinstance(slot.value, datetime):
        words = f"{words}；{say('progress.no_hour')}"
    start, end = slot.seconds or (0.0, 0.0)
    return Source(text=words, audio=audio if slot.seconds else "", start=start, end=end)


def _source_row(slot: Slot) -> dict[str, Any]:
    return {
        "words": slot.words,
        "span": [slot.start, slot.end],
        "confidence": slot.confidence,
        "seconds": list(slot.seconds) if slot.seconds else None,
        "candidates": list(slot.candidates),
        "note": slot.note,
    }


def _kept(ctx: Context) -> list[str]:
    return list(ctx.catalogue.setting("progress")["kept_slots"])


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


async def _file(ctx: Context, submitted: Submitted, kept: Mapping[str, Any]) -> None:
    """The record, the contact it is, and the card that says so."""
    values = submitted.values
    report = ProgressReport(
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
    ctx.tx.add(report)
    await ctx.tx.flush()
    ctx.tx.add(
        Interaction(
            customer_id=report.customer_id,
            person_id=ctx.actor.id,
            kind="progress",
            at=ctx.now,
            note=report.action,
            source_kind="progress_report",
            source_id=report.id,
        )
    )
    await ctx.event(
        "progress.filed", ("progress_report", report.id), {"customer": report.customer_id, "support": report.support}
    )
    await ctx.event("contact.made", ("customer", report.customer_id), {"by": "progress"})
    card = cards.filed_card(await filed(ctx, report))
    if ctx.card is not None:
        ctx.card.thread = thread(report.id)
        await ctx.redraw(ctx.card, card)
    else:
        await ctx.reply(card, thread=thread(report.id))


async def _undo(ctx: Context, report: ProgressReport) -> None:
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
