"""A customer's file as its cards and lines say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.context import Context
from cards import customer_file as cards
from cards.customer_file import Told
from cards.model import Card
from cards.texts import say
from handlers.facts import money
from storage import customer_file as file
from storage import customers, people
from storage.customer_file import Entry
from storage.tables import CompetitorMove, Contact, ContactChange, Customer, PolicyEffect
from transcription.findings import Finding
from transcription.told import PERSON, RIVAL

LISTED = 12
LATEST = 2


async def people_card(ctx: Context, customer: Customer) -> Card:
    """联系人: who is there, who left, and what changed lately."""
    known = await customers.contacts(ctx.tx, customer.id)
    leading = await file.in_charge(ctx.tx, customer.id)
    rows = [
        cards.Person(
            name=one.name,
            post=post_of(one),
            phone=one.phone,
            left=ctx.moment(one.left_at) if one.left_at else "",
            leads=one.id in leading,
        )
        for one in sorted(known, key=lambda one: (one.left_at is not None, one.id not in leading, one.id))
    ]
    changes = (await file.changes(ctx.tx, customer.id))[:LISTED]
    return cards.people(customer.name, rows, await _told(ctx, changes))


async def moves_card(ctx: Context, about: Sequence[Customer], whose: str, competitor: str = "") -> Card:
    """竞品动态 of some customers, the newest first."""
    rows = await file.moves(ctx.tx, [one.id for one in about], LISTED, competitor=competitor)
    told = await _told(ctx, rows, {one.id: one.name for one in about} if len(about) > 1 else {})
    return cards.moves(whose, told)


async def policies_card(ctx: Context, customer: Customer) -> Card:
    return cards.policies(customer.name, await _told(ctx, await file.policies(ctx.tx, [customer.id], LISTED)))


async def latest_moves(ctx: Context, customer_id: int) -> list[str]:
    """The last moves of competitors, for the file: 博创 降价 昨天 10:00."""
    rows = await file.moves(ctx.tx, [customer_id], LATEST)
    return [f"{(await line(ctx, one))} {ctx.moment(one.at)}" for one in rows]


async def latest_policies(ctx: Context, customer_id: int) -> list[str]:
    return [await line(ctx, one) for one in await file.policies(ctx.tx, [customer_id], LATEST)]


async def lines_of(ctx: Context, kind: str, ids: Iterable[int]) -> Mapping[int, list[str]]:
    """What each of these records brought to the file, in words."""
    found: dict[int, list[str]] = {}
    for one in await file.from_source(ctx.tx, kind, ids):
        found.setdefault(one.source_id, []).append(await line(ctx, one, whole=True))
    return found


def post_of(contact: Contact) -> str:
    """采购部 总监; empty where nothing is known beside the name."""
    return " ".join(part for part in (contact.department, contact.title) if part)


def line_of_finding(finding: Finding) -> str:
    """A finding before it is filed, as the draft shows it."""
    told = finding.told
    if told.kind == PERSON:
        return say("customer_file.person", name=told.name, kind=told.news, after=told.title)
    if told.kind == RIVAL:
        price = money(told.price) if told.price is not None else ""
        return say("customer_file.rival", name=told.name, kind=told.news, price=price)
    return say("customer_file.policy", name=told.name, effect=told.news)


async def line(ctx: Context, row: Entry, *, whole: bool = False) -> str:
    """A row of the file in a few words; `whole` says what kind of row it is."""
    match row:
        case ContactChange():
            contact = await ctx.tx.get_one(Contact, row.contact_id)
            after = row.after if row.kind == "换职务" else ""
            return say("customer_file.person", name=contact.name, kind=row.kind, after=after)
        case CompetitorMove():
            price = money(row.price) if row.price is not None else ""
            key = "customer_file.rival" if whole else "customer_file.move"
            return say(key, name=row.competitor, kind=row.kind, price=price)
        case PolicyEffect():
            key = "customer_file.policy" if whole else "customer_file.effect"
            return say(key, name=row.policy, effect=row.effect)


async def _told(ctx: Context, rows: Sequence[Entry], names: Mapping[int, str] | None = None) -> list[Told]:
    told = []
    for row in rows:
        who = await people.person(ctx.tx, row.person_id)
        told.append(
            Told(
                at=ctx.moment(row.at),
                what=await line(ctx, row),
                words=row.words,
                second=row.starts,
                who=who.name if who else "",
                customer=(names or {}).get(row.customer_id, ""),
            )
        )
    return told
