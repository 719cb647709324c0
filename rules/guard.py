"""A condition on what has been entered so far, which decides whether a flow's step is needed.

Written as 金额 > 50000, 可行性 = 红, 附件 不为空, 类型 属于 定制开发、服务升级. Payloads are JSON values, so numbers
may arrive as text; two sides that both read as numbers are compared as numbers.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from rules.errors import RulesError

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "≠": operator.ne,
    ">": operator.gt,
    "≥": operator.ge,
    "<": operator.lt,
    "≤": operator.le,
}
_SAME = {"!=": "≠", ">=": "≥", "<=": "≤", "==": "="}
_EMPTY, _PRESENT, _IN = "为空", "不为空", "属于"
_GUARD = re.compile(r"\s*(\S+?)\s*(不为空|为空|属于|[!><=]=|[=≠>≥<≤])\s*(.*?)\s*")


class BadGuard(RulesError):
    """A condition that cannot be read."""

    def __init__(self, text: str) -> None:
        super().__init__(f"看不懂条件「{text}」；请写成 金额 > 50000、可行性 = 红、附件 不为空 或 类型 属于 甲、乙")


@dataclass(frozen=True, slots=True)
class Guard:
    """`field` compared with `value`; several values, separated by 、, for 属于."""

    field: str
    operator: str
    value: str = ""

    def holds(self, payload: Mapping[str, Any]) -> bool:
        """Whether the payload satisfies it. A field that is absent or empty satisfies only 为空 and ≠."""
        given = payload.get(self.field)
        empty = given is None or given in ("", [], {})
        if self.operator in (_EMPTY, _PRESENT):
            return empty is (self.operator == _EMPTY)
        if empty:
            return self.operator == "≠"
        if self.operator == _IN:
            return any(_compare(given, value, operator.eq) for value in self.value.split("、"))
        return _compare(given, self.value, _ORDER[self.operator])

    def __str__(self) -> str:
        return f"{self.field} {self.operator} {self.value}".rstrip()


def parse_guard(text: str) -> Guard:
    """Reads a condition.

    Raises:
        BadGuard: no operator, or one that needs a value and has none.
    """
    found = _GUARD.fullmatch(text)
    if found is None or bool(found[3]) is (found[2] in (_EMPTY, _PRESENT)):
        raise BadGuard(text)
    return Guard(found[1], _SAME.get(found[2], found[2]), found[3])


def _compare(given: Any, value: str, order: Callable[[Any, Any], bool]) -> bool:
    if isinstance(given, list):
        return any(_compare(each, value, order) for each in given)
    left, right = _number(given), _number(value)
    if left is not None and right is not None:
        return order(left, right)
    return order(_text(given), value)


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _text(value: Any) -> str:
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)
