"""Metrics: a named number by person over some days, compiled from the same facts as rules, in one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, func, literal, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from config.packs import MetricDef
from rules.expression import Kind
from rules.grammar import parse_condition
from rules.literals import BadRule
from storage.facts import AsOf, Subject
from storage.rule_sql import SCALES, compile_condition
from storage.subjects import subject
from storage.types import Instant

Days = tuple[date, date]
"""First and last day, both included, in the team's zone."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a metric found by person: (what counts, out of what). `out of` is 1 where it is no share."""

    metric: MetricDef
    people: Mapping[int, tuple[Decimal, Decimal]]

    def of(self, person_id: int) -> Decimal | None:
        """One person's number; a share of nothing is None, a count of nothing 0."""
        return self.over([person_id])

    def over(self, person_ids: Sequence[int]) -> Decimal | None:
        """Several people's together; a share is that of all their records, not the mean of their shares."""
        found = [self.people[one] for one in person_ids if one in self.people]
        top = sum((one for one, _ in found), Decimal(0))
        if not self.metric.of:
            return top
        out_of = sum((one for _, one in found), Decimal(0))
        return top / out_of if out_of else None


async def tally(
    tx: AsyncSession, metric: MetricDef, at: AsOf, days: Days, person_ids: Sequence[int] | None = None
) -> Tally:
    """A metric by person. `days` counts only where the metric places its records in time; money is yuan.

    Raises:
        BadRule: the metric's own words cannot be read.
    """
    about = _subject(metric, at)
    query = _query(metric, about, at)
    if metric.time:
        start, end = (literal(moment, Instant()) for moment in at.span(days))
        placed = about.facts[metric.time].sql
        query = query.where(placed >= start, placed < end)
    if person_ids is not None:
        query = query.where(about.person_id.in_(person_ids))
    rows = (await tx.execute(query.where(about.person_id.is_not(None)).group_by(about.person_id))).all()
    scale = Decimal(10) ** SCALES.get(_kind(metric, about), 0)
    return Tally(metric, {row[0]: (Decimal(row[1] or 0) / scale, Decimal(row[2])) for row in rows})


def check(metric: MetricDef, at: AsOf) -> None:
    """Raises BadRule when a metric names a subject or fact that is not there, or adds up what has no sum."""
    about = _subject(metric, at)
    for name, kinds in ((metric.time, (Kind.DATE,)), (metric.total, (Kind.MONEY, Kind.NUMBER))):
        if name and (name not in about.facts or about.facts[name].fact.kind not in kinds):
            raise BadRule(f"指标「{metric.title}」里的「{name}」不是{about.name}的字段，或者不能这样用")
    for text in (metric.where, metric.of):
        if text:
            parse_condition(text, about.words())


def _subject(metric: MetricDef, at: AsOf) -> Subject:
    try:
        return subject(metric.subject, at)
    except KeyError:
        raise BadRule(f"指标「{metric.title}」说的是「{metric.subject}」，没有这种记录") from None


def _kind(metric: MetricDef, about: Subject) -> Kind:
    return about.facts[metric.total].fact.kind if metric.total else Kind.NUMBER


def _query(metric: MetricDef, about: Subject, at: AsOf) -> Select[Any]:
    where = _condition(metric.where, about, at)
    if metric.of:
        among = _condition(metric.of, about, at)
        part = func.count(about.id).filter(and_(*where)) if where else func.count(about.id)
        return about.select(about.person_id, part, func.count(about.id)).where(*among)
    counted: Any = func.count(about.id)
    if metric.total:
        counted = func.sum(type_coerce(about.facts[metric.total].sql, BigInteger()))
    return about.select(about.person_id, counted, literal(1)).where(*where)


def _condition(text: str, about: Subject, at: AsOf) -> tuple[ColumnElement[bool], ...]:
    if not text:
        return ()
    return (compile_condition(parse_condition(text, about.words()), about, at),)
