"""Flow instances and their steps."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from rules.flow_definition import FlowDef
from storage.tables import FlowInstance, FlowStep

LIVE = ("open", "paused")


async def instance(tx: AsyncSession, flow_id: int) -> FlowInstance:
    return await tx.get_one(FlowInstance, flow_id)


def definition(of: FlowInstance) -> FlowDef:
    """The definition this flow runs by: the snapshot it started with."""
    return FlowDef.from_dict(of.definition)


async def live_step(tx: AsyncSession, flow_id: int, name: str) -> FlowStep:
    """The step of this name that is open or paused."""
    query = select(FlowStep).where(FlowStep.instance_id == flow_id, FlowStep.name == name, FlowStep.state.in_(LIVE))
    return (await tx.scalars(query)).one()


async def newest_step(tx: AsyncSession, flow_id: int, name: str) -> FlowStep | None:
    query = select(FlowStep).where(FlowStep.instance_id == flow_id, FlowStep.name == name)
    return (await tx.scalars(query.order_by(FlowStep.id.desc()).limit(1))).first()


async def steps(tx: AsyncSession, flow_id: int) -> list[FlowStep]:
    return list((await tx.scalars(select(FlowStep).where(FlowStep.instance_id == flow_id).order_by(FlowStep.id))).all())


async def about(tx: AsyncSession, kind: str, subject_id: int, *, flow: str = "") -> list[FlowInstance]:
    """Open flows about one record."""
    query = select(FlowInstance).where(
        FlowInstance.about_kind == kind, FlowInstance.about_id == subject_id, FlowInstance.state == "open"
    )
    if flow:
        query = query.where(FlowInstance.flow == flow)
    return list((await tx.scalars(query.order_by(FlowInstance.id))).all())


async def waiting_for(tx: AsyncSession, person_id: int) -> list[tuple[FlowInstance, FlowStep]]:
    """Live steps this person owns, was told about, or has to add something to; the earliest due first."""
    query = select(FlowInstance, FlowStep).join(FlowStep, FlowStep.instance_id == FlowInstance.id)
    rows = (await tx.execute(query.where(FlowStep.state.in_(LIVE)).order_by(FlowStep.due_at, FlowStep.id))).all()
    return [(flow, step) for flow, step in rows if _concerns(flow, step, person_id)]


def _concerns(flow: FlowInstance, step: FlowStep, person_id: int) -> bool:
    if step.state == "paused":
        return flow.reporter_id == person_id
    return person_id in step.owner_ids or person_id in step.escalated_ids
