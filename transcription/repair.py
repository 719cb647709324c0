"""Mending what the speech model misheard: trade phrases, names of the team's lexicon, surnames before titles.

Every mending keeps the number of characters, so that positions and seconds stay true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from transcription import pinyin
from transcription.common import frequency, inside_word
from transcription.lexicon import Called, Entry, Index, Lexicon
from transcription.mentions import mentions
from transcription.words import load

_LIMITS = {2: 0.12, 3: 0.4, 4: 0.8, 5: 1.0, 6: 1.2}
"""Summed distance of sound up to which a stretch of that length is taken for a phrase."""
_TYPED = 0.1
"""Summed distance up to which a typed word is the one it sounds like: one tone may differ."""
_FREQUENT = 100
_DOUBTFUL = frozenset("陈程成林凌金景殷应")
"""Surnames that sound alike to the model; heard as another character they are left open."""
_KEPT = frozenset("零〇一二两三四五六七八九十百千万亿0123456789")
"""Numbers are never mended: a wrong sum or day is worse than a strange word."""
_FUNCTION = frozenset("了的是不没在我你他有和跟就都也还要让给")
"""Words that turn a sentence: mended only where the sound is the same."""
_CARRYING = _FUNCTION | frozenset("是跟在对从到把被很太去来这那与及或而且但用")
_STOPS = frozenset("，。！？；,!?;、 ")


@dataclass(frozen=True, slots=True)
class Mended:
    """A stretch that was replaced; positions are those of both texts."""

    start: int
    heard: str
    meant: str


@cache
def _phrases() -> Index:
    words = dict.fromkeys(load("phrases")["phrases"].split())
    return Index.over((Entry(word) for word in words), companies=False)


def repair(text: str, lexicon: Lexicon) -> tuple[str, tuple[Mended, ...]]:
    """The text with what is clearly misheard mended, and what was changed."""
    mended = _names(_slips(text), lexicon.customer_index)
    for index in (lexicon.competitor_index, lexicon.contact_index, lexicon.product_index):
        mended = _replaced(mended, index)
    mended = _replaced(mended, _phrases())
    mended = _titles(mended, lexicon.customer_index)
    return mended, tuple(_differences(text, mended))


def typed(text: str) -> tuple[str, tuple[Mended, ...]]:
    """Typed text with its slips mended, and what was changed."""
    mended = _mend_typing(text)
    return mended, tuple(_differences(text, mended))


def _mend_typing(text: str) -> str:
    """Typed text with trade words that were written with another character of the very same sound: 抱价, 竟品."""
    for length in _typed().lengths:
        for start in range(len(text) - length + 1):
            words = text[start : start + length]
            if words.isascii() or not _STOPS.isdisjoint(words):
                continue
            same = {one.words for one in _typed().alike(words) if _same_sound(words, one.words)}
            if len(same) == 1 and not _is_written(text, start, start + length):
                text = text[:start] + same.pop() + text[start + length :]
    return text


def _is_written(text: str, start: int, end: int) -> bool:
    """Whether what was written makes sense of its own, alone or with its neighbours."""
    return _sensible(text, start, end) or inside_word(text, start, end)


def _same_sound(written: str, meant: str) -> bool:
    """Whether only characters of the same sound differ, and none of them is a word that carries the sentence."""
    changed = {one for one, other in zip(written, meant, strict=True) if one != other}
    return changed.isdisjoint(_CARRYING) and pinyin.distance(written, meant) <= _TYPED


@cache
def _typed() -> Index:
    return Index.over((Entry(word) for word in load("phrases")["typed"].split()), companies=False)


def _slips(text: str) -> str:
    for slip in load("phrases")["slips"]:
        mended = re.sub(slip["heard"], slip["mend"], text)
        text = mended if len(mended) == len(text) else text
    return text


def _names(text: str, customers: Index) -> str:
    """Customers' names as they are written, where the evidence is clear."""
    for mention in mentions(text, customers, heard=True):
        if mention.spelled and len(mention.names) == 1:
            text = text[: mention.start] + mention.spelled + text[mention.end :]
    return text


def _replaced(text: str, index: Index) -> str:
    """Longest first; a stretch that is spelled right or already mended is left alone."""
    done = _spelled_right(text, index)
    for length in index.lengths:
        for start in range(len(text) - length + 1):
            meant = _meant(text, start, start + length, index) if length >= 2 else None
            if meant is not None and not any(done[start + place] for place in _changed(text, start, meant)):
                text = text[:start] + meant + text[start + length :]
                done[start : start + length] = [True] * length
    return text


def _changed(text: str, start: int, meant: str) -> list[int]:
    return [place for place, char in enumerate(meant) if text[start + place] != char]


