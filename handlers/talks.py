"""沟通摘要: a longer recording comes back with the customer's own words, implied needs and what blocks the next step."""

from __future__ import annotations

from bot.context import Context, Message
from bot.router import Router
from cards import talks as cards
from cards.talks import Said, Talk
from transcription.summary import Excerpt, Summary, summarise
from transcription.understanding import read

KINDS = ("价格", "竞品", "犹豫")

router = Router("talks")


@router.says(rank=40)
async def summary(ctx: Context, message: Message) -> bool:
    """Added to what else is understood of a long recording; never the whole answer."""
    transcript = message.transcript
    if transcript is None or transcript.duration < float(ctx.catalogue.setting("summary_from_seconds")):
        return False
    lexicon = await ctx.services.lexicons.load(ctx.tx)
    heard = read(message.text, now=ctx.local(ctx.now), lexicon=lexicon, calendar=ctx.calendar, heard=True)
    found = summarise(heard, transcript)
    if found.quotes or found.needs or found.blocker or found.marks:
        await ctx.reply(cards.summary(_talk(found)))
    return False


def _talk(found: Summary) -> Talk:
    counted = [(kind, found.count(kind)) for kind in KINDS]
    return Talk(
        quotes=[_said(one) for one in found.quotes],
        needs=[_said(one) for one in found.needs],
        blocker=_said(found.blocker) if found.blocker else None,
        marks=[(kind, count) for kind, count in counted if count],
    )


def _said(excerpt: Excerpt) -> Said:
    return Said(excerpt.words, excerpt.seconds)
