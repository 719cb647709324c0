"""Clocks that are running: what a change of limits or of the calendar leaves as it is."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.flows import LIVE
from storage.tables import FlowInstance, FlowStep


async def running(tx: AsyncSession, flow: str = "", step: str = "") -> int:
    """How many live steps have a time limit, of one flow and one step of it where named."""
    query = (
        select(func.count())
        .select_from(FlowStep)
        .join(FlowInstance, FlowInstance.id == FlowStep.instance_id)
        .where(FlowStep.state.in_(LIVE), FlowStep.due_at.is_not(None))
    )
    if flow:
        query = query.where(FlowInstance.flow == flow)
    if step:
        query = query.where(FlowStep.name == step)
    return (await tx.scalars(query)).one()
