"""Runs every recogniser over a message."""

from __future__ import annotations

import re

from transcription.contacts import contacts
from transcription.cues import cues
from transcription.message import Candidate, Message
from transcription.nexttime import is_until, is_wanted_by, next_times, protections
from transcription.prices import prices, sums
from transcription.second_reading import second_reading
from transcription.stance import holds, is_a_rivals, is_done
from transcription.support import is_request, support

_REACH = 4


def candidates(message: Message) -> list[Candidate]:
    """Every candidate of a message, in the order of the text within each slot."""
    said = [
        *actions(message),
        *states(message, "obstacle", "obstacles"),
        *states(message, "decision", "decisions"),
        *states(message, "signal", "signals"),
    ]
    return [
        *second_reading(message, said),
        *contacts(message),
        *support(message),
        *next_times(message),
        *prices(message, sums(message.plain)),
        *message.rivals,
        *protections(message),
        *deadlines(message),
    ]


def actions(message: Message) -> list[Candidate]:
    """What was done."""
    found = []
    for cue in cues("actions"):
        for hit in cue.hits(message.masked):
            if _barred(message, cue.unless, hit) or not is_done(
                message, hit.start(), hit.end(), ahead=cue.value == "已约拜访"
            ):
                continue
            if cue.value == "已拜访" and _is_future(message, hit):
                continue
            if is_a_rivals(message.masked_clause(message.clause_of(hit.start()))):
                continue
            found.append(Candidate("action", cue.value, hit.start(), hit.end(), cue.confidence))
    return sorted(found, key=lambda one: one.start)


def _is_future(message: Message, hit: re.Match[str]) -> bool:
    """A terse 拜访宏达 with a coming day in its clause is a plan."""
    clause = message.clause_of(hit.end() - 1)
    return any(
        clause.start <= time.start < clause.end and time.when.day > message.now.date() and time.start <= hit.end()
        for time in message.times
    ) and not re.search("了|过|完", hit.group())


def states(message: Message, slot: str, name: str) -> list[Candidate]:
    """Obstacles, decisions or signals that hold."""
    found = []
    for cue in cues(name):
        for hit in cue.hits(message.masked):
            if _barred(message, cue.unless, hit) or not holds(message, hit.start(), hit.end()):
                continue
            if slot == "decision" and is_request(message, message.clause_of(hit.start())) and cue.value != "已选竞品":
                continue
            found.append(Candidate(slot, cue.value, hit.start(), hit.end(), cue.confidence))
    return sorted(found, key=lambda one: one.start)


def deadlines(message: Message) -> list[Candidate]:
    """By when help is wanted."""
    found = []
    for time in message.times:
        clause = message.clause_of(time.start)
        asked = is_request(message, clause) or is_wanted_by(message, time)
        if asked and time.when.point is not None and not is_until(message, time):
            found.append(Candidate("support_by", time.when.point, time.start, time.end, 0.85))
    return found


def _barred(message: Message, unless: re.Pattern[str] | None, hit: re.Match[str]) -> bool:
    """Whether the clause around a hit holds what speaks against the value."""
    if unless is None:
        return False
    first = message.clause_of(hit.start())
    last = message.clause_of(max(hit.start(), hit.end() - 1))
    return any(one.start() < hit.end() + _REACH * 2 for one in unless.finditer(message.masked, first.start, last.end))
