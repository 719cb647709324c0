"""Support requests behind one door."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import people
from storage.tables import Person, SupportRequest


async def request_for(tx: AsyncSession, actor: Person, request_id: int) -> SupportRequest | None:
    """A request its reporter, whoever stands above them, or an admin may see; None otherwise."""
    request = await tx.get(SupportRequest, request_id)
    if request is None or not (actor.admin or await people.oversees(tx, actor, request.reporter_id)):
        return None
    return request


async def of_flow(tx: AsyncSession, flow_id: int) -> SupportRequest | None:
    return (await tx.scalars(select(SupportRequest).where(SupportRequest.flow_id == flow_id))).first()


async def of_report(tx: AsyncSession, report_id: int) -> SupportRequest | None:
    return (await tx.scalars(select(SupportRequest).where(SupportRequest.report_id == report_id))).first()


async def of_reporter(tx: AsyncSession, person_id: int, limit: int = 10) -> list[SupportRequest]:
    """The newest first."""
    query = select(SupportRequest).where(SupportRequest.reporter_id == person_id).order_by(SupportRequest.id.desc())
    return list((await tx.scalars(query.limit(limit))).all())
