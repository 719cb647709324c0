"""What a rule sentence means: a typed tree of plain values, ready to be compiled, evaluated, rendered or explained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum

from rules.durations import Limit


class Kind(StrEnum):
    """The kind of a value. Money is Decimal yuan, a share is 0-1, a duration is a timedelta."""

    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    DURATION = "duration"
    BOOL = "bool"
    MONEY = "money"
    SHARE = "share"


NUMERIC = (Kind.NUMBER, Kind.MONEY, Kind.SHARE)
ORDERED = (*NUMERIC, Kind.DATE, Kind.DURATION)
COMPARISONS = ("=", "≠", ">", "≥", "<", "≤")
DAYS = ("昨天", "今天", "明天", "本周初", "本周末", "本月初", "本月末", "上月初", "上月末", "今年初")
PERIODS = ("今天", "昨天", "本周", "上周", "下周", "本月", "上月", "下月", "本季度", "今年", "去年")


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value rules may speak of. `subject` says of what (客户, 商机), `unit` what its numbers count (次, 天)."""

    name: str
    kind: Kind
    options: tuple[str, ...] = ()
    subject: str = ""
    explanation: str = ""
    aliases: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The words a sentence may use. A None leaves that kind of name unchecked."""

    facts: tuple[Fact, ...]
    events: tuple[str, ...] | None = None
    cards: tuple[str, ...] | None = None
    people: tuple[str, ...] | None = None
    tasks: tuple[str, ...] | None = None
    flows: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    value: Decimal | str | date | timedelta | bool
    kind: Kind


@dataclass(frozen=True, slots=True)
class FactRef:
    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Day:
    """A day relative to today, one of `DAYS`; weeks begin on Monday."""

    name: str
    kind: Kind = Kind.DATE


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`operator` is + - * or /. A date moves only by a literal of whole days."""

    operator: str
    left: Value
    right: Value
    kind: Kind


Value = Literal | FactRef | Day | Arithmetic


@dataclass(frozen=True, slots=True)
class Compare:
    operator: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Contains:
    """The text of `left` has `text` somewhere in it."""

    left: Value
    text: Literal


@dataclass(frozen=True, slots=True)
class Among:
    left: Value
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """The date of `left` lies in the period, one of `PERIODS`."""

    left: Value
    period: str


@dataclass(frozen=True, slots=True)
class Empty:
    """There is no value, or an empty text."""

    left: Value


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Condition, ...]


Test = Compare | Contains | Among | Within | Empty
Condition = Test | Not | And | Or


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a rule is looked at. `every` is day, workday, week, month or interval; `day` is 0-6 from Monday, or 1-31."""

    every: str
    at: time | None = None
    day: int | None = None
    interval: timedelta | None = None


@dataclass(frozen=True, slots=True)
class OnEvent:
    name: str


Trigger = Schedule | OnEvent


class Verb(StrEnum):
    PUSH = "推送"
    TASK = "开任务"
    FLOW = "启动流程"
    FREEZE = "冻结"
    LOCK = "锁定"
    AWARD = "奖励"
    ESCALATE = "升级"


@dataclass(frozen=True, slots=True)
class Action:
    """What is done. `subject` is a card, task, flow or thing; `limit` is a task's time or how long a freeze lasts."""

    verb: Verb
    subject: str = ""
    to: tuple[str, ...] = ()
    points: int = 0
    limit: Limit | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A whole sentence. Without a condition the actions follow every time the trigger does."""

    trigger: Trigger | None
    condition: Condition | None
    actions: tuple[Action, ...]


def facts_in(node: Condition | Value) -> tuple[FactRef, ...]:
    """Every fact spoken of, in order, each once."""
    return tuple(dict.fromkeys(_walk(node)))


def tests_in(condition: Condition) -> tuple[Test, ...]:
    """The single comparisons of a condition, in order."""
    match condition:
        case And(parts) | Or(parts):
            return tuple(test for part in parts for test in tests_in(part))
        case Not(part):
            return tests_in(part)
    return (condition,)


def _walk(node: Condition | Value) -> list[FactRef]:
    match node:
        case FactRef():
            return [node]
        case And(parts) | Or(parts):
            return [fact for part in parts for fact in _walk(part)]
        case Not(part):
            return _walk(part)
        case Compare(_, left, right) | Arithmetic(_, left, right):
            return _walk(left) + _walk(right)
        case Contains(left) | Among(left) | Within(left) | Empty(left):
            return _walk(left)
    return []
