"""The customer's person a record is about; our own people who shall help are none."""

from __future__ import annotations

import re

from transcription.cues import pattern
from transcription.message import Candidate, Message, Person
from transcription.support import is_request
from transcription.words import load


def contacts(message: Message) -> list[Candidate]:
    """People of the customer in order, as they were spoken of."""
    return [
        _candidate(message, person)
        for person in message.people
        if not _is_ours(message, person)
    ]


def _candidate(message: Message, person: Person) -> Candidate:
    spoken = message.text[person.start : person.end]
    return Candidate(
        "contact",
        spoken if len(spoken) == len(person.name) else person.name,
        person.start,
        person.end,
        0.9,
    )


def _is_ours(message: Message, person: Person) -> bool:
    clause = message.clause_of(person.start)
    before = message.masked[clause.start : person.start]
    after = message.masked[person.end : clause.end]
    if re.search(r"(我们|咱们?|我司|公司|部门)的?(的|副|销售)?$", before):
        return True
    if re.search(
        r"(约|联系|见|拜访|说服|搞定|给|对接|跟|和)(一?下|到|了)?[^，]{0,3}$", before
    ) and not re.search(r"(请|麻烦|让|叫)$", before):
        return False
    helping = re.search(
        rf"({load('people')['helping']})(一?下|我们的?|咱们的?)?$", before
    )
    asked = is_request(message, clause) and bool(
        pattern("support", "asks").search(message.masked_clause(clause))
    )
    return bool(helping) and (
        asked or bool(re.match(r"[^，]{0,4}(帮|出面|支持|审批|批|协调|特批|陪)", after))
    )
