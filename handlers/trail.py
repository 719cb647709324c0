"""/audit: who did what, newest first, in words."""

from __future__ import annotations

from bot.commands import wrong
from bot.context import Context
from bot.router import Router, Who
from cards import trail as cards
from cards.texts import say
from handlers import private
from storage import people, trail
from storage.trail import Filter

COUNT, MOST = 20, 100

router = Router("trail")


@router.command(
    "audit",
    "操作记录：谁在什么时候做了什么",
    "/audit",
    "/audit 50",
    "/audit 李雷",
    f"/audit 升级（还有：{'、'.join(cards.KINDS)}）",
    who=Who.ADMINS,
)
async def command(ctx: Context, words: list[str]) -> None:
    count, wanted, about = COUNT, Filter(), ""
    for word in words:
        if word.isdigit():
            count = min(max(int(word), 1), MOST)
        else:
            wanted, about = await _filter(ctx, word, wanted), " · ".join(part for part in (about, word) if part)
    lines = [
        (
            ctx.moment(event.at),
            person.name if person else say("trail.system"),
            cards.sentence(event.kind, await trail.subject(ctx.tx, event), event.payload),
        )
        for event, person in await trail.newest(ctx.tx, wanted, count)
    ]
    await private.answer(ctx, cards.trail_card(lines, about))


async def _filter(ctx: Context, word: str, so_far: Filter) -> Filter:
    """Narrowed by a kind in words, an event's own name, or a person."""
    if word in cards.KINDS:
        return Filter(so_far.person_id, cards.KINDS[word])
    if "." in word:
        return Filter(so_far.person_id, (word,))
    found = await people.named(ctx.tx, word)
    if len(found) != 1:
        raise wrong(ctx, "audit", say("trail.usage", word=word, kinds=list(cards.KINDS)))
    return Filter(found[0].id, so_far.kinds)
