"""A customer's file: its people and their changes, competitors' moves, policies. Callers come through the one door."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from rules.key_people import LEFT, NEW_TITLE, TOOK_OVER
from storage.tables import CompetitorMove, Contact, ContactChange, PolicyEffect

Row = TypeVar("Row", ContactChange, CompetitorMove, PolicyEffect)
Entry = ContactChange | CompetitorMove | PolicyEffect

KINDS: dict[type[ContactChange | CompetitorMove | PolicyEffect], str] = {
    ContactChange: "contact_change",
    CompetitorMove: "competitor_move",
    PolicyEffect: "policy_effect",
}
"""How events and rules call each kind of row."""


async def keep(tx: AsyncSession, row: Entry) -> None:
    tx.add(row)
    await tx.flush()


async def changes(tx: AsyncSession, customer_id: int) -> list[ContactChange]:
    """Of the key people, the newest first."""
    return await _newest(tx, ContactChange, [customer_id], None)


async def moves(
    tx: AsyncSession, customer_ids: Sequence[int], limit: int | None = None, *, competitor: str = ""
) -> list[CompetitorMove]:
    """Competitors' moves at these customers, the newest first."""
    return await _newest(tx, CompetitorMove, customer_ids, limit, competitor)


async def policies(tx: AsyncSession, customer_ids: Sequence[int], limit: int | None = None) -> list[PolicyEffect]:
    return await _newest(tx, PolicyEffect, customer_ids, limit)


async def in_charge(tx: AsyncSession, customer_id: int) -> set[int]:
    """Contacts who have taken over, by the newest change of hands."""
    for one in await changes(tx, customer_id):
        if one.kind == TOOK_OVER:
            return {one.contact_id}
    return set()


async def from_source(tx: AsyncSession, kind: str, ids: Iterable[int]) -> list[Entry]:
    """Everything standing that these records brought, in the order it was said."""
    wanted = list(ids)
    return [
        *await _of(tx, ContactChange, kind, wanted),
        *await _of(tx, CompetitorMove, kind, wanted),
        *await _of(tx, PolicyEffect, kind, wanted),
    ]


async def _of(tx: AsyncSession, table: type[Row], kind: str, ids: list[int]) -> list[Row]:
    query = select(table).where(table.source_kind == kind, table.source_id.in_(ids), table.undone_at.is_(None))
    return list((await tx.scalars(query.order_by(table.id))).all())


async def take_back(tx: AsyncSession, rows: Iterable[Entry], now: datetime) -> None:
    """Marks the rows undone, and makes the contacts what they were before."""
    for row in sorted(rows, key=lambda one: one.id, reverse=True):
        row.undone_at = now
        if isinstance(row, ContactChange):
            await _restore(tx, row, now)
    await tx.flush()


async def forget(tx: AsyncSession, contact: Contact, now: datetime) -> None:
    """What was told of a contact who is none is told no more."""
    query = select(ContactChange).where(ContactChange.contact_id == contact.id, ContactChange.undone_at.is_(None))
    for row in (await tx.scalars(query)).all():
        row.undone_at = now
    await tx.flush()


async def _restore(tx: AsyncSession, row: ContactChange, now: datetime) -> None:
    """What a later report has changed since stays as it is."""
    contact = await tx.get_one(Contact, row.contact_id)
    if row.kind == LEFT and contact.left_at == row.at:
        contact.left_at = None
    if row.kind == NEW_TITLE and contact.title == row.after:
        contact.title = row.before
    if await _nobody_tells_of(tx, row.contact_id):
        contact.undone_at = now


async def _nobody_tells_of(tx: AsyncSession, contact_id: int) -> bool:
    """Whether the contact was told of by reports only, and all of them are undone."""
    query = select(ContactChange).where(ContactChange.contact_id == contact_id)
    every = list((await tx.scalars(query)).all())
    return any(one.made for one in every) and all(one.undone_at is not None for one in every)


async def _newest(
    tx: AsyncSession, table: type[Row], customer_ids: Sequence[int], limit: int | None, competitor: str = ""
) -> list[Row]:
    query = select(table).where(table.customer_id.in_(customer_ids), table.undone_at.is_(None))
    if competitor:
        query = query.where(CompetitorMove.competitor == competitor)
    query = query.order_by(table.at.desc(), table.id.desc())
    return list((await tx.scalars(query.limit(limit) if limit else query)).all())
