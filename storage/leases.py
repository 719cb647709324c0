"""Leases: what only one process at a time may do, held for a while and renewed. Every change is one statement."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Lease

NOBODY = ""
"""The holder of a lease that was given back."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A run of the program: its random id, and what tells whether its process still lives."""

    holder: str
    host: str
    pid: int
    machine: str
    birth: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A lease as its holder was given it."""

    fence: int
    until: datetime


async def acquire(
    tx: AsyncSession, name: str, holder: Holder, now: datetime, ttl: timedelta, *, over: int | None = None
) -> Grant | None:
    """Takes a lease that is free, lapsed, or ours already; None when somebody holds it.

    `over` is the fence of a holder whose process is known to be dead: there is nothing to wait for.
    """
    insert = sqlite_insert if tx.get_bind().dialect.name == "sqlite" else pg_insert
    fields = {**asdict(holder), "since": now, "until": now + ttl}
    free = [Lease.until <= now, Lease.holder.in_((NOBODY, holder.holder))]
    if over is not None:
        free.append(Lease.fence == over)
    taking = insert(Lease).values(name=name, fence=1, **fields)
    taking = taking.on_conflict_do_update(
        index_elements=[Lease.name], set_={**fields, "fence": Lease.fence + 1}, where=or_(*free)
    )
    taken = (await tx.execute(taking.returning(Lease.fence, Lease.until))).first()
    return Grant(taken[0], taken[1]) if taken else None


async def renew(tx: AsyncSession, name: str, holder: Holder, grant: Grant, until: datetime) -> bool:
    """Holds a lease for longer. False: it is another's by now. One that lapsed unnoticed by anybody is still ours."""
    ours = update(Lease).where(Lease.name == name, Lease.holder == holder.holder, Lease.fence == grant.fence)
    return bool((await tx.execute(ours.values(until=until))).rowcount == 1)  # type: ignore[attr-defined]  # CursorResult for DML


async def release(tx: AsyncSession, name: str, holder: Holder, grant: Grant, now: datetime) -> None:
    """Gives a lease back, so that the next one need not wait; nothing when it is another's."""
    ours = update(Lease).where(Lease.name == name, Lease.holder == holder.holder, Lease.fence == grant.fence)
    await tx.execute(ours.values(holder=NOBODY, until=now))


async def held(tx: AsyncSession, name: str) -> Lease | None:
    """The lease with whoever holds it, or held it last."""
    return await tx.get(Lease, name, populate_existing=True)


async def all_held(tx: AsyncSession, now: datetime) -> dict[str, Lease]:
    """Every lease that somebody holds now."""
    living = select(Lease).where(Lease.holder != NOBODY, Lease.until > now)
    return {lease.name: lease for lease in (await tx.scalars(living)).all()}
