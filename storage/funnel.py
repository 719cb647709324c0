"""Opportunities as they move through their stages, and the stalls that are open about them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import FlowInstance, Opportunity, StageChange


async def of_customer(tx: AsyncSession, customer_id: int) -> list[Opportunity]:
    """Every opportunity of a customer, whatever became of it."""
    query = select(Opportunity).where(Opportunity.customer_id == customer_id).order_by(Opportunity.id)
    return list((await tx.scalars(query)).all())


async def open_flows(tx: AsyncSession, flow: str, opportunity_ids: list[int]) -> list[FlowInstance]:
    query = select(FlowInstance).where(
        FlowInstance.flow == flow,
        FlowInstance.about_kind == "opportunity",
        FlowInstance.about_id.in_(opportunity_ids),
        FlowInstance.state == "open",
    )
    return list((await tx.scalars(query.order_by(FlowInstance.id))).all())


async def move(tx: AsyncSession, one: Opportunity, stage: str, state: str, *, by: int, now: datetime) -> StageChange:
    """An opportunity enters a stage, or is won or lost in the one it is in."""
    change = StageChange(opportunity_id=one.id, before=one.stage, after=stage, at=now, person_id=by)
    one.stage, one.state, one.stage_since = stage, state, now
    tx.add(change)
    await tx.flush()
    return change
