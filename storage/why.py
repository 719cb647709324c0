"""Pushes that have a reason to tell."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Outbox

LOOKED_AT = 200
"""Newest pushes searched; older ones nobody asks about."""


async def with_reason(tx: AsyncSession, person_id: int) -> list[Outbox]:
    """A person's pushes that say why they were sent, the newest first; answers to commands say nothing."""
    query = select(Outbox).where(Outbox.person_id == person_id, Outbox.kind != "update")
    rows = (await tx.scalars(query.order_by(Outbox.id.desc()).limit(LOOKED_AT))).all()
    return [row for row in rows if row.why]
