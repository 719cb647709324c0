"""The catalogue of facts: what rules and metrics may speak of, each with its SQL on SQLite and on PostgreSQL.

    at = AsOf(now, zone, policy)
    catalogue(at)                       -> the words for rules.grammar.parse
    subject_of(condition, at)           -> 商机, with its rows and facts

A subject is what a sentence is about (客户, 商机, 拜访 …). It knows the facts of what it belongs to as well: an
opportunity those of its customer and of its owner. Every fact is asked as of a bound `now`, never of the database's
own clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, select
from sqlalchemy.sql.selectable import FromClause

from rules.durations import parse_duration
from rules.errors import RulesError
from rules.evaluation import period
from rules.expression import Catalogue, Condition, Fact, Kind, facts_in

Sql = SQLColumnExpression[Any]
"""A column, an attribute of a table, or what is calculated from them."""


class MixedSubjects(RulesError):
    """A condition speaks of things that do not belong together, such as visits and support requests."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings facts depend on. Limits are wall time; `options` are the choices of forms, by fact name."""

    stages: tuple[str, ...]
    stall: Mapping[str, timedelta]
    stall_default: timedelta
    untouched: timedelta
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, setting: Callable[[str], Any], options: Mapping[str, tuple[str, ...]] | None = None) -> Policy:
        """From the settings `stages`, `stall` and `untouched` of the pack funnel.yaml."""
        limits = {stage: parse_duration(str(text)) for stage, text in setting("stall").items()}
        default = limits.pop("default")
        return cls(tuple(setting("stages")), limits, default, parse_duration(str(setting("untouched"))), options or {})

    def stall_limit(self, stage: str) -> timedelta:
        """How long an opportunity may stay without contact in a stage."""
        return self.stall.get(stage, self.stall_default)


@dataclass(frozen=True, slots=True)
class AsOf:
    """The moment facts are asked for, in the team's zone, under the settings in force."""

    now: datetime
    zone: tzinfo
    policy: Policy

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """When a local day begins."""
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)

    def span(self, days: tuple[date, date]) -> tuple[datetime, datetime]:
        """Begin (included) and end (excluded) of local days, both included."""
        return self.start_of(days[0]), self.start_of(days[1] + timedelta(days=1))

    def month(self) -> tuple[datetime, datetime]:
        return self.span(period("本月", self.today))


@dataclass(frozen=True, slots=True)
class FactDef:
    """A fact with its SQL.

    The SQL gives: an instant for dates, whole seconds for durations, whole fen for money, millionths for shares, the
    stored code for choices with `codes` (word to code). `since` is the instant a growing duration is counted from: a
    rule that fired is not looked at as changed merely because time went by.
    """

    fact: Fact
    sql: Sql
    codes: Mapping[str, str] = field(default_factory=dict)
    since: Sql | None = None

    @property
    def name(self) -> str:
        return self.fact.name


@dataclass(frozen=True, slots=True)
class Subject:
    """What a sentence is about: `name` in Chinese, `kind` in code and events, its rows, whose they are, its facts."""

    name: str
    kind: str
    id: Sql
    person_id: Sql
    customer_id: Sql | None
    rows: FromClause
    facts: Mapping[str, FactDef]
    standing: tuple[ColumnElement[bool], ...] = ()
    """What holds of every row that counts: not undone, still active."""

    def select(self, *columns: Sql) -> Select[Any]:
        """A query over the rows that count."""
        return select(*columns).select_from(self.rows).where(*self.standing)

    def called(self, word: str) -> FactDef | None:
        """A fact by its name or an alias."""
        return next((one for one in self.facts.values() if word in (one.name, *one.fact.aliases)), None)

    def words(self) -> Catalogue:
        """The catalogue of this subject alone."""
        return Catalogue(facts=tuple(one.fact for one in self.facts.values()))


def named(definitions: Iterable[FactDef]) -> dict[str, FactDef]:
    """Facts by name. Raises ValueError when two share a name or an alias."""
    found: dict[str, FactDef] = {}
    taken: set[str] = set()
    for one in definitions:
        for word in (one.fact.name, *one.fact.aliases):
            if word in taken:
                raise ValueError(f"two facts are called {word}")
            taken.add(word)
        found[one.name] = one
    return found


def define(
    name: str,
    kind: Kind,
    sql: Sql,
    explanation: str,
    *aliases: str,
    options: tuple[str, ...] = (),
    unit: str = "",
    codes: Mapping[str, str] | None = None,
    since: Sql | None = None,
) -> FactDef:
    """A fact; `codes` gives its options too."""
    fact = Fact(name, kind, options or tuple(codes or ()), explanation=explanation, aliases=aliases, unit=unit)
    return FactDef(fact, sql, codes or {}, since)


def choose(condition: Condition | None, subjects: Iterable[Subject]) -> Subject:
    """The first subject that knows every fact of a condition.

    Raises:
        MixedSubjects: none knows them all, or there is no condition to tell by.
    """
    names = [one.name for one in facts_in(condition)] if condition is not None else []
    every = list(subjects)
    if not names:
        raise MixedSubjects("这条规则没有条件，不知道说的是哪些客户或商机；请加上条件，例如 当 商机状态 = 进行中 时 …")
    for subject in every:
        if all(name in subject.facts for name in names):
            return subject
    raise MixedSubjects(
        "这些字段说的不是同一种东西：" + "；".join(_whose(name, every) for name in names) + "。请分成两条规则"
    )


def _whose(name: str, subjects: Iterable[Subject]) -> str:
    return f"「{name}」属于{'、'.join(subject.name for subject in subjects if name in subject.facts)}"
