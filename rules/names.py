"""Which customer a name means, and which names are nearly the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

SAME = 85.0
"""Score (0-100) from which two names are shown as perhaps the same before a customer is created."""

HEARD = 80.0
"""Score from which a name that matches nothing literally may be a misheard one."""

_FORMS = re.compile(r"(股份有限公司|有限责任公司|有限公司|股份公司|集团公司|集团|总公司|公司)$")
_BRANCH = re.compile(
    r"(第?[一二三四五六七八九十\d]+(?:店|分店|厂|分厂|号店|分公司|部)|[^市省]{1,4}分公司|[^市省]{1,4}分店)$"
)
_PLACE = re.compile(
    r"^(?:北京|上海|天津|重庆|广州|深圳|杭州|苏州|南京|成都|武汉|西安|青岛|宁波|东莞|佛山|无锡|厦门|长沙|郑州|合肥|济南|"
    r"河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|"
    r"内蒙古|广西|西藏|宁夏|新疆)(?:省|市|自治区)?"
)
_SHORTEST_CORE = 2
_LITERAL = 99.0
_PERHAPS = 98.0


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name: a customer, a person, a product."""

    key: int
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """`score` is 0-100; 100 says the same name or one that differs only in legal form, width or case."""

    named: Named
    score: float


@dataclass(frozen=True, slots=True)
class Resolution:
    """`found` when the name means exactly one; otherwise `candidates`, the likeliest first, to ask about."""

    found: Named | None
    candidates: tuple[Match, ...] = ()


def normalised(name: str) -> str:
    """Half-width, lower case, without spaces, signs and legal form: 宏达机械（集团）有限公司 is 宏达机械."""
    plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())
    while len(shorter := _FORMS.sub("", plain)) >= _SHORTEST_CORE and shorter != plain:
        plain = shorter
    return plain


def core(name: str) -> str:
    """The normalised name without its place: 上海宏达机械 is 宏达机械, 上海银行 stays."""
    plain = normalised(name)
    without = _PLACE.sub("", plain)
    return without if len(without) > _SHORTEST_CORE else plain


def near_identical(name: str, known: Iterable[Named], cutoff: float = SAME) -> tuple[Match, ...]:
    """Customers that may be the same as a new one, likeliest first; branches (一店, 二店) of one house are not."""
    matches = (Match(named, max(_likeness(name, each) for each in _names(named))) for named in known)
    return _best(match for match in matches if match.score >= cutoff)


def resolve(said: str, known: Iterable[Named], cutoff: float = HEARD) -> Resolution:
    """Whom a name means. An exact name wins over a longer one; a name that fits several is asked, never guessed.

    Names that contain what was said, or are contained in it, come before names that only sound like it.
    """
    everyone, plain = tuple(known), normalised(said)
    if not plain:
        return Resolution(None)
    exact = [named for named in everyone if plain in {normalised(name) for name in _names(named)}]
    if exact:
        return _decided(Match(named, 100.0) for named in exact)
    partly = [Match(named, score) for named in everyone if (score := _overlap(plain, named))]
    if partly:
        return _decided(partly)
    sounds = (Match(named, max(_sound(plain, each) for each in _names(named))) for named in everyone)
    return _decided(match for match in sounds if match.score >= cutoff)


def _decided(matches: Iterable[Match]) -> Resolution:
    """A single literal match is an answer; a single likely one is still asked about."""
    best = _best(matches)
    literal = len(best) == 1 and best[0].score >= _LITERAL
    return Resolution(best[0].named, best) if literal else Resolution(None, best)


def _overlap(plain: str, named: Named) -> float:
    """How far what was said and a name contain each other; 0 when they do not.

    A short form (华联 of 华联超市) may stand for the name. A branch that was not said, or words beyond the name
    (华联超市三店 beside 华联超市), leave a doubt.
    """
    if len(plain) < _SHORTEST_CORE:
        return 0
    scores = [0.0]
    for name in map(normalised, _names(named)):
        if plain in name:
            scores.append(_PERHAPS if _branch(name) != _branch(plain) else _LITERAL)
        elif len(core(name)) > _SHORTEST_CORE and core(name) in plain:
            scores.append(_PERHAPS)
    return max(scores)


def _likeness(a: str, b: str) -> float:
    if normalised(a) == normalised(b):
        return 100.0
    if _branch(a) != _branch(b):
        return 0.0
    left, right = core(a), core(b)
    if left == right:
        return _LITERAL
    return max(fuzz.ratio(left, right), _sound(left, right) - 5)


def _sound(a: str, b: str) -> float:
    """Likeness of the syllables; a name said in short is compared with the part of the name it would be."""
    left, right = _syllables(core(a)), _syllables(core(b))
    shorter, longer = sorted((left, right), key=len)
    if len(shorter) < _SHORTEST_CORE:
        return 100.0 if shorter == longer else 0.0
    windows = range(len(longer) - len(shorter) + 1)
    spoken = " ".join(shorter)
    return min(_PERHAPS, max(fuzz.ratio(spoken, " ".join(longer[n : n + len(shorter)])) for n in windows))


def _branch(name: str) -> str:
    found = _BRANCH.search(normalised(name))
    return found[1] if found else ""


def _best(matches: Iterable[Match]) -> tuple[Match, ...]:
    return tuple(sorted(matches, key=lambda match: (-match.score, len(match.named.name), match.named.name)))


def _names(named: Named) -> tuple[str, ...]:
    return (named.name, *named.aliases)


@lru_cache(maxsize=100_000)
def _syllables(text: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(text))
