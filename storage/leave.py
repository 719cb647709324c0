"""Leave: who is away when, and who stands in for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Leave


@dataclass(frozen=True, slots=True)
class Away:
    """Days to be away, both ends included."""

    person_id: int
    first: date
    last: date
    substitute_id: int | None


async def overlapping(tx: AsyncSession, person_id: int, first: date, last: date) -> Leave | None:
    """A leave of this person that touches these days."""
    query = select(Leave).where(Leave.person_id == person_id, Leave.first <= last, Leave.last >= first)
    return (await tx.scalars(query.order_by(Leave.first))).first()


async def stood_in_for(tx: AsyncSession, substitute_id: int, first: date, last: date) -> list[Leave]:
    """Leaves during these days in which this person is the substitute."""
    query = select(Leave).where(Leave.substitute_id == substitute_id, Leave.first <= last, Leave.last >= first)
    return list((await tx.scalars(query.order_by(Leave.first))).all())


async def take(tx: AsyncSession, away: Away) -> Leave:
    row = Leave(person_id=away.person_id, first=away.first, last=away.last, substitute_id=away.substitute_id)
    tx.add(row)
    await tx.flush()
    return row


async def end(tx: AsyncSession, leave: Leave, today: date) -> None:
    """From today on the person is back: a leave under way ends yesterday, a coming one never was."""
    if leave.first < today:
        leave.last = today - timedelta(days=1)
    else:
        await tx.delete(leave)
