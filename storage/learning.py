"""Names learnt from corrections: kept beside the entered ones, and told apart from them by their kind."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import CustomerAlias

HEARD = "heard"


async def remember(tx: AsyncSession, customer_id: int, heard: str) -> None:
    """From now on these words mean the customer."""
    tx.add(CustomerAlias(customer_id=customer_id, alias=heard, kind=HEARD))
    await tx.flush()


async def forget(tx: AsyncSession, customer_id: int, heard: str) -> bool:
    """Takes a learnt name back, and no entered one; whether there was one."""
    query = select(CustomerAlias).where(
        CustomerAlias.customer_id == customer_id, CustomerAlias.alias == heard, CustomerAlias.kind == HEARD
    )
    found = (await tx.scalars(query)).first()
    if found is None:
        return False
    await tx.delete(found)
    await tx.flush()
    return True
