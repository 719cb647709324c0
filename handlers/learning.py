"""What a rep corrects about a customer's name is understood the next time, by the whole team."""

from __future__ import annotations

from bot.context import Context
from bot.router import Router
from storage import learning
from storage.tables import Draft, Event, ProgressReport, Submission
from transcription.common import frequency
from transcription.normal import normal

_SHORTEST, _LONGEST = 2, 20
_EVERYDAY = 60
"""An everyday word (counted in a large body of text) would be taken for the customer everywhere."""
_NO_NAMES = frozenset("我你您他她它这那哪咱谁啥")

router = Router("learning")


@router.on("progress.filed")
async def learn(ctx: Context, event: Event) -> None:
    """A draft filed for another customer than understood, or for one of several: the words become its name."""
    report = await ctx.tx.get_one(ProgressReport, event.subject_id)
    draft = await _draft_of(ctx, report)
    if draft is None or not _corrected(draft, report.customer_id):
        return
    words = _words(draft)
    if not is_name(words) or await _taken(ctx, words):
        return
    await learning.remember(ctx.tx, report.customer_id, words)
    await ctx.event("customer.alias", ("customer", report.customer_id), {"alias": words, "report": report.id})


@router.on("progress.undone")
async def unlearn(ctx: Context, event: Event) -> None:
    """An undone report takes back the name it taught, and no name that somebody entered."""
    report = await ctx.tx.get_one(ProgressReport, event.subject_id)
    draft = await _draft_of(ctx, report)
    if draft is None or not _corrected(draft, report.customer_id):
        return
    words = _words(draft)
    if await learning.forget(ctx.tx, report.customer_id, words):
        payload = {"alias": words, "report": report.id}
        await ctx.event("customer.alias_forgotten", ("customer", report.customer_id), payload)


def is_name(words: str) -> bool:
    """Whether words can be a customer's name: two to twenty characters, no pronoun, no everyday word."""
    if not _SHORTEST <= len(words) <= _LONGEST or not _NO_NAMES.isdisjoint(words):
        return False
    return any(char.isalnum() for char in words) and not words.isdigit() and frequency(words) < _EVERYDAY


async def _draft_of(ctx: Context, report: ProgressReport) -> Draft | None:
    """The draft a report was filed from; none where the form was filled in by hand."""
    submission = await ctx.tx.get_one(Submission, report.submission_id)
    number = submission.about.get("draft")
    return None if number is None else await ctx.tx.get_one(Draft, number)


def _corrected(draft: Draft, customer_id: int) -> bool:
    """Whether the rep chose the customer himself; what was understood and agreed to teaches nothing."""
    return "customer" in draft.sources and str(draft.answers.get("customer", "")) != str(customer_id)


def _words(draft: Draft) -> str:
    return str(draft.sources["customer"].get("words", "")).strip(" ，。、“”\"'")


async def _taken(ctx: Context, words: str) -> bool:
    """Whether a customer, this one or another, goes by these words already, be it as a short form of its name."""
    lexicon = await ctx.services.lexicons.load(ctx.tx)
    return normal(words) in lexicon.customer_index.spelled
