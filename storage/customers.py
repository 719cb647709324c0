"""Customers behind one door: who may see which, and which one a name means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import people
from storage.tables import Competitor, Contact, Customer, CustomerAlias, Interaction, Opportunity, Person, Product


@dataclass(frozen=True, slots=True)
class Touched:
    """A customer with the moment of the last contact, None when there was none."""

    customer: Customer
    last_contact: datetime | None


async def customer_for(tx: AsyncSession, actor: Person, customer_id: int) -> Customer | None:
    """The one door to a customer: None when there is none that this person may see."""
    customer = await tx.get(Customer, customer_id)
    if customer is None or not await may_see(tx, actor, customer):
        return None
    return customer


async def may_see(tx: AsyncSession, actor: Person, customer: Customer) -> bool:
    """Its owner, whoever stands above the owner, and admins; one without an owner is everybody's."""
    return actor.admin or await people.oversees(tx, actor, customer.owner_id)


async def visible(tx: AsyncSession, actor: Person) -> list[Customer]:
    """Every customer this person may see: their own, those of the people below, all for an admin."""
    query = select(Customer).order_by(Customer.name)
    if not actor.admin:
        owners = [actor.id, *(person.id for person in await people.below(tx, actor))]
        query = query.where(Customer.owner_id.in_(owners) | Customer.owner_id.is_(None))
    return list((await tx.scalars(query)).all())


async def everything(tx: AsyncSession) -> list[Customer]:
    return list((await tx.scalars(select(Customer).order_by(Customer.id))).all())


async def owned(tx: AsyncSession, owner_id: int) -> list[Touched]:
    """A person's own customers, the longest untouched first."""
    newest = (
        select(Interaction.customer_id, func.max(Interaction.at).label("at"))
        .where(Interaction.undone_at.is_(None))
        .group_by(Interaction.customer_id)
        .subquery()
    )
    query = (
        select(Customer, newest.c.at)
        .outerjoin(newest, newest.c.customer_id == Customer.id)
        .where(Customer.owner_id == owner_id)
        .order_by(newest.c.at.is_not(None), newest.c.at, Customer.id)
    )
    return [Touched(customer, at) for customer, at in (await tx.execute(query)).all()]


async def last_contact_of(tx: AsyncSession, customer_id: int) -> datetime | None:
    query = select(func.max(Interaction.at)).where(
        Interaction.customer_id == customer_id, Interaction.undone_at.is_(None)
    )
    return (await tx.scalars(query)).one()


async def by_name(tx: AsyncSession, name: str) -> Customer | None:
    """The customer of exactly this name or alias."""
    found = (await tx.scalars(select(Customer).where(Customer.name == name))).first()
    if found is not None:
        return found
    query = select(Customer).join(CustomerAlias).where(CustomerAlias.alias == name)
    return (await tx.scalars(query)).first()


async def aliases(tx: AsyncSession) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for row in (await tx.scalars(select(CustomerAlias).order_by(CustomerAlias.id))).all():
        found.setdefault(row.customer_id, []).append(row.alias)
    return found


async def contacts(tx: AsyncSession, customer_id: int | None = None) -> list[Contact]:
    """Everybody on file, also who has left."""
    query = select(Contact).where(Contact.undone_at.is_(None)).order_by(Contact.id)
    if customer_id is not None:
        query = query.where(Contact.customer_id == customer_id)
    return list((await tx.scalars(query)).all())


async def competitors(tx: AsyncSession) -> list[str]:
    return list((await tx.scalars(select(Competitor.name).order_by(Competitor.id))).all())


async def products(tx: AsyncSession) -> list[str]:
    return list((await tx.scalars(select(Product.name).order_by(Product.id))).all())


async def open_opportunities(tx: AsyncSession, customer_id: int) -> list[Opportunity]:
    query = select(Opportunity).where(Opportunity.customer_id == customer_id, Opportunity.state == "open")
    return list((await tx.scalars(query.order_by(Opportunity.id))).all())


async def recent(tx: AsyncSession, customer_id: int, limit: int = 5) -> list[Interaction]:
    """The newest contacts first."""
    query = select(Interaction).where(Interaction.customer_id == customer_id, Interaction.undone_at.is_(None))
    return list((await tx.scalars(query.order_by(Interaction.at.desc(), Interaction.id.desc()).limit(limit))).all())


async def lexicon_mark(tx: AsyncSession) -> tuple[int, ...]:
    """Changes whenever a name is added; a cache keyed by it is never stale for long."""
    marks = [
        select(func.coalesce(func.max(table.id), 0) + func.count(table.id))
        for table in (Customer, CustomerAlias, Contact, Competitor, Product)
    ]
    marks.append(select(func.count(Contact.undone_at)))
    return tuple([(await tx.scalars(mark)).one() for mark in marks])


async def owners_of(tx: AsyncSession, customer_ids: list[int]) -> dict[int, Person]:
    """Who owns each of these customers; one without an owner is left out."""
    query = select(Customer.id, Person).join(Person, Person.id == Customer.owner_id)
    query = query.where(Customer.id.in_(customer_ids))
    return dict((await tx.execute(query)).all())


async def last_contacts(tx: AsyncSession, customer_ids: list[int]) -> dict[int, datetime]:
    """The newest contact of each of these customers that had one."""
    query = (
        select(Interaction.customer_id, func.max(Interaction.at))
        .where(Interaction.customer_id.in_(customer_ids), Interaction.undone_at.is_(None))
        .group_by(Interaction.customer_id)
    )
    return dict((await tx.execute(query)).all())


async def create(tx: AsyncSession, customer: Customer) -> Customer:
    """Keeps a new customer. The name must be free; the unique index has the last word."""
    tx.add(customer)
    await tx.flush()
    return customer


async def call_also(tx: AsyncSession, customer: Customer, alias: str) -> None:
    tx.add(CustomerAlias(customer_id=customer.id, alias=alias))
    await tx.flush()


async def hand_over(tx: AsyncSession, customer: Customer, owner: Person) -> int:
    """The customer and what is being sold to it get a new owner; gives how many open opportunities moved along."""
    customer.owner_id = owner.id
    moved = await open_opportunities(tx, customer.id)
    for opportunity in moved:
        opportunity.owner_id = owner.id
    await tx.flush()
    return len(moved)
