"""The short forms of company names that people say instead of the full one."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from transcription.common import frequency
from transcription.words import load

_SHORTEST = 2
_EVERYDAY = 60
"""Occurrences from which on a word is too common to be a brand on the strength of its tail alone."""


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(load("names")[kind])


@cache
def _lengths(kind: str) -> tuple[int, ...]:
    """The lengths of a kind of words, longest first."""
    return tuple(sorted({len(word) for word in _words(kind)}, reverse=True))


def trade_at(text: str, start: int) -> str:
    """The trade word (机械, 医院 …) of at least two characters at a position, or an empty string."""
    spans = (text[start : start + length] for length in _lengths("trade") if length > 1)
    return next((word for word in spans if word in _words("trade")), "")


@lru_cache(maxsize=100_000)
def brand(name: str) -> str:
    """A company's name without region, legal form, branch and trade: 上海蓝海智能科技有限公司 is 蓝海."""
    core = _core(name)
    while True:
        shorter = _without(core, "trade")
        if shorter == core or len(shorter) < _SHORTEST:
            return _before_words(core)
        core = shorter


def _before_words(core: str) -> str:
    """A name without the everyday words that end it: 飞越电动车 is 飞越; four characters are two and two."""
    for length in range(_SHORTEST, len(core) - 1):
        head, tail = core[:length], core[length:]
        if _made_of_words(tail) and (len(tail) > _SHORTEST or frequency(head) < _EVERYDAY):
            return head
    halved = len(core) == 2 * _SHORTEST and not frequency(core) and frequency(core[:_SHORTEST]) < _EVERYDAY
    return core[:_SHORTEST] if halved else core


def _made_of_words(text: str) -> bool:
    """Whether everyday words of two to four characters cover a text without a gap."""
    if not text:
        return True
    return any(
        frequency(text[:length]) and _made_of_words(text[length:]) for length in (4, 3, 2) if len(text) >= length
    )


def short_forms(name: str) -> tuple[str, ...]:
    """What a company is also called, longest first, without the name itself."""
    core, short = _core(name), brand(name)
    forms = {core, _without_branch(core), short, *_steps(core), *_heads(core, short)}
    trade = _without_branch(core).removeprefix(short)
    if len(trade) >= 3:
        forms |= {short + trade[:2], short + trade[-2:]}
    if len(short) >= 4 and trade:
        forms |= {short[:2] + trade, short[2:] + trade}
    if (latin := re.match(r"[a-z][a-z0-9&\-]+", core)) and latin.end() < len(core):
        forms.add(latin.group())
    return tuple(sorted((form for form in forms - {name} if len(form) >= _SHORTEST), key=len, reverse=True))


def _heads(core: str, short: str) -> set[str]:
    """Where no trade is known the first two or three characters, unless they are a word."""
    if short != core or len(core) <= 2 * _SHORTEST:
        return set()
    return {core[:length] for length in (2, 3) if not frequency(core[:length])}


def _steps(core: str) -> set[str]:
    steps: set[str] = set()
    while core not in steps:
        steps.add(core)
        shorter = _without(core, "trade")
        core = shorter if len(shorter) >= _SHORTEST else core
    return steps


def _core(name: str) -> str:
    """Without brackets, legal form and region; each only where enough is left."""
    core = re.sub(r"[（(].*?[）)]", "", name)
    core = _without(core, "legal")
    core = _without(core, "legal")
    for length in _lengths("regions"):
        rest = core[length:].removeprefix("市").removeprefix("省")
        if core[:length] in _words("regions") and len(rest) >= _SHORTEST and rest not in _words("trade"):
            return rest
    return core


def _without_branch(core: str) -> str:
    return _without(core, "branch")


def _without(core: str, kind: str) -> str:
    if kind == "trade":
        core = _without_branch(core)
    for length in _lengths(kind):
        rest = core[:-length]
        if core[-length:] not in _words(kind):
            continue
        if rest in _words("regions"):
            return core  # 重庆医院 is its own brand
        if len(rest) >= _SHORTEST:
            return rest
    return core
