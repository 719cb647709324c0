"""Rows for an Excel file, one query each: what a person may see is decided by the caller."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Customer, Person, ProgressReport, SupportRequest, Visit

Rows = list[tuple[Any, ...]]


async def progress(tx: AsyncSession, ids: Sequence[int] | None, since: datetime, until: datetime) -> Rows:
    """Reports of these people (None: everybody's) with person and customer, the oldest first."""
    query = select(ProgressReport, Person.name, Customer.name).join(Person, Person.id == ProgressReport.person_id)
    query = query.join(Customer, Customer.id == ProgressReport.customer_id).where(ProgressReport.undone_at.is_(None))
    query = query.where(ProgressReport.at >= since, ProgressReport.at < until).order_by(ProgressReport.at)
    return await _rows(tx, query, ProgressReport.person_id, ids)


async def visits(tx: AsyncSession, ids: Sequence[int] | None, since: datetime, until: datetime) -> Rows:
    query = select(Visit, Person.name, Customer.name).join(Person, Person.id == Visit.person_id)
    query = query.join(Customer, Customer.id == Visit.customer_id)
    query = query.where(Visit.started_at >= since, Visit.started_at < until).order_by(Visit.started_at)
    return await _rows(tx, query, Visit.person_id, ids)


async def support(tx: AsyncSession, ids: Sequence[int] | None, since: datetime, until: datetime) -> Rows:
    query = select(SupportRequest, Person.name, Customer.name).join(Person, Person.id == SupportRequest.reporter_id)
    query = query.join(Customer, Customer.id == SupportRequest.customer_id)
    query = query.where(SupportRequest.at >= since, SupportRequest.at < until).order_by(SupportRequest.at)
    return await _rows(tx, query, SupportRequest.reporter_id, ids)


async def _rows(tx: AsyncSession, query: Any, whose: Any, ids: Sequence[int] | None) -> Rows:
    if ids is not None:
        query = query.where(whose.in_(ids))
    return [tuple(row) for row in (await tx.execute(query)).all()]
