"""One thing a message tells of a customer's world, and the stretch of words that tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from transcription.clauses import Clause
from transcription.message import Message

PERSON, RIVAL, POLICY = "person", "rival", "policy"

_MOST = 2
"""Clauses that may go on about the same thing."""


@dataclass(frozen=True, slots=True)
class Told:
    """`name` is the person, the competitor or the policy; `news` what happened, empty where it was only mentioned.

    `start` and `end` are the words that tell it, `at` where the name stands. `before` and `after` are the people whom
    a change of hands is between.
    """

    kind: str
    name: str
    news: str
    start: int
    end: int
    at: int = 0
    title: str = ""
    department: str = ""
    before: str = ""
    after: str = ""
    price: Decimal | None = None


def stretch(message: Message, place: int, goes_on: re.Pattern[str]) -> tuple[int, int]:
    """The clause of a place with those of its sentence that go on about it."""
    number = message.clauses.at(place)
    first = last = message.clauses.all[number]
    for clause in message.clauses.all[number + 1 : number + 1 + _MOST]:
        if clause.sentence != first.sentence or not goes_on.search(message.masked_clause(clause)):
            break
        last = clause
    return _tidy(message, first, last)


def _tidy(message: Message, first: Clause, last: Clause) -> tuple[int, int]:
    start, end = first.start, last.end
    while start < end and message.plain[start] in " ，,":
        start += 1
    return start, end
