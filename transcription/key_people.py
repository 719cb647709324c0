"""A customer's people in a message: who is there, who left, who took over, who has a new title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from transcription.contacts import contacts
from transcription.cues import Cue, cues
from transcription.message import Candidate, Message
from transcription.told import PERSON, Told

LEFT, TOOK_OVER, NEW_TITLE = "离开", "接手", "换职务"

_DEPARTMENT = re.compile(
    r"(?P<name>(?:采购|技术|生产|设备|工程|品质|质量|财务|信息|行政|市场|运营|研发|后勤|供应链|基建|药剂|检验|设备管理)(?:部|科|处|中心))的?$"
)


def told_of_people(message: Message) -> list[Told]:
    """Everybody of the customer, each once, with the news of them where there is any."""
    theirs = contacts(message)
    news = {one.at: one for one in _news(message, theirs)}
    found = [news.get(person.start) or _mentioned(message, person) for person in theirs]
    return _once(found)


def _news(message: Message, theirs: list[Candidate]) -> Iterator[Told]:
    for cue in cues("key_people"):
        for hit in cue.hits(message.masked):
            if not _holds(message, cue, hit):
                continue
            for person in theirs:
                if hit.start() <= person.start and person.end <= hit.end():
                    yield _told(message, person, cue.value, hit)


def _holds(message: Message, cue: Cue, hit: re.Match[str]) -> bool:
    """Not denied, not supposed, and not still to come."""
    clause = message.clause_of(hit.start())
    if cue.unless is not None and cue.unless.search(message.masked, clause.start, hit.end()):
        return False
    return not any(
        clause.start <= time.start < hit.end() and time.when.day > message.now.date() for time in message.times
    )


def _told(message: Message, person: Candidate, news: str, hit: re.Match[str]) -> Told:
    clause, last = message.clause_of(person.start), message.clause_of(max(hit.start(), hit.end() - 1))
    titles = hit.groupdict()
    title = (titles.get("title") or titles.get("title2") or "").replace("的", "")
    department = _department(message, person)
    return Told(PERSON, person.value, news, clause.start, last.end, at=person.start, title=title, department=department)


def _mentioned(message: Message, person: Candidate) -> Told:
    clause = message.clause_of(person.start)
    department = _department(message, person)
    return Told(PERSON, person.value, "", clause.start, clause.end, at=person.start, department=department)


def _department(message: Message, person: Candidate) -> str:
    clause = message.clause_of(person.start)
    found = _DEPARTMENT.search(message.masked, clause.start, person.start)
    return found["name"] if found else ""


def _once(found: list[Told]) -> list[Told]:
    """Each person of a stretch once: what happened to them over their being mentioned, the last word over the first."""
    kept: list[Told] = []
    for one in found:
        same = next((other for other in kept if other.name == one.name and one.news in ("", other.news)), None)
        if same is None:
            kept = [other for other in kept if not (other.name == one.name and not other.news)]
            kept.append(one)
    return kept


def handed_over(found: list[Told]) -> list[Told]:
    """What is told of one customer: where one left and another took over, each knows of the other."""
    left = [one for one in found if one.news == LEFT]
    took = [one for one in found if one.news == TOOK_OVER]
    if len(left) != 1 or len(took) != 1:
        return found
    return [_between(one, left[0], took[0]) if one in (left[0], took[0]) else one for one in found]


def _between(one: Told, left: Told, took: Told) -> Told:
    return replace(one, before=left.name, after=took.name)
