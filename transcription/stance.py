"""Whether words state a fact: not denied, not only planned, not supposed, not settled since."""

from __future__ import annotations

import re

from transcription.cues import RIVAL, pattern
from transcription.message import Message

_DOUBLE = re.compile(r"不是没|并非没|不是不|没有不|不得不")
_IF = re.compile(r"如果|要是|假如|万一|一旦|只要|除非")
_SOON = re.compile(r"快要?(?!递|件|点|的)|即将|马上|准备|打算|计划|预计|争取|就差|就要|等着")
_REACH = 7
_FACT = re.compile(r"已经?|刚刚?|终于|顺利|了|过(?!去|来)|完|好")


def is_done(message: Message, start: int, end: int, *, ahead: bool = False) -> bool:
    """Whether an act said between two positions has happened; `ahead` where it is about a coming day."""
    clause = message.clause_of(start)
    inside = message.masked[start:end]
    after = message.masked[end : clause.end]
    sure = bool(_FACT.search(inside) or _FACT.match(after))
    before = message.masked[max(clause.start, start - (_REACH if sure else 2 * _REACH)) : start]
    if not sure and not ahead and _coming(message, clause.start, end):
        return False
    if _SOON.search(inside) or _denied(before, inside) or pattern("stance", "conditioned").search(after):
        return False
    return not (pattern("stance", "planned").search(before) and not _excused(before))


def is_a_rivals(words: str) -> bool:
    """Whether what a clause tells is done by a competitor: 博创报价11万8."""
    return words.lstrip("，但可是不过听说结果那边现在又还").startswith(RIVAL)


def is_coming(words: str) -> bool:
    """Whether words say that something is only about to be done: 快签了, 就差盖章."""
    return bool(_SOON.search(words))


def _denied(before: str, inside: str) -> bool:
    words = before + inside
    if _DOUBLE.search(words):
        return False
    negated = pattern("stance", "negated")
    return bool(negated.search(inside) or negated.search(before[-4:]))


def _excused(before: str) -> bool:
    """已 or 刚 between the plan word and the act make it a fact again: 想办法已经签了."""
    return bool(re.search(r"(已经?|刚刚?|终于|顺利)[^了]{0,3}$", before))


def _coming(message: Message, start: int, end: int) -> bool:
    """Whether a coming day is named between two positions."""
    return any(
        start <= time.start < end and not time.bare and time.when.day > message.now.date() for time in message.times
    )


def holds(message: Message, start: int, end: int) -> bool:
    """Whether a state (an obstacle, a decision) said between two positions holds now."""
    clause = message.clause_of(start)
    before = message.masked[max(clause.start, start - _REACH) : start]
    inside = message.masked[start:end]
    if pattern("stance", "dismissed").search(before[-5:] + inside) and not re.search(r"不是没有", before + inside):
        return False
    if pattern("stance", "supposed").search(before) or _IF.search(message.masked, clause.start, start):
        return False
    return not _settled_since(message, end)


def _settled_since(message: Message, end: int) -> bool:
    """Whether the rest of the clause or the next one says that it is over."""
    number = message.clauses.at(end - 1)
    following = message.clauses.all[number : number + 2]
    stop = following[-1].end
    rest = message.masked[end:stop]
    return bool(pattern("stance", "resolved").search(rest))
