"""Numbers, dates and times in a rule sentence: from a token to a typed value and back to text."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from rules.errors import RulesError
from rules.expression import NUMERIC, Fact, Kind, Literal, Value
from rules.hours import WEEKDAYS

KIND_NAMES = {
    Kind.NUMBER: "数字",
    Kind.TEXT: "文字",
    Kind.CHOICE: "选项",
    Kind.DATE: "日期",
    Kind.DURATION: "时长",
    Kind.BOOL: "是或否",
    Kind.MONEY: "金额",
    Kind.SHARE: "比例",
}
EXAMPLES = {Kind.DATE: "今天 - 7天", Kind.DURATION: "48小时", Kind.MONEY: "5万元", Kind.SHARE: "12%"}

_SCALES = {"千": 1000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
_MINUTES = {"分钟": 1, "小时": 60, "个小时": 60, "天": 1440, "周": 10080}
_NUMBER = re.compile(r"([\d,.]+)\s*(个小时|小时|分钟|天|周|%|百万|千万|万|亿|千)?(元)?.*")
_DAY = timedelta(days=1)


class BadRule(RulesError):
    """A sentence that cannot be taken: the text says what is wrong and what could be meant."""


def number(text: str) -> Literal:
    """7天 is a duration, 12% a share, 5万元 money, anything else a number."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise BadRule(f"看不懂数字「{text}」；例如 2、5万元、12%、48小时")
    amount, unit = Decimal(found[1].replace(",", "")), found[2] or ""
    if unit in _MINUTES:
        return Literal(_duration(amount * _MINUTES[unit], text), Kind.DURATION)
    if unit == "%":
        return Literal(amount / 100, Kind.SHARE)
    return Literal(amount * _SCALES.get(unit, 1), Kind.MONEY if found[3] else Kind.NUMBER)


def fitted(text: str, kind: Kind, fact: Fact | None) -> Literal:
    """The number as it is meant beside a value of `kind`: 50000 beside money is money, 7天 beside a count of 天 is 7.

    Raises:
        BadRule: a unit is missing, or does not fit.
    """
    text = text.strip()
    read = number(text)
    counted = fact is not None and fact.unit and re.fullmatch(rf"([\d.]+)\s*{re.escape(fact.unit)}", text)
    if counted and kind is Kind.NUMBER:
        return Literal(Decimal(counted[1]), Kind.NUMBER)
    if read.kind is Kind.NUMBER and kind in (Kind.DURATION, Kind.DATE):
        raise BadRule(f"「{text}」缺少单位：{KIND_NAMES[kind]}要写成 {EXAMPLES[kind]} 这样")
    if read.kind is Kind.NUMBER and kind is Kind.SHARE and isinstance(read.value, Decimal) and read.value > 1:
        raise BadRule(f"「{text}」是比例的话，请写成 {text}%")
    return Literal(read.value, kind) if read.kind is Kind.NUMBER else read


def negated(literal: Literal) -> Literal:
    if not isinstance(literal.value, Decimal):
        raise BadRule(f"「{written(literal.value, literal.kind)}」不能是负数；请改用减法，例如 今天 - 7天")
    return Literal(-literal.value, literal.kind)


def comparable(left: Kind, right: Kind) -> bool:
    """Same kinds; a number with money or a share; an option with text."""
    if left == right or {left, right} == {Kind.TEXT, Kind.CHOICE}:
        return True
    return left in NUMERIC and right in NUMERIC and Kind.NUMBER in (left, right)


def result_kind(operator: str, left: Value, right: Value) -> Kind | None:
    """The kind of a sum, difference, product or quotient; None where there is none."""
    match operator, left.kind, right.kind:
        case "-", Kind.DATE, Kind.DATE:
            return Kind.DURATION
        case "+" | "-", Kind.DATE, Kind.DURATION:
            return Kind.DATE if _whole_days(right) else None
        case "+" | "-", Kind.DURATION, Kind.DURATION:
            return Kind.DURATION
        case "*" | "/", Kind.DURATION, Kind.NUMBER:
            return Kind.DURATION
        case "/", Kind.DURATION, Kind.DURATION:
            return Kind.NUMBER
    if left.kind not in NUMERIC or right.kind not in NUMERIC:
        return None
    return _numeric_result(operator, left.kind, right.kind)


def _numeric_result(operator: str, left: Kind, right: Kind) -> Kind | None:
    if operator in ("+", "-"):
        return (left if right is Kind.NUMBER else right) if comparable(left, right) else None
    if operator == "/":
        return Kind.NUMBER if left == right else left if right is not Kind.MONEY else None
    if Kind.MONEY in (left, right):
        return None if left == right else Kind.MONEY
    return left if right is Kind.NUMBER else right


def _whole_days(value: Value) -> bool:
    return isinstance(value, Literal) and isinstance(value.value, timedelta) and not value.value % _DAY


def _duration(minutes: Decimal, text: str) -> timedelta:
    if minutes % 1 or minutes > 10**9:
        raise BadRule(f"时长「{text}」要是整分钟；例如 90分钟")
    return timedelta(minutes=int(minutes))


def day(text: str) -> date:
    year, month, number_ = (int(part) for part in re.findall(r"\d+", text))
    try:
        return date(year, month, number_)
    except ValueError:
        raise BadRule(f"没有「{text}」这一天；请检查日期") from None


def clock(text: str) -> time:
    """8:30, 17点, 17点半, 9点5分."""
    hour, minute = re.fullmatch(r"(\d+)[:点]?(半|\d*)分?", text).groups()  # type: ignore[union-attr]  # the terminal
    try:
        return time(int(hour), 30 if minute == "半" else int(minute or 0))
    except ValueError:
        raise BadRule(f"没有「{text}」这个时刻；请写成 8:30") from None


def weekday(text: str) -> int:
    """每周五 is 4."""
    return WEEKDAYS.index(text.removeprefix("每").replace("天", "日"))


def day_of_month(text: str) -> int:
    found = int(re.findall(r"\d+", text)[0])
    if not 1 <= found <= 31:
        raise BadRule(f"没有「{text}」这一天；请写每月1日到每月31日")
    return found


def interval(text: str) -> timedelta:
    """每小时, 每半小时, 每30分钟."""
    found = re.fullmatch(r"每(\d*)(半?)(?:个?(小时)|分钟)", text)
    minutes = 30 if "半" in text else int((found and found[1]) or 1) * (60 if "小时" in text else 1)
    if minutes < 1:
        raise BadRule(f"间隔「{text}」太短；最短每1分钟")
    return timedelta(minutes=minutes)


def written(value: Any, kind: Kind) -> str:
    """A value as a sentence has it: 5万元, 12%, 48小时, 2026-03-18, 是."""
    match value:
        case bool():
            return "是" if value else "否"
        case timedelta():
            return _spelled(value)
        case date():
            return value.isoformat()
    if kind not in NUMERIC:
        return str(value)
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if kind is Kind.SHARE:
        return f"{_digits(exact * 100)}%"
    scaled = kind is Kind.MONEY and exact != 0 and exact % 10_000 == 0
    return (f"{_digits(exact / 10_000)}万" if scaled else _digits(exact)) + ("元" if kind is Kind.MONEY else "")


def _spelled(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    if minutes % 1440 == 0 and abs(minutes) >= 4 * 1440:
        return f"{minutes // 1440}天"
    return f"{minutes}分钟" if minutes % 60 or not minutes else f"{minutes // 60}小时"


def _digits(number_: Decimal) -> str:
    text = f"{number_:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
