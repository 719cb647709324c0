"""Domain events: every state change as a row. The audit trail is these rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Event


async def append(tx: AsyncSession, event: Event) -> Event:
    tx.add(event)
    await tx.flush()
    return event


def event(
    kind: str,
    subject: tuple[str, int | None],
    *,
    at: datetime,
    person_id: int | None = None,
    payload: dict[str, Any] | None = None,
    cause: str = "",
) -> Event:
    """An event, not yet written. `subject` is (kind, id), e.g. ("visit", 4)."""
    return Event(
        kind=kind,
        subject_kind=subject[0],
        subject_id=subject[1],
        person_id=person_id,
        at=at,
        payload=payload or {},
        cause=cause,
    )


async def about(tx: AsyncSession, subject_kind: str, subject_id: int) -> list[Event]:
    query = select(Event).where(Event.subject_kind == subject_kind, Event.subject_id == subject_id)
    return list((await tx.scalars(query.order_by(Event.id))).all())


async def newest(
    tx: AsyncSession, *, limit: int = 20, kinds: tuple[str, ...] = (), person_id: int | None = None
) -> list[Event]:
    """The newest events first, of some kinds or of one person where asked."""
    query = select(Event).order_by(Event.id.desc()).limit(limit)
    if kinds:
        query = query.where(Event.kind.in_(kinds))
    if person_id is not None:
        query = query.where(Event.person_id == person_id)
    return list((await tx.scalars(query)).all())
