"""The customer's person a record is about; our own people who shall help are none."""

from __future__ import annotations

import re

from transcription.message import Candidate, Message, Person
from transcription.support import is_request
from transcription.words import load

_OUR_HOUSE = re.compile(r"(我们|咱们?|我司|公司|部门)的?(的|副|销售)?$")
_OUR_DEPARTMENT = re.compile(r"(技术|售前|售后|产品|研发|测试|法务|财务|市场|商务|生产|质量|工程|供应链)(部|中心)?的?$")
_TAKEN_ALONG = re.compile(r"(我?(带|领|拉|叫|喊)(着|上|了)|我带|和我们?|跟我们?|陪同)[^，。]{0,6}$")
_CUSTOMERS = re.compile(r"(约|联系|见|拜访|说服|搞定|给|对接|跟|和)(一?下|到|了)?[^，]{0,3}$")
_HELPS = re.compile(r"[^，]{0,4}(帮|出面|支持|审批|批|协调|特批|陪)")


def contacts(message: Message) -> list[Candidate]:
    """People of the customer in order, as they were spoken of."""
    return [_candidate(message, person) for person in message.people if not _is_ours(message, person)]


def _candidate(message: Message, person: Person) -> Candidate:
    spoken = message.text[person.start : person.end]
    return Candidate(
        "contact", spoken if len(spoken) == len(person.name) else person.name, person.start, person.end, 0.9
    )


def _is_ours(message: Message, person: Person) -> bool:
    clause = message.clause_of(person.start)
    before = message.masked[clause.start : person.start]
    after = message.masked[person.end : clause.end]
    if _OUR_HOUSE.search(before) or re.search("售前的?$", before):
        return True
    asked = is_request(message, clause)
    if person.start == 0 and _is_called(message, person):
        return True
    if _OUR_DEPARTMENT.search(before) and (asked or _TAKEN_ALONG.search(before)):
        return True
    if _CUSTOMERS.search(before) and not re.search(r"(请|麻烦|让|叫)$", before):
        return False
    helping = re.search(rf"({load('people')['helping']})(一?下|我们的?|咱们的?)?$", before)
    return bool(helping) and (asked or bool(_HELPS.match(after)))


def _is_called(message: Message, person: Person) -> bool:
    """王总，帮忙批个返点: who is called on at the beginning is asked for help."""
    number = message.clauses.at(person.start)
    clause, following = message.clauses.all[number], message.clauses.all[number + 1 : number + 2]
    return person.end == clause.end and any(is_request(message, one) for one in following)
