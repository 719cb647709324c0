"""What stands still: parked messages, failed pushes, deadlines given up; and putting them back in line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import inbox, outbox
from storage.flows import LIVE
from storage.tables import Deadline, FlowStep, Outbox

LATE = timedelta(seconds=5)
"""A deadline may fire this much after its moment; the promise of the product."""

RECENT = 500
"""Newest deliveries looked at for the last one of each platform."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Counts of what waits and of what has stopped; `age` is that of the oldest waiting message."""

    messages: int
    age: timedelta
    parked: int
    pushes: int
    failed_pushes: int
    late_deadlines: int
    failed_deadlines: int


@dataclass(frozen=True, slots=True)
class Retried:
    mailboxes: tuple[str, ...]
    pushes: int
    deadlines: int


async def backlog(tx: AsyncSession, now: datetime) -> Backlog:
    messages, age = await inbox.backlog(tx, now)
    late = select(func.count()).where(Deadline.state == "open", Deadline.at < now - LATE)
    due = select(func.count()).where(Outbox.state == "pending", Outbox.not_before <= now - LATE)
    states = await outbox.counts(tx)
    return Backlog(
        messages=messages,
        age=age,
        parked=len(await inbox.parked(tx)),
        pushes=(await tx.scalars(due)).one(),
        failed_pushes=states.get("failed", 0),
        late_deadlines=(await tx.scalars(late)).one(),
        failed_deadlines=len(await failed_deadlines(tx)),
    )


async def failed_deadlines(tx: AsyncSession) -> list[Deadline]:
    return list((await tx.scalars(select(Deadline).where(Deadline.state == "failed").order_by(Deadline.id))).all())


async def last_deliveries(tx: AsyncSession) -> dict[str, datetime]:
    """When something last reached each platform."""
    query = select(Outbox).where(Outbox.state == "sent").order_by(Outbox.id.desc()).limit(RECENT)
    found: dict[str, datetime] = {}
    for row in (await tx.scalars(query)).all():
        platform = str((row.sent_to or {}).get("platform", ""))
        if row.sent_at is not None:
            found[platform] = max(row.sent_at, found.get(platform, row.sent_at))
    return found


async def retry(tx: AsyncSession, now: datetime) -> Retried:
    """Puts everything that has stopped back in line."""
    mailboxes = [mailbox for row in await inbox.parked(tx) if (mailbox := await inbox.unpark(tx, row.id)) is not None]
    pushes = await outbox.retry_failed(tx, now)
    return Retried(tuple(dict.fromkeys(mailboxes)), pushes, await _reopen(tx, await failed_deadlines(tx), now))


async def _reopen(tx: AsyncSession, rows: Sequence[Deadline], now: datetime) -> int:
    """Deadlines of steps that are over by now stay closed; a job takes the place of its next occurrence."""
    count = 0
    for row in rows:
        step = await tx.get(FlowStep, row.subject_id) if row.subject_kind == "step" and row.subject_id else None
        if step is not None and step.state not in LIVE:
            row.state = "cancelled"
            continue
        if row.kind == "job":
            await _cancel_next(tx, row)
        row.state, row.attempts, row.at = "open", 0, now
        count += 1
    await tx.flush()
    return count


async def _cancel_next(tx: AsyncSession, job: Deadline) -> None:
    """Running a job sets its next occurrence, so the one that is set already has to go."""
    for row in (await tx.scalars(select(Deadline).where(Deadline.kind == "job", Deadline.state == "open"))).all():
        if row.payload.get("key") == job.payload.get("key"):
            row.state = "cancelled"
