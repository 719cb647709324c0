"""A customer's rows as its file and the lists say them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.context import Context
from cards.customers import File, Record, Row
from cards.texts import say
from handlers.file_views import latest_moves, latest_policies, post_of
from storage import customers, people
from storage.tables import Contact, Customer, Interaction

RECORDS = 3


async def file_of(ctx: Context, customer: Customer) -> File:
    """Everything of a customer's file. The caller has come through the door."""
    owner = await people.person(ctx.tx, customer.owner_id) if customer.owner_id else None
    last = await customers.last_contact_of(ctx.tx, customer.id)
    sold = await customers.open_opportunities(ctx.tx, customer.id)
    known = await customers.contacts(ctx.tx, customer.id)
    return File(
        name=customer.name,
        level=customer.level,
        owner=owner.name if owner else "",
        stage="、".join(dict.fromkeys(one.stage for one in sold)),
        last=ctx.moment(last) if last else "",
        aliases=(await customers.aliases(ctx.tx)).get(customer.id, []),
        contacts=[_contact(one) for one in known],
        records=[await _record(ctx, one) for one in await customers.recent(ctx.tx, customer.id, RECORDS)],
        moves=await latest_moves(ctx, customer.id),
        policies=await latest_policies(ctx, customer.id),
    )


def _contact(one: Contact) -> str:
    gone = say("customers.gone") if one.left_at else ""
    return " ".join(part for part in (one.name, post_of(one), one.phone, gone) if part)


async def rows_of(ctx: Context, wanted: Sequence[Customer]) -> list[Row]:
    """Customers for a list, whoever has waited longest first."""
    ids = [customer.id for customer in wanted]
    owners, contacts = await customers.owners_of(ctx.tx, ids), await customers.last_contacts(ctx.tx, ids)
    return [
        Row(
            name=one.name,
            level=one.level,
            owner=owners[one.id].name if one.id in owners else "",
            last=ctx.moment(contacts[one.id]) if one.id in contacts else "",
        )
        for one in sorted(wanted, key=lambda one: (one.id in contacts, contacts.get(one.id, ctx.now), one.name))
    ]


async def row_of(ctx: Context, customer: Customer) -> Row:
    """Name, level and owner: what anybody is told of a customer that may be the same."""
    owner = await people.person(ctx.tx, customer.owner_id) if customer.owner_id else None
    return Row(customer.name, customer.level, owner.name if owner else "", "")


async def _record(ctx: Context, contact: Interaction) -> Record:
    who = await people.person(ctx.tx, contact.person_id)
    kind = say("customers.kind", kind=contact.kind)
    note = "" if contact.note == kind else contact.note
    return Record(ctx.moment(contact.at), who.name if who else "", kind, note)
