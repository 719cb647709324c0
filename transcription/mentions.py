"""Which customers a message speaks of: by full name, short name, and by sound where the evidence is clear."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from transcription import pinyin
from transcription.common import frequency, inside_word
from transcription.lexicon import Called, Index
from transcription.message import Mention
from transcription.names import trade_at
from transcription.words import load

_STOPS = frozenset("，。！？；,!?;、 \n")
_EDGES = "，。！？；,!?;、"
_CLEAR = 0.35
"""Summed distance up to which a name of four syllables and more is taken for the one it sounds like."""
_SHORT_CLEAR = 0.11
_ASKED = 0.8
WEAK = 0.6
"""Confidence of an everyday word that only stands where a name may: meant where the message tells something of it."""
_COMMON = 60


def mentions(text: str, index: Index, *, heard: bool) -> tuple[Mention, ...]:
    """The customers of a normalised text in order; `heard` where it comes from speech and may hold homophones."""
    exact = _spelled(text, index)
    sounding = _sounding(text, index, exact, heard=heard)
    found = sorted((*exact, *sounding), key=lambda mention: mention.start)
    return _without_asides(text, tuple(found))


def _spelled(text: str, index: Index) -> list[Mention]:
    found: list[Mention] = []
    position = 0
    while position < len(text):
        called = _longest_at(text, position, index)
        if called is None or not _is_meant(text, position, called, index):
            position += 1
            continue
        end = position + len(called.words)
        sure = 0.98 if len(called.words) > called.core or called.given else 0.93
        sure = sure if _is_clear(text, position, called) else WEAK
        found.append(Mention(called.names, position, end, sure))
        position = end
    return found


def _longest_at(text: str, position: int, index: Index) -> Called | None:
    for length in index.lengths:
        called = index.spelled.get(text[position : position + length])
        if called is not None and len(called.words) == length:
            return called
    return None


def _is_meant(text: str, start: int, called: Called, index: Index) -> bool:
    """A bare brand is not meant where another trade follows it or an everyday word swallows it."""
    end = start + len(called.words)
    if called.words.isascii():
        return not (text[start - 1 : start].isalnum() and text[start - 1 : start].isascii()) or not start
    if len(called.words) > called.core + 1 or len(called.words) >= 4:
        return True
    trade = trade_at(text, end)
    if trade and called.words + trade not in index.spelled and not _trade_is_topic(text, end, trade):
        return False
    return frequency(called.words) < _COMMON or _around(text, start, end).weak


def _is_clear(text: str, start: int, called: Called) -> bool:
    """Whether a name is meant whatever else the message says: 海风 of 海风冷链 is not, at the beginning alone."""
    end = start + len(called.words)
    if called.words.isascii() or len(called.words) > called.core + 1 or len(called.words) >= 4:
        return True
    return frequency(called.words) < _COMMON or _around(text, start, end).clear


def _trade_is_topic(text: str, end: int, trade: str) -> bool:
    """技术, 设备, 合同 after a brand are what the talk is about: 宏达技术参数没定."""
    after = text[end : end + len(trade) + 2]
    return trade in (
        "技术",
        "设备",
        "信息",
        "数据",
        "材料",
        "工程",
        "包装",
        "运输",
        "培训",
        "装修",
        "仪器",
        "环境",
        "软件",
        "投资",
        "建设",
        "工具",
        "物流",
        "网络",
    ) and not re.search(r"(公司|厂|集团|，|那边|这边|的)$", after[: len(trade) + 2])


@cache
def _context() -> tuple[re.Pattern[str], re.Pattern[str]]:
    content = load("mentions")
    return re.compile(content["before"]), re.compile(content["after"])


@dataclass(frozen=True, slots=True)
class _Around:
    """The words left and right of a name that show that a company is meant; None where there are none."""

    left: str | None
    right: str | None

    @property
    def weak(self) -> bool:
        """Whether a name may stand here; a stop on the right alone says nothing."""
        return self.left is not None or bool(self.right and self.right.strip(_EDGES))

    @property
    def clear(self) -> bool:
        """Whether one does: the beginning of a clause alone says nothing, 海风吹得我头疼."""
        return self.weak and (self.right is not None or bool(self.left and self.left.strip(_EDGES)))

    @property
    def both(self) -> bool:
        """Whether both sides say so."""
        return self.left is not None and self.right is not None


def _around(text: str, start: int, end: int) -> _Around:
    before, after = _context()
    left, right = before.search(text[max(0, start - 6) : start]), after.search(text[end : end + 3])
    return _Around(left and left.group(), right and right.group())


def _sounding(text: str, index: Index, exact: list[Mention], *, heard: bool) -> list[Mention]:
    taken = {place for mention in exact for place in range(mention.start, mention.end)}
    hits: list[tuple[float, Mention]] = []
    for length in (one for one in index.lengths if one >= 2):
        for start in range(len(text) - length + 1):
            words = text[start : start + length]
            if _STOPS.isdisjoint(words) and taken.isdisjoint(range(start, start + length)):
                hits += _heard_as(text, words, start, index, heard=heard)
    return _best(hits)


def _heard_as(text: str, words: str, start: int, index: Index, *, heard: bool) -> list[tuple[float, Mention]]:
    found = []
    for called in index.alike(words):
        far = pinyin.distance(words, called.words)
        if words.isascii() or not called.names:
            continue
        mention = _judged(text, words, start, called, far, heard=heard)
        if mention is not None:
            found.append((far - 0.3 * len(words), mention))
    return found


def _judged(text: str, words: str, start: int, called: Called, far: float, *, heard: bool) -> Mention | None:
    """The mention a similar-sounding string makes, settled or to be asked, or None where it is too weak."""
    end = start + len(words)
    note = f"听到“{words}”，按你的客户改为“{called.names[0]}”"
    if len(words) >= 4 and len(words) > called.core:
        brand_far = pinyin.distance(words[: called.core], called.words[: called.core])
        if brand_far <= _CLEAR and far <= (1.2 if heard else 1.0):
            return Mention(called.names, start, end, 0.85 - far / 4, note, called.words)
        return (
            replace(
                Mention((), start, end, 0.4, f"听到“{words}”，是不是“{called.names[0]}”？"), names=("", *called.names)
            )
            if brand_far <= _ASKED and far <= 1.0
            else None
        )
    if len(words) == 3 and far <= (0.3 if heard else 0.2) and not inside_word(text, start, end):
        return Mention(called.names, start, end, 0.8, note, called.words)
    if len(words) == 2 and far <= (0.25 if heard else _SHORT_CLEAR) and _free(text, start, end, heard=heard):
        return Mention(called.names, start, end, 0.75, note, called.words)
    return None


def _free(text: str, start: int, end: int, *, heard: bool) -> bool:
    """Whether two characters stand where only a name can: no everyday word, and name-like words around."""
    if (
        text[start:end] in load("mentions")["carriers"]
        or frequency(text[start:end])
        or inside_word(text, start, end)
        or trade_at(text, end)
    ):
        return False
    return _around(text, start, end).both


def _best(hits: list[tuple[float, Mention]]) -> list[Mention]:
    """Of overlapping hits the longest and nearest; equally near ones with other names make an ambiguous mention."""
    found: list[Mention] = []
    for _, mention in sorted(hits, key=lambda hit: hit[0]):
        rival = next((one for one in found if one.start < mention.end and mention.start < one.end), None)
        if rival is None:
            found.append(mention)
    return found


def _without_asides(text: str, found: tuple[Mention, ...]) -> tuple[Mention, ...]:
    aside = load("mentions")["aside"]
    kept = []
    for mention in found:
        before, after = (text[max(0, mention.start - 4) : mention.start], text[mention.end : mention.end + 4])
        is_aside = re.search(aside["after"], after) and (
            re.search(aside["before"], before) or "介" in after or "荐" in after
        )
        if not is_aside:
            kept.append(mention)
    return tuple(kept) or found
