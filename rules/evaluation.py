"""What a condition says about given facts, in plain Python: the oracle for the compiled query, and the text of /why.

A missing value is unknown, and so is every comparison with it, as in SQL: a rule fires only when its condition is
certainly true.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from rules.expression import (
    NUMERIC,
    Among,
    And,
    Arithmetic,
    Compare,
    Condition,
    Contains,
    Day,
    Empty,
    FactRef,
    Kind,
    Literal,
    Not,
    Or,
    Value,
    Within,
    facts_in,
    tests_in,
)
from rules.literals import written
from rules.rendering import render_condition

Facts = Mapping[str, Any]

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "≠": operator.ne,
    ">": operator.gt,
    "≥": operator.ge,
    "<": operator.lt,
    "≤": operator.le,
}
_SUMS: dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_ANSWERS = {True: "是", False: "否", None: "不知道"}
_DAY = timedelta(days=1)


def holds(condition: Condition, facts: Facts, today: date) -> bool:
    """Whether a rule with this condition fires: it is true, not merely not false."""
    return evaluate(condition, facts, today) is True


def evaluate(condition: Condition, facts: Facts, today: date) -> bool | None:
    """True, False, or None where a missing value leaves it open. `facts` are typed values by name; absent is None."""
    match condition:
        case And(parts):
            return _all([evaluate(part, facts, today) for part in parts])
        case Or(parts):
            return _negated(_all([_negated(evaluate(part, facts, today)) for part in parts]))
        case Not(part):
            return _negated(evaluate(part, facts, today))
        case Empty(left):
            return value_of(left, facts, today) in (None, "")
        case Compare(sign, left, right):
            return _known(_ORDER[sign], value_of(left, facts, today), value_of(right, facts, today))
        case Contains(left, text):
            return _known(operator.contains, value_of(left, facts, today), text.value)
        case Among(left, values):
            wanted = [value_of(value, facts, today) for value in values]
            return _known(operator.contains, wanted, value_of(left, facts, today))
        case Within(left, name):
            first, last = period(name, today)
            return _known(lambda day, _: first <= day <= last, value_of(left, facts, today), name)


def value_of(value: Value, facts: Facts, today: date) -> Any:
    """The value, or None when a fact it needs is missing, it divides by zero or leaves all bounds."""
    match value:
        case Literal(given, _):
            return given
        case FactRef(name, kind):
            return _typed(facts.get(name), kind)
        case Day(name):
            return relative_day(name, today)
        case Arithmetic(sign, left, right):
            return _calculated(sign, value_of(left, facts, today), value_of(right, facts, today))


def explain(condition: Condition, facts: Facts, today: date) -> tuple[str, ...]:
    """One line per comparison, in order: 客户等级 = A：是（A）."""
    return tuple(_line(test, facts, today) for test in tests_in(condition))


def relative_day(name: str, today: date) -> date:
    """The date of 昨天, 本周初, 本月末 … for a given today."""
    near = {"昨天": -1, "今天": 0, "明天": 1}
    if name in near:
        return today + near[name] * _DAY
    first, last = period(name[:2], today)
    return first if name.endswith("初") else last


def period(name: str, today: date) -> tuple[date, date]:
    """First and last day of 今天, 本周, 上月, 本季度, 今年 …; weeks begin on Monday."""
    monday, first = today - today.weekday() * _DAY, today.replace(day=1)
    if name in ("今天", "昨天"):
        day = relative_day(name, today)
        return day, day
    if name.endswith("周"):
        start = monday + {"上周": -7, "本周": 0, "下周": 7}[name] * _DAY
        return start, start + 6 * _DAY
    if name.endswith("年"):
        year = today.year - (name == "去年")
        return date(year, 1, 1), date(year, 12, 31)
    if name == "本季度":
        start = first.replace(month=(today.month - 1) // 3 * 3 + 1)
        return start, _months_later(start, 3) - _DAY
    start = _months_later(first, {"上月": -1, "本月": 0, "下月": 1}[name])
    return start, _months_later(start, 1) - _DAY


def _months_later(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _negated(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _known(test: Callable[[Any, Any], bool], left: Any, right: Any) -> bool | None:
    return None if left is None or right is None else bool(test(left, right))


def _calculated(sign: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    try:
        return _computed(sign, left, right)
    except ArithmeticError:  # beyond the calendar's last year, or more digits than a Decimal holds
        return None


def _computed(sign: str, left: Any, right: Any) -> Any:
    if sign != "/":
        left, right = _same_measure(sign, left, right)
        return _SUMS[sign](left, right)
    if not right:
        return None
    if isinstance(left, timedelta):
        seconds = Decimal(str(left.total_seconds()))
        if isinstance(right, timedelta):
            return seconds / Decimal(str(right.total_seconds()))
        return timedelta(seconds=float(seconds / right))
    return left / right


def _same_measure(sign: str, left: Any, right: Any) -> tuple[Any, Any]:
    if sign == "*" and isinstance(left, timedelta):
        return left, float(right)
    return left, right


def _typed(value: Any, kind: Kind) -> Any:
    if kind in NUMERIC and value is not None and not isinstance(value, Decimal):
        return Decimal(str(value))
    return value.date() if kind is Kind.DATE and isinstance(value, datetime) else value


def _line(test: Condition, facts: Facts, today: date) -> str:
    answer = _ANSWERS[evaluate(test, facts, today)]
    spoken = facts_in(test)
    seen = [(fact.name, _shown(_typed(facts.get(fact.name), fact.kind), fact.kind)) for fact in spoken]
    shown = "、".join(value if len(seen) == 1 else f"{name} {value}" for name, value in seen)
    return f"{render_condition(test)}：{answer}（{shown}）"


def _shown(value: Any, kind: Kind) -> str:
    return "没有记录" if value in (None, "") else written(value, kind)
