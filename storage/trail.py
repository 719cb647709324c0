"""The audit trail: events with who made them and what they were about."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Customer, Event, FlowInstance, Person


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events: of one person, or of kinds that are, one of these."""

    person_id: int | None = None
    kinds: tuple[str, ...] = ()


QUIET = ("flow.changed", "contact.made")
"""Kept for those who listen; each says again what another event has said."""


async def newest(tx: AsyncSession, wanted: Filter, limit: int) -> list[tuple[Event, Person | None]]:
    """The newest events first, with who made them."""
    query = select(Event, Person).outerjoin(Person, Person.id == Event.person_id).order_by(Event.id.desc())
    if wanted.person_id is not None:
        query = query.where(Event.person_id == wanted.person_id)
    shown = Event.kind.in_(wanted.kinds) if wanted.kinds else Event.kind.not_in(QUIET)
    query = query.where(shown)
    return [(event, person) for event, person in (await tx.execute(query.limit(limit))).all()]


async def subject(tx: AsyncSession, event: Event) -> str:
    """What an event was about, by name: the customer, the person, or what the flow's cards say; empty when nothing."""
    if event.subject_kind == "flow" and event.subject_id is not None:
        flow = await tx.get(FlowInstance, event.subject_id)
        return str(flow.context.get("subject", "")) if flow else ""
    if event.subject_kind == "person" and event.subject_id is not None:
        person = await tx.get(Person, event.subject_id)
        return person.name if person else ""
    customer_id = event.subject_id if event.subject_kind == "customer" else event.payload.get("customer")
    customer = await tx.get(Customer, customer_id) if isinstance(customer_id, int) else None
    return customer.name if customer else ""
