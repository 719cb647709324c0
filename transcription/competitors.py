"""The competitor a message names: from the team's list, or from words that only a competitor's name can follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from transcription.common import frequency
from transcription.cues import CUSTOMER, MONEY, compiled, pattern
from transcription.lexicon import Index
from transcription.message import Candidate
from transcription.words import load

_NAME = r"[“\"]?(?P<name>[一-鿿]{2,5}?|[A-Za-z][A-Za-z0-9\-]{1,15})[”\"]?"


_NO_BEGINNING = "做买来有搞打送降压报抢卖推出开找给拿要在比价低便又再太很挺好多少没不已正被把向对最当"
_COUNTED = re.compile(r"[一二两三四五六七八九十几半][周个年月天家台套次些批款种半下段阵轮点]")
_NO_END = "中定签压用拿靠给报出开聊谈见过又才就直"
_NOT_IN_NAMES = frozenset("每的了是在我你他们这那很太更没不也都就还要和跟被把让给从到去来说下能会")
_COMMON = 300
_STRONG_LEAD = re.compile(
    r"选了|选择了|选定|选的|用了|改用|换成|装了|丢给|竞|对手|友商|被|输给|败给|最后给|最终给|跟|和|拿"
)
_SPOKEN_LEAD = re.compile(r"竞|对手|友商|选|被|定了|输给")
"""In speech an unknown name is only taken after these; after others it may be a misheard word."""
_VERY_COMMON = 3000


def competitors(text: str, masked: str, index: Index, *, heard: bool = False) -> tuple[Candidate, ...]:
    """Competitors in order of trust, listed ones first; `masked` hides customers, people and times."""
    found: list[Candidate] = []
    for one in (*_listed(masked, index), *_led(text, masked, heard=heard)):
        if not any(one.start < other.end and other.start < one.end for other in found):
            found += (one, *_again(masked, one))
    return tuple(found)


def _again(masked: str, one: Candidate) -> list[Candidate]:
    """The other places of a name: once known for a competitor's, it is one everywhere in the message."""
    words = masked[one.start : one.end]
    places = [hit.start() for hit in re.finditer(re.escape(words), masked) if hit.start() != one.start]
    return [replace(one, start=place, end=place + len(words)) for place in places]


def _listed(masked: str, index: Index) -> list[Candidate]:
    found = []
    for length in index.lengths:
        for start in range(len(masked) - length + 1):
            called = index.spelled.get(masked[start : start + length])
            if called is not None and len(called.names) == 1:
                found.append(Candidate("competitor", called.names[0], start, start + length, 0.95))
    return found


@cache
def _forms() -> tuple[tuple[re.Pattern[str], bool], ...]:
    """How names come up, each with whether only a competitor does it: it undercuts us."""
    content = load("competitors")
    lead = pattern("competitors", "lead").pattern
    masks = {"客户": f"{CUSTOMER}+", "金额": f"{MONEY}+"}
    entering, undercutting, breaking = (
        compiled([content[kind]], masks) for kind in ("entering", "undercutting", "breaking")
    )
    return (
        (re.compile(f"(?:{lead}){_NAME}{content['tail']}"), False),
        (pattern("competitors", "doing"), True),
        (entering, False),
        (undercutting, True),
        (breaking, False),
    )


def _led(text: str, masked: str, *, heard: bool) -> list[Candidate]:
    found = []
    for form, telling in _forms():
        for hit in _hits(form, masked):
            group = next(name for name, words in hit.groupdict().items() if words)
            if heard and not _SPOKEN_LEAD.match(hit.group()):
                continue
            if _is_name(hit[group], sure=telling or bool(_STRONG_LEAD.match(hit.group()))):
                start, end = hit.span(group)
                found.append(Candidate("competitor", text[start:end], start, end, 0.82))
    return found


def _hits(form: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Every place a form fits, those that begin inside another too: 选的竞品纸源 leads twice."""
    position = 0
    while (hit := form.search(text, position)) is not None:
        yield hit
        position = hit.start() + 1


def _is_name(words: str, *, sure: bool = False) -> bool:
    """Whether a string can be a company's name: no everyday word, nothing of the talk about competitors."""
    if any(barred in words for barred in load("competitors")["not_names"]):
        return False
    if (
        _COUNTED.match(words)
        or words[0] in _NO_BEGINNING
        or words[-1] in _NO_END
        or not _NOT_IN_NAMES.isdisjoint(words)
    ):
        return False
    return frequency(words) < (_VERY_COMMON if sure else _COMMON)
