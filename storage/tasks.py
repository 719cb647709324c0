"""Tasks: what a person has to do by when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Customer, Task


async def task_for(tx: AsyncSession, person_id: int, task_id: int) -> Task | None:
    """A task, if it is this person's."""
    task = await tx.get(Task, task_id)
    return task if task is not None and task.person_id == person_id else None


async def due_before(tx: AsyncSession, person_id: int, until: datetime) -> list[tuple[Task, Customer | None]]:
    """Open tasks due before a moment, the earliest first, with the customer each is about."""
    query = (
        select(Task, Customer)
        .outerjoin(Customer, Customer.id == Task.customer_id)
        .where(Task.person_id == person_id, Task.state == "open", Task.due_at < until)
        .order_by(Task.due_at, Task.id)
    )
    return [(task, customer) for task, customer in (await tx.execute(query)).all()]


async def open_about(tx: AsyncSession, person_id: int, customer_id: int) -> list[Task]:
    query = select(Task).where(Task.person_id == person_id, Task.customer_id == customer_id, Task.state == "open")
    return list((await tx.scalars(query.order_by(Task.due_at))).all())


async def from_origin(tx: AsyncSession, kind: str, origin_id: int) -> list[Task]:
    query = select(Task).where(Task.origin_kind == kind, Task.origin_id == origin_id)
    return list((await tx.scalars(query)).all())
