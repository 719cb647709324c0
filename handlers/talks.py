"""沟通摘要: a longer recording comes back with the customer's own words, implied needs and what blocks the next step,
and its text with every word about price, competitors and hesitation marked."""

from __future__ import annotations

from bot.context import Context, Message
from bot.errors import Refused
from bot.router import Router
from cards import talks as cards
from cards.talks import Said, ShowTranscript, Talk, Turn
from cards.texts import say
from handlers import private
from storage import people
from storage.tables import Attachment, TranscriptRow
from transcription.summary import Excerpt, Mark, Summary, summarise, with_names_mended
from transcription.transcript import Transcript, from_plain
from transcription.understanding import read

KINDS = ("价格", "竞品", "犹豫")

router = Router("talks")


@router.says(rank=40)
async def summary(ctx: Context, message: Message) -> bool:
    """Added to what else is understood of a long recording; never the whole answer."""
    transcript = message.transcript
    if transcript is None or transcript.duration < float(ctx.catalogue.setting("summary_from_seconds")):
        return False
    text, found = await _summarised(ctx, transcript)
    if found.quotes or found.needs or found.blocker or found.marks:
        await ctx.reply(cards.summary(_talk(text, found), message.audio))
    return False


@router.pressed(ShowTranscript)
async def show_transcript(ctx: Context, press: ShowTranscript) -> None:
    """The whole text, turn by turn, for whoever said it and those above them."""
    kept = await ctx.tx.get(Attachment, press.audio)
    heard = await ctx.tx.get(TranscriptRow, press.audio)
    if kept is None or heard is None or kept.person_id is None:
        raise Refused(say("talks.gone"))
    if not await people.oversees(ctx.tx, ctx.actor, kept.person_id):
        raise Refused(say("talks.gone"))
    transcript = from_plain(heard.body)
    text, found = await _summarised(ctx, transcript)
    await private.answer(ctx, cards.whole(transcript.duration, _turns(transcript, text, found)))


async def _summarised(ctx: Context, transcript: Transcript) -> tuple[str, Summary]:
    """The text with misheard names mended, and its summary."""
    lexicon = await ctx.services.lexicons.load(ctx.tx)
    text = with_names_mended(transcript.text, lexicon)
    heard = read(text, now=ctx.local(ctx.now), lexicon=lexicon, calendar=ctx.calendar, heard=True)
    return heard.text, summarise(heard, transcript)


def _talk(text: str, found: Summary) -> Talk:
    counted = [(kind, found.count(kind)) for kind in KINDS]
    return Talk(
        quotes=[_said(one) for one in found.quotes],
        needs=[_said(one) for one in found.needs],
        blocker=_said(found.blocker) if found.blocker else None,
        counts=[(kind, count) for kind, count in counted if count],
        marks=[_marked(text, mark) for mark in found.marks],
    )


def _said(excerpt: Excerpt) -> Said:
    return Said(excerpt.words, excerpt.seconds)


def _marked(text: str, mark: Mark) -> cards.Marked:
    """A mark with a few words around it."""
    start, end = mark.excerpt.start, mark.excerpt.end
    before, after = text[max(0, start - cards.AROUND) : start], text[end : end + cards.AROUND]
    return cards.Marked(mark.kind, before, text[start:end], after, mark.excerpt.seconds, mark.pace)


def _turns(transcript: Transcript, text: str, found: Summary) -> list[Turn]:
    """The text by turns; a turn goes on while nobody pauses long."""
    turns: list[Turn] = []
    offset = 0
    for segment in transcript.segments:
        end = offset + len(segment.text)
        spans = [(one.excerpt.start - offset, one.excerpt.end - offset) for one in found.marks]
        inside = [(start, stop) for start, stop in spans if start >= 0 and stop <= end - offset]
        turns.append(Turn(segment.speaker, segment.start, text[offset:end], inside))
        offset = end
    return turns
