"""What was understood as the draft a rep nods at: raw answers, and inputs that say where each value came from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot.context import Context
from bot.fields import customer_meant, wall_time
from cards import progress as cards
from cards.model import Card, Input, Source, Tag, Tone
from cards.texts import say
from handlers.file_filing import told_of_file
from handlers.file_views import line_of_finding
from handlers.progress_findings import is_unsure
from rules.answers import plain
from rules.forms import FormDef
from storage.tables import Draft
from transcription import draft as understood
from transcription.draft import Slot
from transcription.findings import Finding


async def draft_answers(ctx: Context, form: FormDef, one: understood.Draft) -> dict[str, Any]:
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
            answers[field.name] = wall_time(value) if isinstance(value, date | datetime) else str(value)
    kept = {key: plain(one.value(key)) for key in kept_slots(ctx) if one.value(key) is not None}
    return {**answers, **kept}


async def draft_inputs(
    ctx: Context, form: FormDef, one: understood.Draft, answers: Mapping[str, Any], audio: str
) -> tuple[Input, ...]:
    """The form's inputs with what was understood, its sources, and what has to be settled by the rep."""
    sources, problems = {}, {}
    for field in form.fields:
        slot = one.slots.get(field.slot) if field.slot else None
        if slot is None:
            continue
        if slot.note or slot.seconds or is_unsure(ctx, slot.confidence) or slot.words != str(slot.value):
            sources[field.name] = _source(ctx, slot, audio)
        if slot.value is None and slot.candidates:
            problems[field.name] = say("progress.candidates", names=slot.candidates, words=slot.words)
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


def _source(ctx: Context, slot: Slot, audio: str) -> Source:
    words = slot.note or say("progress.heard", words=slot.words)
    if slot.value is not None and is_unsure(ctx, slot.confidence):
        words = say("progress.unsure", words=slot.words, note=slot.note)
    if isinstance(slot.value, date) and not isinstance(slot.value, datetime):
        words = f"{words}；{say('progress.no_hour')}"
    start, end = slot.seconds or (0.0, 0.0)
    return Source(text=words, audio=audio if slot.seconds else "", start=start, end=end)


def sources_of_draft(one: understood.Draft) -> dict[str, Any]:
    """Where each value came from, as it is kept with the draft."""
    return {key: _source_row(slot) for key, slot in one.slots.items()}


def _source_row(slot: Slot) -> dict[str, Any]:
    return {
        "words": slot.words,
        "span": [slot.start, slot.end],
        "confidence": slot.confidence,
        "seconds": list(slot.seconds) if slot.seconds else None,
        "candidates": list(slot.candidates),
        "note": slot.note,
    }


async def draft_card(ctx: Context, draft: Draft, inputs: tuple[Input, ...], *, origin: str, number: str = "") -> Card:
    """The draft with what else was heard: kept with the record, and filed with the customer."""
    kept = [_kept(ctx, draft, key) for key in kept_slots(ctx) if draft.answers.get(key)]
    told = await told_of_file(ctx, [Finding.from_json(one) for one in draft.findings])
    found = [line_of_finding(one) for one in told]
    return cards.draft_card(draft.id, inputs, origin=origin, number=number, kept=kept, found=found)


def _kept(ctx: Context, draft: Draft, key: str) -> Tag:
    """A value that is kept without a field; one to be checked says so."""
    words = say(f"progress.kept_{key}", value=draft.answers[key])
    if is_unsure(ctx, float(draft.sources.get(key, {}).get("confidence", 1.0))):
        return Tag(text=say("progress.check", words=words), tone=Tone.WARN)
    return Tag(text=words)


def kept_slots(ctx: Context) -> list[str]:
    """What is heard and kept without being asked for on the card."""
    return list(ctx.catalogue.setting("progress")["kept_slots"])
