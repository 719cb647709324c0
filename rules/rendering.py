"""A rule's canonical sentence. Reading it again gives the same rule."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

from rules.expression import (
    Action,
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
    OnEvent,
    Or,
    Rule,
    Trigger,
    Value,
    Verb,
    Within,
)
from rules.hours import WEEKDAYS
from rules.literals import written

_UNSAFE_OPTION = re.compile(r"\W")
_UNSAFE_NAME = re.compile(r"\W|给|当|如果|限|并|时|则|就|" + "|".join(verb.value for verb in Verb))


def render(rule: Rule) -> str:
    """当 客户等级 = A 时 推送 高潜客户流失预警 给 主管."""
    parts = [
        "" if rule.trigger is None else render_trigger(rule.trigger),
        "" if rule.condition is None else f"当 {render_condition(rule.condition)} 时",
        " 并 ".join(render_action(action) for action in rule.actions),
    ]
    return " ".join(part for part in parts if part)


def render_trigger(trigger: Trigger) -> str:
    """每周五 17:00, 每30分钟, 发生 客户推进已提交."""
    if isinstance(trigger, OnEvent):
        return f"发生 {_name(trigger.name)}"
    if trigger.interval is not None:
        return _every(trigger.interval)
    days = {"day": "每天", "workday": "每个工作日", "month": f"每月{trigger.day}日"}
    every = f"每{WEEKDAYS[trigger.day or 0]}" if trigger.every == "week" else days[trigger.every]
    return f"{every} {trigger.at:%H:%M}"


def render_action(action: Action) -> str:
    """推送 高潜客户流失预警 给 主管、总监."""
    limit = "" if action.limit is None else f"{'限 ' if action.verb is Verb.TASK else ''}{action.limit}"
    to = f"给 {'、'.join(_name(name) for name in action.to)}" if action.to else ""
    points = f"{action.points} 分" if action.verb is Verb.AWARD else ""
    subject = _name(action.subject) if action.subject else ""
    return " ".join(part for part in (action.verb.value, subject, points, to, limit) if part)


def render_condition(condition: Condition) -> str:
    """客户等级 = A 且 (本月拜访次数 < 2 或 行业 为空)."""
    match condition:
        case And(parts):
            return " 且 ".join(_inner(part, Or) for part in parts)
        case Or(parts):
            return " 或 ".join(render_condition(part) for part in parts)
        case Compare(operator, left, right):
            return f"{render_value(left)} {operator} {render_value(right)}"
        case Not(part):
            return _negation(part)
    return _test(condition, "")


def render_value(value: Value) -> str:
    """5万元, 今天 - 7天, 「医疗器械」."""
    match value:
        case FactRef(name) | Day(name):
            return name
        case Arithmetic(operator, left, right):
            return f"{_operand(left, operator, right=False)} {operator} {_operand(right, operator, right=True)}"
        case Literal(text, Kind.TEXT):
            return _quoted(str(text))
        case Literal(option, Kind.CHOICE):
            return _bare_unless(_UNSAFE_OPTION, str(option))
    return written(value.value, value.kind)


def _negation(part: Condition) -> str:
    if isinstance(part, Contains | Among | Within | Empty):
        return _test(part, "不")
    return f"非 {_inner(part, And, Or)}"


def _test(test: Condition, no: str) -> str:
    match test:
        case Contains(left, text):
            return f"{render_value(left)} {no}包含 {_quoted(str(text.value))}"
        case Among(left, values):
            return f"{render_value(left)} {no}属于 ({'、'.join(render_value(value) for value in values)})"
        case Within(left, period):
            return f"{render_value(left)} {no}属于 {period}"
        case Empty(left):
            return f"{render_value(left)} {no}为空"
    raise TypeError(f"not a test: {test!r}")


def _inner(part: Condition, *wrapped: type) -> str:
    text = render_condition(part)
    return f"({text})" if isinstance(part, wrapped) else text


def _operand(value: Value, operator: str, *, right: bool) -> str:
    """Products bind tighter than sums; a right operand of the same rank needs its parentheses."""
    text = render_value(value)
    if not isinstance(value, Arithmetic):
        return text
    rank, outer = value.operator in "*/", operator in "*/"
    return f"({text})" if rank < outer or (right and rank == outer) else text


def _name(name: str) -> str:
    return _bare_unless(_UNSAFE_NAME, name)


def _bare_unless(unsafe: re.Pattern[str], word: str) -> str:
    would_change = unicodedata.normalize("NFKC", word) != word  # outside quotes, full-width becomes half-width
    return f"「{word}」" if would_change or unsafe.search(word) else word


def _quoted(text: str) -> str:
    return f'"{text}"' if "」" in text else f"「{text}」"


def _every(interval: timedelta) -> str:
    minutes = int(interval.total_seconds() // 60)
    if minutes % 60:
        return f"每{minutes}分钟"
    return "每小时" if minutes == 60 else f"每{minutes // 60}小时"
