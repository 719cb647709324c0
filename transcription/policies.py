"""Policies, standards and document numbers in a message, and what they do to the customer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from transcription.cues import RIVAL, cues
from transcription.message import Message
from transcription.told import POLICY, Told, stretch
from transcription.words import load

_OURS = re.compile(r"我们|咱们|我司|公司给")


def told_of_policies(message: Message) -> list[Told]:
    """Each policy once, in the order of the text."""
    found: dict[str, Told] = {}
    taken: list[tuple[int, int]] = []
    for name, start, end in _named(message):
        if any(start < stop and begin < end for begin, stop in taken):
            continue
        taken.append((start, end))
        found.setdefault(name, _told(message, name, start))
    return sorted(found.values(), key=lambda one: one.at)


def _told(message: Message, name: str, place: int) -> Told:
    start, end = stretch(message, place, _goes_on())
    words = message.plain[start:end]
    effect = next((cue.value for cue in cues("policies") if cue.speaks.search(words)), "")
    return Told(POLICY, name, effect, start, end, at=place)


def _named(message: Message) -> Iterator[tuple[str, int, int]]:
    """Names with their places, the surest kind first."""
    for form in load("policies")["documents"]:
        for hit in re.finditer(form, message.plain):
            start = _organ_start(message, hit)
            if hit.end("organ") - start >= 2:
                organ = message.text[start : hit.end("organ")]
                yield f"{organ}〔{hit['year']}〕{int(hit['number'])}号", start, hit.end()
    for hit in _form("titled").finditer(message.plain):
        yield f"《{message.text[hit.start('name') : hit.end('name')]}》", hit.start(), hit.end()
    for kind in ("standards", "numbered"):
        for hit in _form(kind).finditer(message.plain):
            yield _code(message.text[hit.start("name") : hit.end("name")]), hit.start(), hit.end()
    for hit in _terms().finditer(message.plain):
        clause = message.clause_of(hit.start())
        if not _OURS.search(message.plain, clause.start, hit.start()) and RIVAL not in message.masked_clause(clause):
            yield hit.group(), hit.start(), hit.end()


def _organ_start(message: Message, hit: re.Match[str]) -> int:
    """Where the organ's name begins: after a masked name, a stop, or a word that cannot be part of it."""
    start, end = hit.span("organ")
    masked = message.masked[start:end]
    hidden = max((place + 1 for place, char in enumerate(masked) if char >= "\ue000" and char <= "\uf8ff"), default=0)
    cut = _form("before").match(masked, hidden)
    return start + (cut.end() if cut else hidden)


def _code(words: str) -> str:
    return re.sub(r"\s*([/\-—])\s*", r"\1", words.upper()).strip()


@cache
def _form(field: str) -> re.Pattern[str]:
    return re.compile(load("policies")[field])


@cache
def _terms() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{term})" for term in load("policies")["terms"]))


@cache
def _goes_on() -> re.Pattern[str]:
    return re.compile(rf"(?!.*{RIVAL})(?:{load('policies')['goes_on']})")
