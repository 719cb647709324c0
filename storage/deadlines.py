"""Moments at which something must happen once. Rows, so that neither a crash nor a restart loses one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Deadline


@dataclass(frozen=True, slots=True)
class Alarm:
    """A deadline to set. `key` makes it the same one when it is set again."""

    key: str
    kind: str
    at: datetime
    subject_kind: str = ""
    subject_id: int | None = None
    payload: dict[str, Any] = field(default_factory=dict)


async def arm(tx: AsyncSession, alarm: Alarm) -> bool:
    """Sets a deadline; False when one with this key exists, in whatever state."""
    if (await tx.scalars(select(Deadline.id).where(Deadline.key == alarm.key))).first() is not None:
        return False
    fields = ("key", "kind", "at", "subject_kind", "subject_id", "payload")
    tx.add(Deadline(**{name: getattr(alarm, name) for name in fields}))
    await tx.flush()
    return True


async def due(tx: AsyncSession, now: datetime, limit: int = 100) -> list[Deadline]:
    """Open deadlines whose moment has come, earliest first."""
    query = select(Deadline).where(Deadline.state == "open", Deadline.at <= now)
    return list((await tx.scalars(query.order_by(Deadline.at, Deadline.id).limit(limit))).all())


async def next_at(tx: AsyncSession) -> datetime | None:
    return (await tx.scalars(select(func.min(Deadline.at)).where(Deadline.state == "open"))).one()


async def fire(tx: AsyncSession, deadline_id: int, now: datetime) -> bool:
    """Marks a deadline fired, in the transaction of what it causes. False: it was cancelled or fired meanwhile."""
    done = (
        update(Deadline).where(Deadline.id == deadline_id, Deadline.state == "open").values(state="fired", fired_at=now)
    )
    return bool((await tx.execute(done)).rowcount == 1)  # type: ignore[attr-defined]  # CursorResult for DML


async def failed(tx: AsyncSession, deadline_id: int, *, error: str, retry_at: datetime | None) -> None:
    """What the deadline causes raised: tried again at `retry_at`, or given up and kept as failed when None."""
    row = await tx.get_one(Deadline, deadline_id)
    row.attempts += 1
    row.error = error[:2000]
    if retry_at is None:
        row.state = "failed"
    else:
        row.at = retry_at


async def cancel(tx: AsyncSession, subject_kind: str, subject_id: int, kinds: tuple[str, ...] = ()) -> int:
    """Cancels what is still open for a subject; gives how many."""
    query = update(Deadline).where(
        Deadline.subject_kind == subject_kind, Deadline.subject_id == subject_id, Deadline.state == "open"
    )
    if kinds:
        query = query.where(Deadline.kind.in_(kinds))
    return int((await tx.execute(query.values(state="cancelled"))).rowcount)  # type: ignore[attr-defined]  # CursorResult for DML


async def open_for(tx: AsyncSession, subject_kind: str, subject_id: int) -> list[Deadline]:
    query = select(Deadline).where(
        Deadline.subject_kind == subject_kind, Deadline.subject_id == subject_id, Deadline.state == "open"
    )
    return list((await tx.scalars(query.order_by(Deadline.at))).all())


async def open_of_kind(tx: AsyncSession, kind: str) -> list[Deadline]:
    query = select(Deadline).where(Deadline.kind == kind, Deadline.state == "open")
    return list((await tx.scalars(query.order_by(Deadline.at))).all())


async def last_id(tx: AsyncSession) -> int:
    """Grows with every deadline; part of the key where the same moment may be armed, cancelled and armed again."""
    return (await tx.scalars(select(func.coalesce(func.max(Deadline.id), 0)))).one()


async def fired_for(tx: AsyncSession, subject_kind: str, subject_id: int) -> list[Deadline]:
    query = select(Deadline).where(
        Deadline.subject_kind == subject_kind, Deadline.subject_id == subject_id, Deadline.state == "fired"
    )
    return list((await tx.scalars(query.order_by(Deadline.id))).all())
