"""Reads rule sentences: 当 客户等级 = A 且 本月拜访次数 < 2 时 推送 高潜客户流失预警 给 主管.

Full-width signs and missing spaces are fine. Names with spaces or keywords in them are quoted: 「…」.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from lark import Lark, Token, Tree, UnexpectedInput, UnexpectedToken

from rules.checking import Checker
from rules.expression import DAYS, PERIODS, Catalogue, Condition, Rule, Verb
from rules.literals import BadRule

EXAMPLE = "当 客户等级 = A 且 本月拜访次数 < 2 时 推送 高潜客户流失预警 给 主管"

_GRAMMAR = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
_QUOTED = re.compile(r"(「[^」]*」|“[^”]*”|\"[^\"]*\")")
_VERBS = "|".join(verb.value for verb in Verb)
_OPERATORS = (
    "不等于|大于|小于|等于|超过|多于|高于|晚于|少于|低于|早于|不大于|不小于|不超过|不足|不少于|不低于|不多于|不高于|至少|至多|"
    "不属于|属于|不包含|包含|不为空|为空|并且|而且|且|或者|或"
)
_THEN = rf"(?:的时候|时候|时|则|就)(?=\s*(?:[,，]|$|{_VERBS}))"
_ENDS = rf"(?=[\s=≠><≥≤!+*/×÷()、,，。;；「“\"-]|$|{_OPERATORS}|{_THEN})"
_FACT_ENDS = rf"(?:(?=不?[是为])|{_ENDS})"
_NAME_ENDS = rf"(?=[\s、,，。;；]|$|给|限\s*[\d一二两三四五六七八九十半]|并且?\s*(?:{_VERBS}))"
_EVENT_ENDS = rf"(?=[\s,，。;；]|$|当|如果|{_VERBS}|{_THEN})"
_LONGEST = 1000
_DEEPEST = 40
_NOTHING = "(?!)."
_SLASH = re.compile(r"(?<!\\)/")


def parse(text: str, catalogue: Catalogue) -> Rule:
    """The typed meaning of a whole sentence.

    Raises:
        BadRule: it cannot be read, uses a word the catalogue has not, or compares what cannot be compared.
    """
    return Checker(catalogue).rule(_tree(text, catalogue, "rule"))


def parse_condition(text: str, catalogue: Catalogue) -> Condition:
    """The typed meaning of a condition alone, without 当 and 时.

    Raises:
        BadRule: as `parse`.
    """
    return Checker(catalogue).condition(_tree(text, catalogue, "either"))


def half_width(text: str) -> str:
    """Full-width signs and digits made half-width, except within quotes."""
    parts = _QUOTED.split(text)
    return "".join(part if n % 2 else unicodedata.normalize("NFKC", part) for n, part in enumerate(parts)).strip()


def _tree(text: str, catalogue: Catalogue, start: str) -> Tree[Token]:
    plain = half_width(text)
    if len(plain) > _LONGEST:
        raise BadRule(f"这句话有 {len(plain)} 个字，最多 {_LONGEST} 个；请拆成几条规则")
    names = [name for fact in catalogue.facts for name in (fact.name, *fact.aliases)]
    options = [option for fact in catalogue.facts for option in fact.options]
    try:
        tree = _parser(frozenset(names), frozenset(options)).parse(plain, start=start)
    except UnexpectedInput as unexpected:
        raise _unreadable(plain, unexpected) from None
    if isinstance(tree, Token):
        return Tree("value", [tree])
    if _depth(tree) > _DEEPEST:
        raise BadRule(f"条件套了 {_DEEPEST} 层以上，谁也看不懂；请拆成几条规则")
    return tree


def _depth(tree: Tree[Token]) -> int:
    """Levels of the tree, counted without recursion: the depth is what a hostile sentence would exhaust."""
    level, depth = [tree], 0
    while level:
        level, depth = [child for node in level for child in node.children if isinstance(child, Tree)], depth + 1
    return depth


@lru_cache(maxsize=32)
def _parser(facts: frozenset[str], options: frozenset[str]) -> Lark:
    terminals = {
        "FACT.30": _any_of(facts) + _FACT_ENDS,
        "OPTION.25": _any_of(options) + _ENDS,
        "PERIOD.24": _any_of(PERIODS) + _ENDS,
        "DAY.23": _any_of(DAYS) + _ENDS,
        "WORD.-10": rf"[^\s=≠><≥≤!+*/×÷()、,，。;；「“\"-]+?{_ENDS}",
        "EVENT.-5": rf"「[^」]+」|[^\s、,，。;；「」]+?{_EVENT_ENDS}",
        "NAME.-5": rf"「[^」]+」|[^\s、,，。;；「」]+?{_NAME_ENDS}",
    }
    built = "\n".join(f"{name}: /{_slashed(pattern)}/" for name, pattern in terminals.items())
    return Lark(f"{_GRAMMAR}\n{built}\n", start=["rule", "either"], parser="lalr", lexer="contextual")


def _slashed(pattern: str) -> str:
    return _SLASH.sub(r"\\/", pattern)


def _any_of(names: Iterable[str]) -> str:
    """The longest name first, so that 客户等级变化 is not read as 客户等级."""
    words = sorted({half_width(name) for name in names}, key=lambda name: (-len(name), name))
    escaped = [re.escape(word) for word in words]
    return f"(?:{'|'.join(escaped)})" if escaped else _NOTHING


def _unreadable(text: str, unexpected: UnexpectedInput) -> BadRule:
    position = unexpected.pos_in_stream if unexpected.pos_in_stream is not None else -1
    ended = isinstance(unexpected, UnexpectedToken) and unexpected.token.type == "$END"
    if ended or not 0 <= position < len(text):
        return BadRule(f"这句话没有写完：「{text}」；完整的例子：{EXAMPLE}")
    rest = text[position:]
    return BadRule(
        f"看不懂「{rest[:12]}{'…' if len(rest) > 12 else ''}」（第 {position + 1} 个字起）；完整的例子：{EXAMPLE}"
    )
