"""Visits behind one door, and the photos they were proven with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import people
from storage.pictures import distance
from storage.tables import Attachment, Customer, Person, Visit

SAME_PICTURE = 5
"""Bits of 64 that may differ between two encodings of one picture."""

PHOTO_HISTORY = 5000
"""Newest pictures compared with a new one."""


async def visit_for(tx: AsyncSession, actor: Person, visit_id: int) -> Visit | None:
    """The one door to a visit: its rep, whoever stands above them, admins."""
    visit = await tx.get(Visit, visit_id)
    if visit is None or not (actor.admin or await people.oversees(tx, actor, visit.person_id)):
        return None
    return visit


async def under_way(tx: AsyncSession, person_id: int) -> Visit | None:
    """The visit a rep is on."""
    query = select(Visit).where(Visit.person_id == person_id, Visit.state == "open").order_by(Visit.id.desc())
    return (await tx.scalars(query.limit(1))).first()


async def incomplete(tx: AsyncSession, person_id: int, since: datetime) -> list[Visit]:
    """A rep's visits that still lack evidence, the newest first."""
    query = select(Visit).where(Visit.person_id == person_id, Visit.state == "incomplete", Visit.left_at >= since)
    return list((await tx.scalars(query.order_by(Visit.id.desc()))).all())


async def of_flow(tx: AsyncSession, flow_id: int) -> Visit | None:
    return (await tx.scalars(select(Visit).where(Visit.flow_id == flow_id))).first()


async def between(tx: AsyncSession, person_ids: list[int], since: datetime, until: datetime) -> list[Visit]:
    query = select(Visit).where(Visit.person_id.in_(person_ids), Visit.started_at >= since, Visit.started_at < until)
    return list((await tx.scalars(query.order_by(Visit.started_at))).all())


async def used_before(tx: AsyncSession, picture: Attachment, but: int) -> tuple[Visit, Customer] | None:
    """The earlier visit that was proven with this picture, or one nearly identical to it."""
    alike = await _alike(tx, picture)
    query = select(Visit, Customer).join(Customer, Customer.id == Visit.customer_id).where(Visit.id != but)
    for visit, customer in (await tx.execute(query.order_by(Visit.id.desc()).limit(PHOTO_HISTORY))).all():
        given = {key for value in visit.evidence.values() if isinstance(value, list) for key in value}
        if given & alike:
            return visit, customer
    return None


async def _alike(tx: AsyncSession, picture: Attachment) -> set[str]:
    alike = {picture.sha256}
    if picture.fingerprint:
        query = select(Attachment.sha256, Attachment.fingerprint).where(Attachment.fingerprint != "")
        rows = await tx.execute(query.order_by(Attachment.created_at.desc()).limit(PHOTO_HISTORY))
        alike |= {sha for sha, print_ in rows.all() if distance(print_, picture.fingerprint) <= SAME_PICTURE}
    return alike
