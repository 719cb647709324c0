"""Open steps whose clock has nothing left to ring: what the auditor looks for."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Deadline, FlowInstance, FlowStep

Moment = tuple[str, int]
"""What names a deadline within its step: its kind and its place (reminder 0, due 0, escalation 1 …)."""


async def silent_steps(tx: AsyncSession) -> list[tuple[FlowInstance, FlowStep]]:
    """Open steps of open flows without a single open deadline, whether or not they ought to have one."""
    armed = select(Deadline.id).where(
        Deadline.subject_kind == "step", Deadline.subject_id == FlowStep.id, Deadline.state == "open"
    )
    query = (
        select(FlowInstance, FlowStep)
        .join(FlowStep, FlowStep.instance_id == FlowInstance.id)
        .where(FlowInstance.state == "open", FlowStep.state == "open", ~armed.exists())
        .order_by(FlowStep.id)
    )
    return [(flow, step) for flow, step in (await tx.execute(query)).all()]


async def rung(tx: AsyncSession, step_id: int) -> set[Moment]:
    """What has been done for a step, or was tried and given up (an admin has been told of that already)."""
    query = select(Deadline.payload).where(
        Deadline.subject_kind == "step", Deadline.subject_id == step_id, Deadline.state.in_(("fired", "failed"))
    )
    return {(payload["kind"], payload["index"]) for payload in (await tx.scalars(query)).all()}
