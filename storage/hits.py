"""What a condition is true of now: the rows, whose they are, and the values the condition saw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, func, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from rules.expression import Condition, Kind, facts_in
from storage.facts import AsOf, FactDef, Sql, Subject
from storage.rule_sql import compile_condition
from storage.tables import Customer


@dataclass(frozen=True, slots=True)
class Hit:
    """One row. `facts` are typed values by name, `inputs` what must change for it to count as something new."""

    id: int
    person_id: int | None
    customer_id: int | None
    customer: str
    facts: Mapping[str, Any]
    inputs: Mapping[str, str]


async def hits(
    tx: AsyncSession,
    subject: Subject,
    condition: Condition | None,
    at: AsOf,
    *,
    more: Iterable[str] = (),
    only: int | None = None,
    people: Sequence[int] | None = None,
) -> list[Hit]:
    """Every row of a subject a condition is true of, in order of their ids; one query. Without a condition, all rows.

    `more` names facts to read beyond those of the condition, `only` looks at one row, `people` at theirs.
    """
    asked = [one.name for one in facts_in(condition)] if condition is not None else []
    facts = [subject.facts[name] for name in dict.fromkeys([*asked, *more])]
    columns = [readable(fact) for fact in facts]
    since = [fact.since for fact in facts if fact.since is not None]
    customer: list[Sql] = [subject.customer_id, Customer.name] if subject.customer_id is not None else []
    query = subject.select(subject.id, subject.person_id, *customer, *columns, *since)
    query = query.order_by(subject.id)
    if condition is not None:
        query = query.where(compile_condition(condition, subject, at))
    if only is not None:
        query = query.where(subject.id == only)
    if people is not None:
        query = query.where(subject.person_id.in_(people))
    rows = (await tx.execute(query)).all()
    return [_hit(list(row), facts, at, asked, with_customer=bool(customer)) for row in rows]


async def values(
    tx: AsyncSession, subject: Subject, at: AsOf, names: Iterable[str], *, only: int | None = None
) -> dict[int, dict[str, Any]]:
    """Typed facts of a subject's rows by id."""
    facts = [subject.facts[name] for name in names]
    query = subject.select(subject.id, *(readable(fact) for fact in facts)).order_by(subject.id)
    if only is not None:
        query = query.where(subject.id == only)
    rows = (await tx.execute(query)).all()
    return {
        row[0]: {fact.name: typed(fact, value, at) for fact, value in zip(facts, row[1:], strict=True)} for row in rows
    }


async def count(tx: AsyncSession, subject: Subject, condition: Condition, at: AsOf) -> int:
    query = subject.select(func.count(subject.id)).where(compile_condition(condition, subject, at))
    return int((await tx.scalars(query)).one())


def readable(fact: FactDef) -> Any:
    """A fact's SQL as a column to select: money and shares as the integers they are."""
    return (
        type_coerce(fact.sql, BigInteger()) if fact.fact.kind in (Kind.MONEY, Kind.SHARE, Kind.DURATION) else fact.sql
    )


def typed(fact: FactDef, value: Any, at: AsOf) -> Any:
    """A value from the database as rules and people know it; dates as local moments."""
    if value is None:
        return None
    match fact.fact.kind:
        case Kind.DATE:
            return value.astimezone(at.zone)
        case Kind.DURATION:
            return timedelta(seconds=int(value))
        case Kind.MONEY:
            return Decimal(int(value)) / 100
        case Kind.SHARE:
            return Decimal(int(value)) / 1_000_000
        case Kind.NUMBER:
            return Decimal(value)
        case Kind.BOOL:
            return bool(value)
    return _word(fact, str(value))


def _word(fact: FactDef, code: str) -> str:
    return next((word for word, known in fact.codes.items() if known == code), code)


def _hit(row: list[Any], facts: list[FactDef], at: AsOf, asked: list[str], *, with_customer: bool) -> Hit:
    first = 4 if with_customer else 2
    read, since = row[first : first + len(facts)], iter(row[first + len(facts) :])
    seen = {fact.name: typed(fact, value, at) for fact, value in zip(facts, read, strict=True)}
    inputs = {fact.name: _input(next(since) if fact.since is not None else seen[fact.name]) for fact in facts}
    customer_id, customer = (row[2], row[3]) if with_customer else (None, "")
    return Hit(row[0], row[1], customer_id, customer, seen, {name: inputs[name] for name in asked})


def _input(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
