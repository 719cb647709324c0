"""Compiles a typed condition to SQL over a subject's rows, so that looking at a million of them is one query.

The pure evaluator (rules/evaluation.py) is what this must agree with, row by row. So numbers never become floats:
a value is a fraction of integers with a decimal scale, and two of them are compared by cross-multiplication. Dates
are local days: a stored instant is compared with the begin of a day, which an index can serve.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    SQLColumnExpression,
    and_,
    false,
    func,
    literal,
    not_,
    or_,
    true,
    type_coerce,
)

from rules.evaluation import period, relative_day
from rules.expression import (
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
)
from storage.fact_sql import epoch, exact, position, spelled, whole
from storage.facts import AsOf, Subject
from storage.types import Instant

SCALES = {Kind.MONEY: 2, Kind.SHARE: 6}
"""Decimal places of what a fact's SQL gives: fen, millionths."""

DAY = 86_400

Column = SQLColumnExpression[Any]


@dataclass(frozen=True, slots=True)
class Amount:
    """top / bottom / 10^scale. Durations are whole seconds."""

    top: Column
    scale: int = 0
    bottom: Column | None = None


@dataclass(frozen=True, slots=True)
class LocalDay:
    """A day: a known one, or that of a stored instant, moved by whole days."""

    known: date | None = None
    instant: Column | None = None
    moved: timedelta = timedelta(0)


def compile_condition(condition: Condition, subject: Subject, at: AsOf) -> ColumnElement[bool]:
    """The condition as SQL. Missing values leave it NULL, as the evaluator says None."""
    return _Compiler(subject, at).condition(condition)


@dataclass(frozen=True, slots=True)
class _Compiler:
    subject: Subject
    at: AsOf

    def condition(self, node: Condition) -> ColumnElement[bool]:
        match node:
            case And(parts):
                return and_(*(self.condition(part) for part in parts))
            case Or(parts):
                return or_(*(self.condition(part) for part in parts))
            case Not(part):
                return not_(self.condition(part).self_group())
            case Compare(sign, left, right):
                return self._compare(sign, left, right)
            case Contains(left, text):
                return position(self._word(left), literal(str(text.value))) > 0
            case Among(left, values):
                return or_(*(self._compare("=", left, value) for value in values))
            case Within(left, name):
                return self._within(left, period(name, self.at.today))
            case Empty(left):
                return self._empty(left)

    def _compare(self, sign: str, left: Value, right: Value) -> ColumnElement[bool]:
        if left.kind in (Kind.TEXT, Kind.CHOICE):
            return self._compare_words(sign, left, right)
        if left.kind is Kind.BOOL:
            return _ordered(sign, self._truth(left), self._truth(right))
        if left.kind is Kind.DATE:
            return self._compare_days(sign, self._day(left), self._day(right))
        return _compare_amounts(sign, self._amount(left), self._amount(right))

    # Words

    def _compare_words(self, sign: str, left: Value, right: Value) -> ColumnElement[bool]:
        for fact, word in ((left, right), (right, left)):
            if isinstance(fact, FactRef) and isinstance(word, Literal):
                known = self.subject.facts[fact.name]
                return _ordered(sign, known.sql, literal(known.codes.get(str(word.value), str(word.value))))
        return _ordered(sign, self._word(left), self._word(right))

    def _word(self, value: Value) -> Column:
        if isinstance(value, Literal):
            return literal(str(value.value))
        fact = self.subject.facts[_fact_name(value)]
        return spelled(fact.sql, dict(fact.codes)) if fact.codes else fact.sql

    def _truth(self, value: Value) -> Column:
        if isinstance(value, Literal):
            return true() if value.value else false()
        return self.subject.facts[_fact_name(value)].sql

    def _empty(self, value: Value) -> ColumnElement[bool]:
        if value.kind in (Kind.TEXT, Kind.CHOICE):
            word = self._word(value)
            return or_(word.is_(None), word == "")
        if value.kind is Kind.DATE:
            day = self._day(value)
            return day.instant.is_(None) if day.instant is not None else false()
        if value.kind is Kind.BOOL:
            return self._truth(value).is_(None)
        amount = self._amount(value)
        return or_(amount.top.is_(None), amount.bottom.is_(None)) if amount.bottom is not None else amount.top.is_(None)

    # Days

    def _day(self, value: Value) -> LocalDay:
        match value:
            case Literal(date() as given, _):
                return LocalDay(known=given)
            case Day(name):
                return LocalDay(known=relative_day(name, self.at.today))
            case FactRef(name):
                return LocalDay(instant=self.subject.facts[name].sql)
            case Arithmetic(sign, left, Literal(timedelta() as step, _)):
                return _moved(self._day(left), step if sign == "+" else -step)
        raise TypeError(f"not a day: {value!r}")

    def _compare_days(self, sign: str, left: LocalDay, right: LocalDay) -> ColumnElement[bool]:
        if left.instant is None and right.instant is None:
            return _ordered(sign, self._number(left), self._number(right))
        if left.instant is None:
            return self._compare_days(_MIRRORED[sign], right, left)
        if right.known is not None:
            return self._against(sign, left.instant, right.known - left.moved)
        return _ordered(sign, self._number(left), self._number(right))

    def _against(self, sign: str, instant: Column, day: date) -> ColumnElement[bool]:
        start, end = (literal(moment, Instant()) for moment in self.at.span((day, day)))
        match sign:
            case "=":
                return and_(instant >= start, instant < end)
            case "≠":
                return or_(instant < start, instant >= end)
            case ">":
                return instant >= end
            case "≥":
                return instant >= start
            case "<":
                return instant < start
        return instant < end

    def _within(self, value: Value, days: tuple[date, date]) -> ColumnElement[bool]:
        day = self._day(value)
        first, last = LocalDay(known=days[0]), LocalDay(known=days[1])
        return and_(self._compare_days("≥", day, first), self._compare_days("≤", day, last))

    def _number(self, day: LocalDay) -> Column:
        """The day's number. Exact in zones without summer time, which the offset of now stands for."""
        if day.known is not None:
            return whole((day.known - date(1970, 1, 1)).days)
        offset = self.at.now.astimezone(self.at.zone).utcoffset() or timedelta(0)
        return (epoch(day.instant) + whole(int(offset.total_seconds()))) // whole(DAY) + whole(day.moved.days)

    # Numbers and durations

    def _amount(self, value: Value) -> Amount:
        match value:
            case Literal(timedelta() as length, _):
                return Amount(exact(whole(int(length.total_seconds()))))
            case Literal(Decimal() as number, _):
                return _decimal(number)
            case FactRef(name, kind):
                return Amount(exact(type_coerce(self.subject.facts[name].sql, BigInteger())), SCALES.get(kind, 0))
            case Arithmetic(sign, left, right) if left.kind is Kind.DATE:
                return Amount(exact(self._number(self._day(left)) - self._number(self._day(right))) * whole(DAY))
            case Arithmetic(sign, left, right):
                return _calculated(sign, self._amount(left), self._amount(right))
        raise TypeError(f"not a number: {value!r}")


