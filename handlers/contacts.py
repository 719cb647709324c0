"""/customer contact: a customer's people put right by hand."""

from __future__ import annotations

from bot.commands import wrong
from bot.context import Context
from bot.errors import Refused
from cards.texts import say
from handlers.customer_file import show_people
from handlers.transfer import meant_customer
from storage import customer_file as file
from storage import customers
from storage.tables import Contact, Customer

FIELDS = {"职务": ("title", 200), "部门": ("department", 200), "电话": ("phone", 64), "改名": ("name", 200)}
ADD, LEFT, BACK, REMOVE = "新增", "离开", "回来", "删除"


async def contact(ctx: Context, words: list[str]) -> None:
    """/customer contact 宏达机械 赵总 职务 总经理."""
    if len(words) < 3:
        raise wrong(ctx, "customer", say("customers.contact_usage"))
    customer = await meant_customer(ctx, words[0])
    name, verb, value = words[1], words[2], " ".join(words[3:]).strip()
    if verb == ADD:
        await _add(ctx, customer, name)
    else:
        await _change(ctx, await _named(ctx, customer, name), verb, value)
    payload = {"customer": customer.id, "text": " ".join(words[1:])}
    await ctx.event("contact.edited", ("customer", customer.id), payload)
    await show_people(ctx, customer)


async def _add(ctx: Context, customer: Customer, name: str) -> None:
    if name in {one.name for one in await customers.contacts(ctx.tx, customer.id)}:
        raise Refused(say("customers.contact_known", name=name, customer=customer.name))
    ctx.tx.add(Contact(customer_id=customer.id, name=name[:200]))
    await ctx.tx.flush()


async def _change(ctx: Context, one: Contact, verb: str, value: str) -> None:
    if verb in FIELDS and value:
        field, longest = FIELDS[verb]
        setattr(one, field, value[:longest])
    elif verb == LEFT:
        one.left_at = ctx.now
    elif verb == BACK:
        one.left_at = None
    elif verb == REMOVE:
        one.undone_at = ctx.now
        await file.forget(ctx.tx, one, ctx.now)
    else:
        raise wrong(ctx, "customer", say("customers.contact_usage"))
    await ctx.tx.flush()


async def _named(ctx: Context, customer: Customer, name: str) -> Contact:
    known = await customers.contacts(ctx.tx, customer.id)
    found = [one for one in known if one.name == name]
    if len(found) != 1:
        raise Refused(
            say("customers.contact_unknown", name=name, customer=customer.name, known=[one.name for one in known])
        )
    return found[0]
