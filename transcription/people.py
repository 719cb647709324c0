"""People in a message: 王经理, 老李, 欧阳总, 采购部的张敏, Linda."""

from __future__ import annotations

import re
from functools import cache

from transcription.common import frequency
from transcription.cues import CUSTOMER, TIME
from transcription.message import Person
from transcription.words import load

_MASKED = CUSTOMER + TIME
_LATIN = re.compile(
    r"(?<=[和跟找见的与同给约])\s?([A-Z][a-z]{2,11})(?=\s?(?:说|那边|聊|确认|反馈|要|问|谈|沟通|表示|提|过了?|很|挺|还|也|在|主动|催|答应|见|约|了|发|，|。|$))"
    r"|(?:^|[，。； ])([A-Z][a-z]{2,11})(?=\s?(?:说|那边|确认|反馈|要|问了|表示))"
)
_EVERYDAY = 1000
_NICK = re.compile(r"[老小大阿]")
_ROMAN_NOT = {"Ok", "Demo", "Poc", "Ppt", "Excel", "Word", "Email", "Call", "Meeting", "Quote"}


def people(text: str, masked: str) -> tuple[Person, ...]:
    """Every person of a text, in order; `masked` hides customers and times, which are no people."""
    found: dict[int, Person] = {}
    for person in (*_titled(masked), *_nicknamed(masked), *_named(masked), *_latin(text, masked)):
        if not any(person.start < other.end and other.start < person.end for other in found.values()):
            found[person.start] = person
    return tuple(found[start] for start in sorted(found))


@cache
def _surnames() -> frozenset[str]:
    return frozenset(load("people")["surnames"]) - frozenset("上官")


@cache
def _title() -> re.Pattern[str]:
    content = load("people")
    parts = []
    for title in sorted(content["titles"], key=len, reverse=True):
        barred = content["not_after"].get(title)
        parts.append(f"{title}(?![{barred}])" if barred else title)
    return re.compile("|".join(parts))


def _titled(masked: str) -> list[Person]:
    found = []
    position = 0
    while hit := _title().search(masked, position):
        start = _name_before(masked, hit.start())
        if start is not None and len(hit.group()) == 1 and frequency(masked[start : hit.end()]):
            start = None  # 万科 is a company
        position = hit.end() if start is not None else hit.start() + 1
        if start is not None:
            found.append(Person(masked[start : hit.end()], start, hit.end()))
    return found


def _name_before(masked: str, end: int) -> int | None:
    """Where the name begins that ends before a title: a surname, or a surname with one or two characters."""
    if end >= 2 and masked[end - 2 : end] in load("people")["compound"]:
        return end - 2
    if end >= 1 and masked[end - 1] in _surnames():
        return None if _is_word(masked, end - 1, end) else _with_nick(masked, end - 1)
    for length in (2, 3):
        name = masked[max(0, end - length) : end]
        if len(name) == length and name[0] in _surnames() and _given(name[1:]) and not _has_word(name):
            return end - length
    return None


def _has_word(name: str) -> bool:
    """A name that is a word or begins with an everyday one: 麻烦总."""
    return frequency(name) > 0 or frequency(name[:2]) > _EVERYDAY


def _with_nick(masked: str, start: int) -> int:
    return start - 1 if start and _NICK.match(masked[start - 1]) and masked[start - 1] in "老小" else start


def _is_word(masked: str, start: int, end: int) -> bool:
    """A wary surname that belongs to the word before it: 成 in 完成, 向 before 总监."""
    if masked[start] not in load("people")["wary"]:
        return False
    if masked[start] == "向" and masked.startswith(("总监", "经理", "主管", "老板", "主任"), end):
        return (start > 0 and masked[start - 1] not in "，。！？；") or bool(
            re.match(r"..[^，]{0,4}(请示|汇报|申请)", masked[end:])
        )
    return any(start >= more and frequency(masked[start - more : end]) > 0 for more in (1, 2))


def _given(name: str) -> bool:
    return all("一" <= char <= "鿿" and char not in "的了和跟与在是说要不没有我你他们这那去到见" for char in name)


def _nicknamed(masked: str) -> list[Person]:
    found = []
    for hit in re.finditer(r"(?<![最太很越挺不])([老小阿])([一-鿿])(?![姓家板师])", masked):
        name, after = hit.group(2), masked[hit.end() : hit.end() + 1]
        speaks = after in ("说", "讲", "问") and name in _surnames()
        speaks = speaks or hit.group(1) == "阿"
        barred = not speaks and (name not in _surnames() or name in load("people")["wary"] + "高段程龙白马江田")
        is_word = frequency(hit.group() + after) or (
            frequency(hit.group()) and after not in "，。说那问要的没不还也就在来去已想"
        )
        if not barred and not is_word:
            found.append(Person(hit.group(), hit.start(), hit.end()))
    return found


@cache
def _full() -> tuple[re.Pattern[str], ...]:
    content = load("people")
    compound = "|".join(content["compound"])
    name = f"(?P<name>(?:{compound}|[{''.join(sorted(_surnames()))}])[一-鿿]{{1,2}}?)"
    role = re.compile(rf"(?:{content['roles']})的?{name}(?={content['acts']})")
    meets = re.compile(
        rf"(?:{content['meets']})(?:他们的?|的|{CUSTOMER}+的?)?{name}(?=聊|谈|见|沟通|坐|碰|面谈|{content['acts']})"
    )
    theirs = re.compile(rf"{CUSTOMER}(?:那边|这边)?的?{name}(?={content['speaks']})")
    return role, meets, theirs


def _named(masked: str) -> list[Person]:
    found = []
    for form in _full():
        for hit in form.finditer(masked):
            name = hit["name"]
            if _given(name[1:]) and not frequency(name) and not any(char in _MASKED for char in name):
                found.append(Person(name, hit.start("name"), hit.end("name")))
    return found


def _latin(text: str, masked: str) -> list[Person]:
    found = []
    for hit in _LATIN.finditer(text):
        number = 1 if hit.group(1) else 2
        name = hit.group(number)
        if name not in _ROMAN_NOT and masked[hit.start(number)] not in _MASKED:
            found.append(Person(name, hit.start(number), hit.end(number)))
    return found
