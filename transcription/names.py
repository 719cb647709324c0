"""The short forms of company names that people say instead of the full one."""

from __future__ import annotations

import re
from functools import cache

from transcription.words import load

_SHORTEST = 2


@cache
def _endings(kind: str) -> tuple[str, ...]:
    return tuple(sorted(load("names")[kind], key=len, reverse=True))


def trade_at(text: str, start: int) -> str:
    """The trade word (机械, 医院 …) of at least two characters at a position, or an empty string."""
    return next((word for word in _endings("trade") if len(word) > 1 and text.startswith(word, start)), "")


def brand(name: str) -> str:
    """A company's name without region, legal form, branch and trade: 上海蓝海智能科技有限公司 is 蓝海."""
    core = _core(name)
    while True:
        shorter = _without(core, "trade")
        if shorter == core or len(shorter) < _SHORTEST:
            return core
        core = shorter


def short_forms(name: str) -> tuple[str, ...]:
    """What a company is also called, longest first, without the name itself."""
    core, short = _core(name), brand(name)
    forms = {core, _without_branch(core), short, *_steps(core)}
    trade = _without_branch(core).removeprefix(short)
    if len(trade) >= 3:
        forms |= {short + trade[:2], short + trade[-2:]}
    if len(short) >= 4 and trade:
        forms |= {short[:2] + trade, short[2:] + trade}
    if (latin := re.match(r"[a-z][a-z0-9&\-]+", core)) and latin.end() < len(core):
        forms.add(latin.group())
    return tuple(sorted((form for form in forms - {name} if len(form) >= _SHORTEST), key=len, reverse=True))


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
    for region in _endings("regions"):
        rest = core.removeprefix(region).removeprefix("市").removeprefix("省")
        if rest != core and len(rest) >= _SHORTEST and rest not in _endings("trade"):
            return rest
    return core


def _without_branch(core: str) -> str:
    return _without(core, "branch")


def _without(core: str, kind: str) -> str:
    if kind == "trade":
        core = _without_branch(core)
    for ending in _endings(kind):
        rest = core.removesuffix(ending)
        if rest in _endings("regions"):
            return core  # 重庆医院 is its own brand
        if rest != core and len(rest) >= _SHORTEST:
            return rest
    return core
