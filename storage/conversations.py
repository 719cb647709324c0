"""Where a dialogue with a person stands; one per person, whichever platform they speak from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Conversation


async def state(tx: AsyncSession, person_id: int) -> dict[str, Any]:
    """The dialogue's state; empty when none is going on."""
    row = await tx.get(Conversation, person_id)
    return dict(row.state) if row else {}


async def keep(tx: AsyncSession, person_id: int, new: dict[str, Any], now: datetime) -> None:
    """Sets the state; an empty one ends the dialogue."""
    row = await tx.get(Conversation, person_id)
    if row is None:
        tx.add(Conversation(person_id=person_id, state=new, at=now))
    else:
        row.state, row.at = new, now
