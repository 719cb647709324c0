"""What waits for one person's nod."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Draft


async def open_drafts(tx: AsyncSession, person_id: int, limit: int) -> list[Draft]:
    """Drafts that wait for a nod, the newest first."""
    query = select(Draft).where(Draft.person_id == person_id, Draft.state == "open")
    return list((await tx.scalars(query.order_by(Draft.id.desc()).limit(limit))).all())
