"""Versions of what an admin may change: forms, flows, rules, settings. The newest version holds; none is ever edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Definition


@dataclass(frozen=True, slots=True)
class Change:
    """A new version to write: what kind of thing, which one, its whole new body, by whom and why."""

    kind: str
    name: str
    body: Any
    person_id: int | None
    note: str = ""


async def newest(tx: AsyncSession, kind: str, name: str) -> Definition | None:
    query = (
        select(Definition).where(Definition.kind == kind, Definition.name == name).order_by(Definition.version.desc())
    )
    return (await tx.scalars(query.limit(1))).first()


async def version(tx: AsyncSession, kind: str, name: str, number: int) -> Definition | None:
    query = select(Definition).where(Definition.kind == kind, Definition.name == name, Definition.version == number)
    return (await tx.scalars(query)).first()


async def all_newest(tx: AsyncSession, kind: str) -> list[Definition]:
    """The holding version of each thing of a kind."""
    last = select(func.max(Definition.id)).where(Definition.kind == kind).group_by(Definition.name)
    return list((await tx.scalars(select(Definition).where(Definition.id.in_(last)).order_by(Definition.name))).all())


async def write(tx: AsyncSession, change: Change, now: datetime) -> Definition:
    """The next version. A concurrent writer of the same version loses by the unique index."""
    last = await newest(tx, change.kind, change.name)
    row = Definition(
        kind=change.kind,
        name=change.name,
        version=(last.version if last else 0) + 1,
        body=change.body,
        person_id=change.person_id,
        at=now,
        note=change.note,
    )
    tx.add(row)
    await tx.flush()
    return row


async def fingerprint(tx: AsyncSession) -> int:
    """Grows with every change; a cache keyed by it is never stale."""
    return (await tx.scalars(select(func.coalesce(func.max(Definition.id), 0)))).one()
