"""A team's day in figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from storage.tables import FlowInstance, FlowStep, Person, ProgressReport, SupportRequest, Visit


@dataclass(frozen=True, slots=True)
class Figures:
    """What one person did in a span of time."""

    person: Person
    reports: int
    visits: int
    unverified: int
    requests: int


@dataclass(frozen=True, slots=True)
class Span:
    """Rows of one kind within a span of time: whose they are, and when."""

    whose: InstrumentedAttribute[int]
    when: InstrumentedAttribute[datetime]
    since: datetime
    until: datetime


async def figures(tx: AsyncSession, people: list[Person], since: datetime, until: datetime) -> list[Figures]:
    """One row a person, in their order."""
    ids = [person.id for person in people]
    made = Span(ProgressReport.person_id, ProgressReport.at, since, until)
    gone = Span(Visit.person_id, Visit.started_at, since, until)
    asked = Span(SupportRequest.reporter_id, SupportRequest.at, since, until)
    reports = await _counted(tx, made, ids, ProgressReport.undone_at.is_(None))
    visits = await _counted(tx, gone, ids, Visit.state.in_(("verified", "incomplete")))
    unverified = await _counted(tx, gone, ids, Visit.state == "incomplete")
    requests = await _counted(tx, asked, ids, SupportRequest.state != "withdrawn")
    return [
        Figures(one, reports.get(one.id, 0), visits.get(one.id, 0), unverified.get(one.id, 0), requests.get(one.id, 0))
        for one in people
    ]


async def late_requests(tx: AsyncSession, people: list[Person], now: datetime) -> int:
    """Support requests of these people that wait beyond their time."""
    query = (
        select(func.count())
        .select_from(FlowStep)
        .join(FlowInstance, FlowInstance.id == FlowStep.instance_id)
        .where(
            FlowInstance.flow == "support",
            FlowInstance.reporter_id.in_([person.id for person in people]),
            FlowStep.state == "open",
            FlowStep.due_at <= now,
        )
    )
    return (await tx.scalars(query)).one()


async def _counted(tx: AsyncSession, span: Span, ids: list[int], *where: ColumnElement[bool]) -> dict[int, int]:
    conditions = (span.whose.in_(ids), span.when >= span.since, span.when < span.until, *where)
    query = select(span.whose, func.count()).where(*conditions).group_by(span.whose)
    return dict((await tx.execute(query)).all())
