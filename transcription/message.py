"""One message with what every recogniser looks at: clauses, customers, people, times, and the masked text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from transcription.clauses import Clause, Clauses
from transcription.lexicon import Lexicon
from transcription.when import Found
from transcription.workdays import Workdays


@dataclass(frozen=True, slots=True)
class Mention:
    """A customer spoken of. One name: settled; several: to be asked; none: a company nobody knows yet.

    `spelled` is how the name should have been written where it was only heard.
    """

    names: tuple[str, ...]
    start: int
    end: int
    confidence: float
    note: str = ""
    spelled: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A person spoken of."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value one recogniser proposes for one slot, with the words it rests on."""

    slot: str
    value: Any
    start: int
    end: int
    confidence: float = 0.9
    candidates: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """`plain` is the normalised text, `masked` the same with customers, people, times, sums and competitors masked."""

    text: str
    plain: str
    masked: str
    clauses: Clauses
    mentions: tuple[Mention, ...]
    people: tuple[Person, ...]
    times: tuple[Found, ...]
    rivals: tuple[Candidate, ...]
    now: datetime
    lexicon: Lexicon
    calendar: Workdays

    def clause_of(self, position: int) -> Clause:
        """The clause a position lies in."""
        return self.clauses.all[self.clauses.at(position)]

    def masked_clause(self, clause: Clause) -> str:
        """The masked words of a clause."""
        return self.masked[clause.start : clause.end]
