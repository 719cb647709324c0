"""From candidates to records: who owns which words, and which candidate wins a slot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from transcription.draft import Draft, Slot
from transcription.mentions import WEAK
from transcription.message import Candidate, Mention, Message
from transcription.support import LONGEST
from transcription.words import load

_JOINED = re.compile(r"^(?:、|和|跟|与|及|以及|还有|加上)+$")
_INSTEAD = re.compile(r"^[，,]?(而|应该)?是$")
_MISSED = re.compile(r"没见到|没见着|没碰到|没碰上|扑空|扑了个?空|白跑|没人在|没堵到|没遇到|老板不在|人不在|负责人不在")
_ACTIONS = {"已签合同": 3, "已寄样": 2, "已报价": 2, "已约拜访": 2, "已拜访": 1}
_UNSURE = 0.5
_ENOUGH = 2
"""Slots a record must have where no customer is named."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The customers (usually one) that a stretch of the message is about."""

    mentions: tuple[Mention, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the first mention; several mean that it is to be asked."""
        return self.mentions[0].names


def assemble(message: Message, candidates: Sequence[Candidate]) -> tuple[Draft, ...]:
    """The records of a message: one per customer, in the order of their first mention."""
    groups = _groups(message)
    if not groups:
        return _anonymous(message, candidates)
    owned: dict[tuple[str, ...], list[Candidate]] = {
        mention.names: [] for group in groups for mention in group.mentions
    }
    firsts: dict[tuple[str, ...], Mention] = {}
    for group in groups:
        for mention in group.mentions:
            firsts.setdefault(mention.names, mention)
    for candidate in candidates:
        for mention in _owner(message, groups, candidate).mentions:
            owned[mention.names].append(candidate)
    drafts = [(firsts[names], _draft(message, firsts[names], found)) for names, found in owned.items()]
    return tuple(draft for mention, draft in drafts if mention.confidence > WEAK or len(draft.slots) > 1)


def _groups(message: Message) -> list[Owner]:
    """Mentions in order, those joined by 和 or 、 together; a corrected mention is dropped."""
    groups: list[Owner] = []
    previous: Mention | None = None
    for mention in message.mentions:
        between = message.plain[previous.end : mention.start] if previous else "x"
        denied = previous is not None and message.plain[: previous.start].endswith("不是")
        if previous is not None and (_is_correction(between) or (denied and _INSTEAD.match(between))):
            groups[-1] = Owner((mention,))
        elif previous is not None and between and len(between) <= 3 and _JOINED.match(between):
            groups[-1] = Owner((*groups[-1].mentions, mention))
        else:
            groups.append(Owner((mention,)))
        previous = mention
    return [group for group in groups if not _is_taken_back(message, group)] or groups


def _is_taken_back(message: Message, group: Owner) -> bool:
    """刚才打错字了，不是金穗: named last and denied."""
    mention = group.mentions[0]
    return message.plain[: mention.start].endswith("不是") and not message.plain[mention.end :].strip("。！ 的")


def _is_correction(between: str) -> bool:
    return bool(
        re.match(rf"^[，。,的]?(?:{load('next')['correction']})[^。]{{0,4}}$", between)
        or re.match(r"^[，,]?不是?[，,]?是$", between)
    )


def _owner(message: Message, groups: list[Owner], candidate: Candidate) -> Owner:
    """The group mentioned in the candidate's clause or last before it; before any, the first."""
    clause = message.clause_of(candidate.start)
    inside = [group for group in groups if clause.start <= group.mentions[0].start < clause.end]
    before = [group for group in inside if group.mentions[0].start <= candidate.start]
    if before:
        return before[-1]
    if inside:
        return inside[0]
    earlier = [group for group in groups if group.mentions[0].start < candidate.start]
    return earlier[-1] if earlier else groups[0]


def _anonymous(message: Message, candidates: Sequence[Candidate]) -> tuple[Draft, ...]:
    """A record without a customer is worth asking about where enough was said."""
    slots = _slots(message, candidates)
    telling = [
        key
        for key, slot in slots.items()
        if slot.value is not None and key not in ("contact", "until", "support_by", "competitor")
    ]
    return (Draft(slots),) if len(telling) >= _ENOUGH else ()


def _draft(message: Message, mention: Mention, candidates: Iterable[Candidate]) -> Draft:
    slots = {"customer": _customer(message, mention)}
    slots.update(_slots(message, list(candidates)))
    return Draft(slots)


def _customer(message: Message, mention: Mention) -> Slot:
    words = message.text[mention.start : mention.end]
    if len(mention.names) == 1:
        return Slot(mention.names[0], words, mention.start, mention.end, mention.confidence, note=mention.note)
    names = tuple(name for name in mention.names if name)
    return Slot(None, words, mention.start, mention.end, 0.4, names, note=mention.note or f"“{words}”是哪一家？")


def _slots(message: Message, candidates: Sequence[Candidate]) -> dict[str, Slot]:
    slots: dict[str, Slot] = {}
    for key in dict.fromkeys(candidate.slot for candidate in candidates):
        said = [one for one in candidates if one.slot == key]
        settled = [one for one in said if one.value is not None]
        chosen = _chosen(message, key, settled) or next((one for one in said if one.value is None), None)
        if chosen is not None and chosen.confidence >= _UNSURE:
            slots[key] = _slot(message, chosen)
    return slots


def _slot(message: Message, chosen: Candidate) -> Slot:
    words = message.text[chosen.start : chosen.end]
    return Slot(chosen.value, words, chosen.start, chosen.end, chosen.confidence, chosen.candidates, note=chosen.note)


def _chosen(message: Message, key: str, found: list[Candidate]) -> Candidate | None:
    found = _corrected(message, found)
    if not found:
        return None
    if key == "support":
        return _joined(message, found)
    if key == "action":
        found = _met(message, found)
        if not found:
            return None
        best = max(_ACTIONS[one.value] for one in found)
        return [one for one in found if _ACTIONS[one.value] == best][-1]
    if key == "next_at":
        return _next(found)
    if key == "deal":
        return found[-1]
    return max(found, key=lambda one: (one.confidence, -one.start))


def _corrected(message: Message, found: list[Candidate]) -> list[Candidate]:
    """What stands after 说错了 replaces what stood before it."""
    for hit in re.finditer(load("next")["correction"], message.plain):
        after = [one for one in found if hit.end() <= one.start <= hit.end() + 20]
        if after:
            found = [one for one in found if one.start >= hit.end()]
    return found


def _met(message: Message, found: list[Candidate]) -> list[Candidate]:
    """Going there and meeting nobody is no visit."""
    kept = []
    for one in found:
        number = message.clauses.at(one.start)
        rest = message.masked[one.start : message.clauses.all[number : number + 3][-1].end]
        if one.value != "已拜访" or not _MISSED.search(rest) or re.search(r"聊了|谈了|见了", rest):
            kept.append(one)
    return kept


def _next(found: list[Candidate]) -> Candidate:
    """The surest; among equals one with a clock, then the first spoken."""
    return max(found, key=lambda one: (one.confidence, isinstance(one.value, datetime), -one.start))


def _joined(message: Message, found: list[Candidate]) -> Candidate:
    """All requests of one record as one text of at most fifty characters."""
    text = found[0].value
    for more in found[1:]:
        if len(text) + 1 + len(more.value) <= LONGEST:
            text = f"{text}；{more.value}"
    first = found[0]
    return replace(first, value=text[:LONGEST], end=found[-1].end if len(found) > 1 else first.end)