def _spelled_right(text: str, index: Index) -> list[bool]:
    right = [False] * len(text)
    for length in index.lengths:
        for start in range(len(text) - length + 1):
            if length >= 3 and text[start : start + length] in index.spelled:
                right[start : start + length] = [True] * length
    return right


def _meant(text: str, start: int, end: int, index: Index) -> str | None:
    heard = text[start:end]
    if not _STOPS.isdisjoint(heard) or heard.isascii():
        return None
    near = [(pinyin.distance(heard, called.words), called) for called in index.alike(heard)]
    near = [(far, called) for far, called in near if _clear(text, start, far, called)]
    if not near:
        return None
    best = min(far for far, _ in near)
    winners = {called.words for far, called in near if far <= best + 0.05}
    return winners.pop() if len(winners) == 1 else None


def _clear(text: str, start: int, far: float, called: Called) -> bool:
    """Whether the evidence is clear: near enough in sound, and what was heard makes no sense of its own."""
    length = len(called.words)
    heard = text[start : start + length]
    if heard == called.words:
        return False
    wrong = [place for place in range(length) if heard[place] != called.words[place]]
    if any(heard[place] in _KEPT for place in wrong):
        return False
    if far > 0.15 and any(heard[place] in _FUNCTION for place in wrong):
        return False
    if length >= 4 and len(wrong) == 1:
        return far <= 1.0 and (far <= 0.5 or not _sensible(text, start + wrong[0], start + wrong[0] + 1))
    if far > _LIMITS.get(length, 0.22 * length):
        return False
    if length >= 5 or (length >= 4 and far <= 0.3):
        return True
    return not _sensible(text, start + wrong[0], start + wrong[-1] + 1)


def _sensible(text: str, start: int, end: int) -> bool:
    """Whether what was heard is part of an everyday word."""
    for length in (2, 3, 4):
        for begin in range(max(0, start - length + 1), min(start + 1, len(text) - length + 1)):
            if begin + length >= end and frequency(text[begin : begin + length]):
                return True
    return False


@cache
def _surnames_by_sound() -> dict[tuple[str, str], str]:
    """The commonest surname of each sound; people.yaml lists them by frequency."""
    found: dict[tuple[str, str], str] = {}
    for char in load("people")["surnames"]:
        initial, final, _ = pinyin.sound(char)
        found.setdefault((initial, final), char)
    return found


def _titles(text: str, customers: Index) -> str:
    """After a customer's name: a surname and a title by their sound alone."""
    for end in _name_ends(text, customers):
        for title in load("phrases")["titles"]:
            text = _with_title(text, end + text.startswith("的", end), title)
    return text


def _with_title(text: str, start: int, title: str) -> str:
    heard = text[start + 1 : start + 1 + len(title)]
    surname = _surname(text[start : start + 1], sure=heard == title)
    if surname is None or len(heard) < len(title) or pinyin.distance(heard, title) > 0.15 * len(title):
        return text
    if len(title) == 1 and _is_word_of_its_own(text, start, title):
        return text
    return text[:start] + surname + title + text[start + 1 + len(title) :]


def _surname(char: str, *, sure: bool) -> str | None:
    """The surname a character is or sounds like; one that others sound like is only taken where it was written so."""
    if not char:
        return None
    is_one = char in load("people")["surnames"]
    surname = char if is_one else _surnames_by_sound().get(pinyin.sound(char)[:2])
    return None if surname in _DOUBTFUL and not (is_one and sure) else surname


def _is_word_of_its_own(text: str, start: int, title: str) -> bool:
    """Whether a short title is only heard into an everyday word: 工 in 公司, unless the word after it needs its letter."""
    if text[start + 1] == title:
        return text[start] not in load("people")["surnames"] and frequency(text[start : start + 2]) > 0
    word, following = text[start + 1 : start + 3], text[start + 2 : start + 4]
    return frequency(word) > 0 and frequency(following) < _FREQUENT


def _name_ends(text: str, index: Index) -> Iterable[int]:
    """Where customers' names end, the longest where one lies in another."""
    ends: list[int] = []
    start = 0
    while start < len(text):
        length = next((one for one in index.lengths if text[start : start + one] in index.spelled), 0)
        ends += [start + length] if length else []
        start += length or 1
    return ends


def _differences(before: str, after: str) -> Iterator[Mended]:
    start = None
    for place in range(len(before) + 1):
        differs = place < len(before) and before[place] != after[place]
        if differs and start is None:
            start = place
        elif not differs and start is not None:
            yield Mended(start, before[start:place], after[start:place])
            start = None