_ORDER: dict[str, Callable[[Column, Column], ColumnElement[bool]]] = {
    "=": operator.eq,
    "≠": operator.ne,
    ">": operator.gt,
    "≥": operator.ge,
    "<": operator.lt,
    "≤": operator.le,
}
_MIRRORED = {"=": "=", "≠": "≠", ">": "<", "≥": "≤", "<": ">", "≤": "≥"}


def _ordered(sign: str, left: Column, right: Column) -> ColumnElement[bool]:
    return _ORDER[sign](left, right)


def _fact_name(value: Value) -> str:
    if isinstance(value, FactRef):
        return value.name
    raise TypeError(f"not a fact: {value!r}")


def _moved(day: LocalDay, step: timedelta) -> LocalDay:
    return replace(day, known=day.known + step) if day.known is not None else replace(day, moved=day.moved + step)


def _decimal(number: Decimal) -> Amount:
    scale = max(0, -int(number.as_tuple().exponent))
    return Amount(exact(whole(int(number.scaleb(scale)))), scale)


def _calculated(sign: str, left: Amount, right: Amount) -> Amount:
    if sign == "*":
        return Amount(left.top * right.top, left.scale + right.scale, _product(left.bottom, right.bottom))
    if sign == "/":
        return _divided(left, right)
    left, right, scale = _aligned(left, right)
    top = left.top * (right.bottom if right.bottom is not None else 1)
    other = right.top * (left.bottom if left.bottom is not None else 1)
    return Amount(top + other if sign == "+" else top - other, scale, _product(left.bottom, right.bottom))


def _divided(left: Amount, right: Amount) -> Amount:
    """Nothing where the divisor is zero."""
    divisor = func.nullif(right.top, whole(0), type_=BigInteger())
    top = left.top if right.bottom is None else left.top * right.bottom
    bottom = divisor if left.bottom is None else left.bottom * divisor
    scale = left.scale - right.scale
    return Amount(top, scale, bottom) if scale >= 0 else Amount(top * whole(10**-scale), 0, bottom)


def _aligned(left: Amount, right: Amount) -> tuple[Amount, Amount, int]:
    """Both with the same scale."""
    scale = max(left.scale, right.scale)
    return _scaled(left, scale), _scaled(right, scale), scale


def _scaled(amount: Amount, scale: int) -> Amount:
    return (
        amount
        if amount.scale == scale
        else replace(amount, top=amount.top * whole(10 ** (scale - amount.scale)), scale=scale)
    )


def _product(left: Column | None, right: Column | None) -> Column | None:
    if left is None or right is None:
        return left if right is None else right
    return left * right


def _compare_amounts(sign: str, left: Amount, right: Amount) -> ColumnElement[bool]:
    """a/b against c/d as a·b·d² against c·d·b²: squares keep the order whatever the divisors' signs."""
    left, right, _ = _aligned(left, right)
    first, second = left.top, right.top
    if left.bottom is not None:
        first, second = first * left.bottom, second * left.bottom * left.bottom
    if right.bottom is not None:
        first, second = first * right.bottom * right.bottom, second * right.bottom
    return _ordered(sign, first, second)
