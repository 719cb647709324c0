"""What a message says about competitors: the words, what they did, and their price."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from transcription.cues import MASKS, compiled, cues
from transcription.message import Candidate, Message
from transcription.prices import sums
from transcription.told import RIVAL, Told, stretch
from transcription.words import load

MENTIONED = "提到"

_NOT = re.compile(r"(没有?|未|不|别|不会|不能)[^，。]{0,2}$")
_OTHERS = "".join(mask for name, mask in MASKS.items() if name in ("客户", "人", "对手"))


def told_of_rivals(message: Message) -> list[Told]:
    """One for each competitor and kind of move, in the order of the text."""
    found: dict[tuple[str, str], Told] = {}
    for rival in message.rivals:
        told = _told(message, rival)
        found.setdefault((told.name, told.news), told)
    known = {name for name, news in found if news != MENTIONED}
    return [one for one in found.values() if one.news != MENTIONED or one.name not in known]


def _told(message: Message, rival: Candidate) -> Told:
    start, end = stretch(message, rival.start, _goes_on())
    words = message.masked[start:end]
    news = next((cue.value for cue in cues("rival_moves") if _did(cue.speaks, words)), MENTIONED)
    return Told(RIVAL, str(rival.value), news, start, end, at=rival.start, price=_price(message, start, end))


def _did(speaks: re.Pattern[str], words: str) -> bool:
    return any(not _NOT.search(words, 0, hit.start()) for hit in speaks.finditer(words))


def _price(message: Message, start: int, end: int) -> Decimal | None:
    """The only sum of the stretch, where nothing of ours stands in it."""
    inside = [each for each in sums(message.plain) if start <= each.start and each.end <= end]
    ours = _ours().search(message.masked, start, end)
    return inside[0].yuan if len(inside) == 1 and ours is None else None


@cache
def _goes_on() -> re.Pattern[str]:
    """Goes on about the competitor and names nobody else."""
    return re.compile(rf"(?!.*[{_OTHERS}])(?!.*(?:{load('rival_moves')['ours']}))(?:{load('rival_moves')['goes_on']})")


@cache
def _ours() -> re.Pattern[str]:
    return compiled([load("rival_moves")["ours"]], {})
