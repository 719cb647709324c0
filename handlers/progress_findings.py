"""What a message tells beside what the rules put into its records: for the customers' files, and as proposals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.context import Context, Message
from storage import people
from transcription import draft as understood
from transcription.findings import Finding, find
from transcription.lexicon import Lexicon
from transcription.proposer import merged
from transcription.understanding import Understanding, read


def findings_of(
    ctx: Context, message: Message, heard: Understanding, lexicon: Lexicon
) -> tuple[tuple[Finding, ...], ...]:
    """Of each draft, in order. The text is read as it was understood, so that words and seconds are the same."""
    if not heard.drafts:
        return ()
    spoken = message.transcript is not None
    again = read(heard.text, now=ctx.local(ctx.now), lexicon=lexicon, calendar=ctx.calendar, heard=spoken)
    return find(again, message.transcript)


async def with_proposals(ctx: Context, message: Message, heard: Understanding) -> tuple[understood.Draft, ...]:
    """The drafts with what the language model proposes for their empty slots; as they are where there is no model.

    Whoever has complete drafts filed without a nod is asked for none because of a proposal.
    """
    if len(heard.drafts) != 1 or not message.proposals:
        return heard.drafts
    (one,) = heard.drafts
    if await _files_without(ctx, one):
        return heard.drafts
    return (merged(one, _offered(ctx, message.proposals), heard.text, message.transcript),)


def sure(ctx: Context, one: understood.Draft) -> bool:
    """Whether every value is one that may be filed without asking."""
    return all(not is_unsure(ctx, slot.confidence) for slot in one.slots.values())


def is_unsure(ctx: Context, confidence: float) -> bool:
    return confidence < float(ctx.catalogue.setting("progress")["sure"])


async def _files_without(ctx: Context, one: understood.Draft) -> bool:
    """Whether the draft has all that filing by itself asks for."""
    wanted = await people.preference(ctx.tx, ctx.actor.id, "autofile")
    required = [field.slot for field in ctx.catalogue.form("progress").fields if field.required]
    return bool(wanted.get("on")) and all(one.value(slot) is not None for slot in required if slot)


def _offered(ctx: Context, proposals: Mapping[str, Any]) -> dict[str, Any]:
    """Proposals that the form can hold: a choice has to be one of its options."""
    options = {field.slot: field.options for field in ctx.catalogue.form("progress").fields if field.options}
    return {
        key: one
        for key, one in proposals.items()
        if key not in options or (isinstance(one, Mapping) and one.get("value") in options[key])
    }
