"""Handing a customer to somebody else: by whoever stands above both, with its trail."""

from __future__ import annotations

from bot.commands import wrong
from bot.context import Context
from bot.errors import Refused
from bot.fields import customer_meant
from cards import customers as cards
from cards.texts import say
from handlers import private
from handlers.customer_views import file_of
from storage import customers, people
from storage.tables import Customer, Person

TO = ("给", "to", "转给", "->")


async def transfer(ctx: Context, words: list[str]) -> None:
    """/customer transfer 宏达机械 给 韩梅."""
    spoken = [word for word in words if word.lower() not in TO]
    if len(spoken) < 2:
        raise wrong(ctx, "customer", say("customers.transfer_usage"))
    customer = await meant_customer(ctx, " ".join(spoken[:-1]))
    to = await _colleague(ctx, spoken[-1])
    before = await people.person(ctx.tx, customer.owner_id) if customer.owner_id else None
    if before is not None and before.id == to.id:
        raise Refused(say("customers.transfer_same", name=customer.name, owner=to.name))
    await _check(ctx, customer, before, to)
    moved = await customers.hand_over(ctx.tx, customer, to)
    trail = {"name": customer.name, "from": before.id if before else None, "to": to.id, "opportunities": moved}
    await ctx.event("customer.transferred", ("customer", customer.id), trail)
    await _tell(ctx, customer, before, to, moved)


async def _tell(ctx: Context, customer: Customer, before: Person | None, to: Person, moved: int) -> None:
    """Everybody concerned: the one who did it, the new owner with the file, the old one."""
    file = await file_of(ctx, customer)
    lead = say("customers.transferred", to=to.name, before=before.name if before else "", moved=moved)
    await private.answer(ctx, cards.file_card(file, lead))
    if to.id != ctx.actor.id:
        await ctx.push(to, cards.file_card(file, say("customers.given", by=ctx.actor.name)), urgent=True)
    if before is not None and before.id != ctx.actor.id:
        words = say("customers.taken", by=ctx.actor.name, name=customer.name, to=to.name)
        await ctx.push(before, words, urgent=True)


async def meant_customer(ctx: Context, called: str) -> Customer:
    """The one customer this name means and this person may see. Raises Refused in words."""
    meant = await customer_meant(ctx, called)
    customer = await customers.customer_for(ctx.tx, ctx.actor, meant.id) if meant.id is not None else None
    if customer is None:
        raise Refused(meant.problem)
    return customer


async def _colleague(ctx: Context, name: str) -> Person:
    found = await people.named(ctx.tx, name)
    if len(found) != 1:
        raise Refused(say("customers.transfer_who", name=name, likely=[one.name for one in found]))
    return found[0]


async def _check(ctx: Context, customer: Customer, before: Person | None, to: Person) -> None:
    """A superior of both; somebody handing on their own has to stand above the receiver."""
    if ctx.actor.admin:
        return
    over_both = await people.oversees(ctx.tx, ctx.actor, to.id) and (
        before is None or await people.oversees(ctx.tx, ctx.actor, before.id)
    )
    if not over_both:
        above = await people.superior(ctx.tx, before or ctx.actor)
        raise Refused(say("customers.transfer_not_above", name=customer.name, above=above.name if above else ""))
