"""Gives a parsed sentence its types, and says in words what does not fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from lark import Token, Tree

from rules import literals
from rules.durations import BadDuration, parse_limit
from rules.expression import (
    ORDERED,
    Action,
    Among,
    And,
    Arithmetic,
    Catalogue,
    Compare,
    Condition,
    Contains,
    Day,
    Empty,
    Fact,
    FactRef,
    Kind,
    Literal,
    Not,
    OnEvent,
    Or,
    Rule,
    Schedule,
    Trigger,
    Value,
    Verb,
    Within,
)
from rules.literals import EXAMPLES, KIND_NAMES, BadRule
from rules.suggestion import suggestion

Node = Tree[Token] | Token

_OPERATORS = {
    "=": ("=", "==", "等于", "是", "为"),
    "≠": ("≠", "!=", "<>", "不等于", "不是", "不为"),
    ">": (">", "大于", "超过", "多于", "高于", "晚于"),
    "<": ("<", "小于", "不足", "少于", "低于", "早于"),
    "≥": ("≥", ">=", "至少", "不少于", "不低于", "不小于", "大于等于"),
    "≤": ("≤", "<=", "至多", "不超过", "不多于", "不高于", "不大于", "小于等于"),
}
_OPERATOR = {word: operator for operator, words in _OPERATORS.items() for word in words}
_VERBS = {
    "push": Verb.PUSH,
    "task": Verb.TASK,
    "flow": Verb.FLOW,
    "freeze": Verb.FREEZE,
    "lock": Verb.LOCK,
    "award": Verb.AWARD,
    "escalate": Verb.ESCALATE,
}
_SIGNS = {"×": "*", "÷": "/"}
_TRUTHS = {"是": True, "否": False}
_OPEN = ("NUMBER", "WORD", "OPTION", "STRING")


class Checker:
    """Turns the parser's tree into typed values, with one catalogue of words."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._facts = {plain(name): fact for fact in catalogue.facts for name in (*fact.aliases, fact.name)}

    # Sentences

    def rule(self, tree: Tree[Token]) -> Rule:
        trigger: Trigger | None = None
        condition: Condition | None = None
        actions: list[Action] = []
        for part in _trees(tree):
            if part.data == "when":
                condition = self.condition(part.children[0])
            elif str(part.data) in _VERBS:
                actions.append(self._action(part))
            else:
                trigger = self._trigger(part)
        return Rule(trigger, condition, tuple(actions))

    def _trigger(self, tree: Tree[Token]) -> Trigger:
        words = [str(child) for child in tree.children]
        match str(tree.data):
            case "event":
                return OnEvent(self._known(_unquoted(words[0]), self._catalogue.events, "这个事件"))
            case "interval":
                return Schedule("interval", interval=literals.interval(words[0]))
            case "weekly":
                return Schedule("week", literals.clock(words[1]), literals.weekday(words[0]))
            case "monthly":
                return Schedule("month", literals.clock(words[1]), literals.day_of_month(words[0]))
            case "workdays":
                return Schedule("workday", literals.clock(words[0]))
        return Schedule("day", literals.clock(words[0]))

    def _action(self, tree: Tree[Token]) -> Action:
        verb = _VERBS[str(tree.data)]
        names = [_unquoted(str(child)) for child in _tokens(tree, "NAME")]
        subject = names.pop(0) if verb not in (Verb.AWARD, Verb.ESCALATE) else ""
        known = {
            Verb.PUSH: (self._catalogue.cards, "这张卡片"),
            Verb.TASK: (self._catalogue.tasks, "这个任务"),
            Verb.FLOW: (self._catalogue.flows, "这个流程"),
        }
        to = tuple(self._known(name, self._catalogue.people, "这个接收人") for name in names)
        points = sum(int(str(token).rstrip("积分 ")) for token in _tokens(tree, "POINTS"))
        limits = [str(token).removeprefix("限").strip() for token in (*_tokens(tree, "LIMIT"), *_tokens(tree, "SPAN"))]
        try:
            limit = parse_limit(limits[0]) if limits else None
        except BadDuration as bad:
            raise BadRule(str(bad)) from None
        return Action(verb, self._known(subject, *known.get(verb, (None, ""))), to, points, limit)

    def _known(self, name: str, names: tuple[str, ...] | None, what: str) -> str:
        if names is None or name in names:
            return name
        raise BadRule(f"没有「{name}」{what}{suggestion(name, names)}")

    # Conditions

    def condition(self, node: Node) -> Condition:
        """A typed condition; a fact that is 是 or 否 may stand alone."""
        if isinstance(node, Tree):
            known: dict[str, Callable[[Tree[Token]], Condition]] = {
                "either": lambda tree: Or(tuple(self.condition(part) for part in tree.children)),
                "both": lambda tree: And(tuple(self.condition(part) for part in tree.children)),
                "negation": lambda tree: Not(self.condition(tree.children[0])),
                "compare": self._compare,
                "among": self._among,
                "contains": self._contains,
                "empty": self._empty,
                "value": lambda tree: self.condition(tree.children[0]),
            }
            if str(node.data) in known:
                return _flat(known[str(node.data)](node))
        value = self._value(node)
        if value.kind is not Kind.BOOL:
            raise BadRule(f"「{_said(node)}」是{KIND_NAMES[value.kind]}，后面要写比较，例如 {_said(node)} = …")
        return Compare("=", value, Literal(True, Kind.BOOL))

    def _compare(self, tree: Tree[Token]) -> Condition:
        first, operator, second = tree.children
        sign = _OPERATOR[str(operator)]
        left = None if _is_open(first) else self._value(first)
        right = None if _is_open(second) or self._is_option(second, left) else self._value(second)
        if left is None and right is None:
            raise self._unknown_fact(first)
        left = left if left is not None else self._literal(first, right)
        right = right if right is not None else self._literal(second, left)
        if not literals.comparable(left.kind, right.kind):
            kinds = f"{KIND_NAMES[left.kind]}，{_said(second)} 是{KIND_NAMES[right.kind]}"
            raise BadRule(f"「{_said(tree)}」不能比较：{_said(first)} 是{kinds}")
        if sign not in ("=", "≠") and left.kind not in ORDERED:
            raise BadRule(f"「{_said(first)}」是{KIND_NAMES[left.kind]}，不分大小；请用 =、≠ 或 属于")
        return Compare(sign, left, right)

    def _among(self, tree: Tree[Token]) -> Condition:
        left, words = self._value(tree.children[0]), tree.children[2:]
        period = next((str(token) for token in _tokens(tree, "PERIOD")), None)
        if period is None:
            found: Condition = Among(left, tuple(self._literal(word, left) for word in words))
        elif left.kind is Kind.DATE:
            found = Within(left, period)
        else:
            raise BadRule(f"「{_said(tree.children[0])}」是{KIND_NAMES[left.kind]}，不是日期，不能属于「{period}」")
        return Not(found) if str(tree.children[1]).startswith("不") else found

    def _contains(self, tree: Tree[Token]) -> Condition:
        left = self._value(tree.children[0])
        if left.kind not in (Kind.TEXT, Kind.CHOICE):
            raise BadRule(f"「{_said(tree.children[0])}」是{KIND_NAMES[left.kind]}，不能用「包含」；请用 = 或 >、<")
        found = Contains(left, Literal(_unquoted(str(tree.children[2])), Kind.TEXT))
        return Not(found) if str(tree.children[1]).startswith("不") else found

    def _empty(self, tree: Tree[Token]) -> Condition:
        found = Empty(self._value(tree.children[0]))
        return Not(found) if str(tree.children[1]).startswith("不") else found

    # Values

    def _value(self, node: Node) -> Value:
        if isinstance(node, Token):
            return self._word(node)
        match str(node.data):
            case "arithmetic":
                return self._arithmetic(node)
            case "negative":
                return literals.negated(literals.number(str(node.children[1])))
            case "value":
                return self._value(node.children[0])
        raise BadRule(f"「{_said(node)}」是条件，这里要一个值；请把条件用 且、或 连接")

    def _word(self, token: Token) -> Value:
        fact = self._facts.get(plain(_unquoted(token)))
        if fact is not None and token.type != "STRING":
            return FactRef(fact.name, fact.kind)
        match token.type:
            case "NUMBER":
                return literals.number(token)
            case "DATE":
                return Literal(literals.day(token), Kind.DATE)
            case "DAY" | "PERIOD":
                return Day(str(token))
        raise self._unknown_fact(token)

    def _arithmetic(self, tree: Tree[Token]) -> Value:
        first, sign, second = tree.children
        operator = _SIGNS.get(str(sign), str(sign))
        left, right = self._value(first), self._value(second)
        kind = literals.result_kind(operator, left, right)
        if kind is None:
            kinds = f"{KIND_NAMES[left.kind]}和{KIND_NAMES[right.kind]}"
            raise BadRule(f"「{_said(tree)}」算不出来：{kinds}不能用 {operator}（日期只能加减整天，例如 今天 - 7天）")
        return Arithmetic(operator, left, right, kind)

    def _literal(self, node: Node, other: Value | None) -> Literal:
        """A word or number whose kind is that of what it is compared with."""
        assert other is not None
        if isinstance(node, Tree):
            return literals.negated(self._literal(node.children[1], other))
        fact = self._facts.get(plain(other.name)) if isinstance(other, FactRef) else None
        text = _unquoted(node)
        match other.kind:
            case Kind.CHOICE:
                return Literal(self._option(text, fact), Kind.CHOICE)
            case Kind.TEXT:
                return Literal(text, Kind.TEXT)
            case Kind.BOOL if text in _TRUTHS:
                return Literal(_TRUTHS[text], Kind.BOOL)
            case Kind.BOOL:
                raise BadRule(f"这里只有 是 和 否，没有「{text}」")
        if node.type != "NUMBER":
            if isinstance(other, FactRef):
                example = EXAMPLES.get(other.kind, "2")
                raise BadRule(f"「{other.name}」是{KIND_NAMES[other.kind]}，不能和「{text}」比较；例如 {example}")
            raise self._unknown_fact(node)
        return literals.fitted(node, other.kind, fact)

    def _option(self, text: str, fact: Fact | None) -> str:
        options = {plain(option): option for option in (fact.options if fact else ())}
        if fact is None or not options or plain(text) in options:
            return options.get(plain(text), text)
        raise BadRule(f"「{fact.name}」没有「{text}」这个选项；可选：{'、'.join(fact.options)}")

    def _is_option(self, node: Node, left: Value | None) -> bool:
        """An option may be called like a fact; beside its own fact it is the option."""
        fact = self._facts.get(plain(left.name)) if isinstance(left, FactRef) else None
        return fact is not None and isinstance(node, Token) and plain(node) in map(plain, fact.options)

    def _unknown_fact(self, node: Node) -> BadRule:
        word = _said(node)
        names = [name for fact in self._catalogue.facts for name in (fact.name, *fact.aliases)]
        return BadRule(f"没有「{word}」这个字段{suggestion(word, names)}")


def plain(name: str) -> str:
    """A name as the parser sees it: half-width, outer spaces gone."""
    return unicodedata.normalize("NFKC", name).strip()


def _flat(condition: Condition) -> Condition:
    """(a 且 b) 且 c is a 且 b 且 c."""
    match condition:
        case And(parts):
            return And(tuple(inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))))
        case Or(parts):
            return Or(tuple(inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))))
    return condition


def _trees(tree: Tree[Token]) -> list[Tree[Token]]:
    return [child for child in tree.children if isinstance(child, Tree)]


def _tokens(tree: Tree[Token], kind: str) -> list[Token]:
    return [child for child in tree.children if isinstance(child, Token) and child.type == kind]


def _is_open(node: Node) -> bool:
    """A word or number that takes its kind from the other side."""
    if isinstance(node, Tree):
        return str(node.data) == "negative"
    return node.type in _OPEN


def _unquoted(text: str) -> str:
    return text[1:-1] if re.fullmatch(r"「.*」|“.*”|\".*\"", text) else text


def _said(node: Node) -> str:
    """The words of a piece of the sentence, for an error about it."""
    if isinstance(node, Token):
        return _unquoted(node).strip()
    return " ".join(_said(child) for child in node.children)
