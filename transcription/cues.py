"""Cue patterns of config/lexicon: a small readable notation over regular expressions.

In a cue `<word>` stands for a group of `groups` (of words.yaml or of the same file) or for a mask (<客户>, <人>, <时间>,
<金额>, <对手>), `~` for up to six characters of the same clause, `~~` for up to sixteen; everything else is a regular expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from transcription.errors import BadLexicon
from transcription.words import load

CUSTOMER, PERSON, TIME, MONEY, RIVAL = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
"""Private characters that stand for every character of a recognised customer, person, time, sum or competitor."""

MASKS = {"客户": CUSTOMER, "人": PERSON, "时间": TIME, "金额": MONEY, "对手": RIVAL}
STOPS = "，。！？；,!?;\n"


@dataclass(frozen=True, slots=True)
class Cue:
    """A value's patterns: what speaks for it, and what in the same clause (or the next) speaks against it."""

    value: str
    speaks: re.Pattern[str]
    unless: re.Pattern[str] | None
    confidence: float

    def hits(self, text: str) -> Iterator[re.Match[str]]:
        """Every place that speaks for the value."""
        return self.speaks.finditer(text)


@cache
def cues(name: str) -> tuple[Cue, ...]:
    """The cues of config/lexicon/<name>.yaml, in the order of the file."""
    content = load(name)
    groups = _groups(content.get("groups", {}))
    return tuple(_cue(name, value, entry, groups) for value, entry in content["values"].items())


@cache
def pattern(name: str, field: str) -> re.Pattern[str]:
    """One list of patterns of a file, compiled as one alternative."""
    content = load(name)
    try:
        return compiled(content[field], _groups(content.get("groups", {})))
    except (KeyError, re.error) as error:
        raise BadLexicon(f"词表 {name}.yaml 的 {field} 不能用：{error}") from error


def compiled(patterns: Iterable[str], groups: Mapping[str, str]) -> re.Pattern[str]:
    """Patterns in cue notation as one regular expression."""
    return re.compile("|".join(f"(?:{_expanded(one, groups)})" for one in patterns))


def _cue(name: str, value: str, entry: Mapping[str, Any], groups: Mapping[str, str]) -> Cue:
    try:
        unless = compiled(entry["unless"], groups) if entry.get("unless") else None
        return Cue(value, compiled(entry["cues"], groups), unless, float(entry.get("confidence", 0.9)))
    except (KeyError, re.error) as error:
        raise BadLexicon(f"词表 {name}.yaml 的「{value}」不能用：{error}") from error


def _groups(own: Mapping[str, str]) -> dict[str, str]:
    groups = {name: f"{mask}+" for name, mask in MASKS.items()}
    for source in (load("words")["groups"], own):
        for name, words in source.items():
            groups[name] = f"(?:{_expanded(words, groups)})"
    return groups


def _expanded(cue: str, groups: Mapping[str, str]) -> str:
    def group(match: re.Match[str]) -> str:
        if match.group(1) not in groups:
            raise BadLexicon(f"词表里的 <{match.group(1)}> 没有定义；现有：{'、'.join(groups)}")
        return groups[match.group(1)]

    cue = re.sub(r"(?<!\?P)<(\w+)>", group, cue)
    return cue.replace("~~", f"[^{STOPS}]{{0,16}}?").replace("~", f"[^{STOPS}]{{0,6}}?")
