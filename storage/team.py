"""A team's figures: who has recorded how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Event, Identity, Inbox, Person, ProgressReport, SupportRequest, Visit


@dataclass(frozen=True, slots=True)
class Figures:
    """What one person has done in a period; visits count when their evidence is complete."""

    reports: int = 0
    visits: int = 0


async def figures(tx: AsyncSession, ids: Sequence[int], since: datetime, until: datetime) -> dict[int, Figures]:
    """Reports filed and visits verified by each of these people from `since` up to `until`."""
    reports = (
        select(ProgressReport.person_id, func.count())
        .where(ProgressReport.person_id.in_(ids), ProgressReport.undone_at.is_(None))
        .where(ProgressReport.at >= since, ProgressReport.at < until)
    )
    visits = (
        select(Visit.person_id, func.count())
        .where(Visit.person_id.in_(ids), Visit.state == "verified")
        .where(Visit.started_at >= since, Visit.started_at < until)
    )
    filed, seen = await _counts(tx, reports, ProgressReport.person_id), await _counts(tx, visits, Visit.person_id)
    return {one: Figures(filed.get(one, 0), seen.get(one, 0)) for one in ids}


async def waiting_requests(tx: AsyncSession, ids: Sequence[int]) -> dict[int, int]:
    """Support requests of each of these people that nobody has answered yet."""
    query = select(SupportRequest.reporter_id, func.count()).where(
        SupportRequest.reporter_id.in_(ids), SupportRequest.state.in_(("open", "paused"))
    )
    return await _counts(tx, query, SupportRequest.reporter_id)


async def stranger(tx: AsyncSession, user: str) -> Inbox | None:
    """The newest message of somebody the bot does not know, by their account on the platform."""
    query = select(Event).where(Event.kind == "stranger").order_by(Event.id.desc()).limit(500)
    for event in (await tx.scalars(query)).all():
        if event.payload.get("user") == user and event.subject_id is not None:
            return await tx.get(Inbox, event.subject_id)
    return None


async def add_person(tx: AsyncSession, person: Person) -> Person:
    tx.add(person)
    await tx.flush()
    return person


async def add_identity(tx: AsyncSession, identity: Identity) -> None:
    tx.add(identity)
    await tx.flush()


async def called(tx: AsyncSession, name: str) -> list[Person]:
    """People of exactly this name, those who have left too."""
    return list((await tx.scalars(select(Person).where(Person.name == name).order_by(Person.id))).all())


async def _counts(tx: AsyncSession, query: Any, group: Any) -> dict[int, int]:
    return {row[0]: row[1] for row in (await tx.execute(query.group_by(group))).all()}
