"""/customer: the file, the list, new ones, other names, and who owns whom."""

from __future__ import annotations

import unicodedata

from bot.commands import wrong
from bot.context import Context
from bot.errors import Refused
from bot.fields import customer_meant
from bot.router import Router
from cards import customers as cards
from cards.customers import CreateAnyway, KeepOld
from cards.texts import say
from handlers import private
from handlers.contacts import contact
from handlers.customer_file import PARTS
from handlers.customer_views import file_of, row_of, rows_of
from handlers.transfer import meant_customer, transfer
from rules.names import Named, near_identical
from storage import customers, people
from storage.tables import Customer

LEVELS = ("A", "B", "C")
SELLING = ("rep", "assistant", "manager", "director", "vp")
SHORTEST, LONGEST = 2, 60

router = Router("customers")


@router.command(
    "customer",
    "客户档案：查看、新建、别名、转交",
    "/customer 宏达机械",
    "/customer list（主管可加姓名：/customer list 李雷）",
    "/customer add 宏达机械 A（级别 A、B、C，可不写）",
    "/customer alias 宏达机械 老宏达",
    "/customer people 宏达机械（联系人；rivals 竞品动态，policies 政策影响）",
    "/customer contact 宏达机械 赵总 职务 总经理（还有：部门、电话、改名、新增、离开、回来、删除）",
    "/customer transfer 宏达机械 给 韩梅（由双方的上级做）",
)
async def command(ctx: Context, words: list[str]) -> None:
    verbs = {"add": add, "alias": alias, "list": show_list, "transfer": transfer, "contact": contact}
    if not words:
        await show_list(ctx, [])
    elif words[0].lower() in verbs:
        await verbs[words[0].lower()](ctx, words[1:])
    elif words[0].lower() in PARTS and len(words) > 1:
        await PARTS[words[0].lower()](ctx, await meant_customer(ctx, " ".join(words[1:])))
    else:
        await show(ctx, " ".join(words))


async def show(ctx: Context, called: str) -> None:
    """The file of the customer a name means; a name that fits several offers them."""
    meant = await customer_meant(ctx, called)
    if meant.id is None:
        if not meant.likely:
            raise Refused(meant.problem)
        await private.answer(ctx, cards.which_card(called, meant.likely))
        return
    customer = await customers.customer_for(ctx.tx, ctx.actor, meant.id)
    assert customer is not None
    await private.answer(ctx, cards.file_card(await file_of(ctx, customer)))


async def show_list(ctx: Context, words: list[str]) -> None:
    """One's own customers; a superior's whole team, or one person of it; the longest untouched first."""
    whose, wanted = "", await customers.visible(ctx.tx, ctx.actor)
    if words:
        found = [one for one in await people.named(ctx.tx, words[0]) if await _over(ctx, one.id)]
        if len(found) != 1:
            raise Refused(say("customers.whose", name=words[0]))
        whose, wanted = f"{found[0].name}的", [one for one in wanted if one.owner_id == found[0].id]
    await private.answer(ctx, cards.list_card(await rows_of(ctx, wanted), whose))


async def add(ctx: Context, words: list[str]) -> None:
    """A new customer, unless one of nearly the same name is there: then it is shown first."""
    if not words:
        raise wrong(ctx, "customer")
    level = words[-1].upper() if len(words) > 1 and words[-1].upper() in LEVELS else ""
    called = _clean(" ".join(words[:-1] if level else words))
    await _free(ctx, called)
    aliases = await customers.aliases(ctx.tx)
    known = [Named(one.id, one.name, tuple(aliases.get(one.id, ()))) for one in await customers.everything(ctx.tx)]
    alike = near_identical(called, known)
    if alike:
        found = [await row_of(ctx, await ctx.tx.get_one(Customer, match.named.key)) for match in alike[: cards.CHOICES]]
        await private.answer(ctx, cards.alike_card(called, level, found))
        return
    customer = await _create(ctx, called, level)
    owner = ctx.actor.name if customer.owner_id else ""
    await private.answer(ctx, cards.file_card(await file_of(ctx, customer), say("customers.created", owner=owner)))


@router.pressed(CreateAnyway)
async def create_anyway(ctx: Context, press: CreateAnyway) -> None:
    """It is another house: created, and the warning becomes the new file."""
    called = _clean(press.called)
    await _free(ctx, called)
    customer = await _create(ctx, called, press.level if press.level in LEVELS else "")
    owner = ctx.actor.name if customer.owner_id else ""
    card = cards.file_card(await file_of(ctx, customer), say("customers.created", owner=owner))
    if ctx.card is None:
        await ctx.reply(card)
    else:
        await ctx.redraw(ctx.card, card)


@router.pressed(KeepOld)
async def keep_old(ctx: Context, press: KeepOld) -> None:
    if ctx.card is not None:
        await ctx.redraw(ctx.card, cards.kept_card(press.called), close=True)


async def alias(ctx: Context, words: list[str]) -> None:
    """Another name for a customer, understood from the next message on."""
    if len(words) < 2:
        raise wrong(ctx, "customer", say("customers.alias_usage"))
    customer = await meant_customer(ctx, " ".join(words[:-1]))
    other = _clean(words[-1])
    taken = await customers.by_name(ctx.tx, other)
    if taken is not None:
        raise Refused(say("customers.alias_taken", alias=other, name=taken.name))
    await customers.call_also(ctx.tx, customer, other)
    await ctx.event("customer.alias", ("customer", customer.id), {"alias": other})
    await ctx.reply(say("customers.aliased", alias=other, name=customer.name))


async def _free(ctx: Context, called: str) -> None:
    taken = await customers.by_name(ctx.tx, called)
    if taken is not None:
        owner = await people.person(ctx.tx, taken.owner_id) if taken.owner_id else None
        visible = await customers.may_see(ctx.tx, ctx.actor, taken)
        raise Refused(say("customers.exists", name=taken.name, owner=owner.name if owner else "", visible=visible))


async def _create(ctx: Context, called: str, level: str) -> Customer:
    """Whoever sells owns what they create; what an admin creates belongs to everybody."""
    owner_id = ctx.actor.id if ctx.actor.role in SELLING else None
    customer = await customers.create(ctx.tx, Customer(name=called, level=level, owner_id=owner_id, created_at=ctx.now))
    await ctx.event("customer.created", ("customer", customer.id), {"name": called, "level": level})
    return customer


async def _over(ctx: Context, person_id: int) -> bool:
    return ctx.actor.admin or await people.oversees(ctx.tx, ctx.actor, person_id)


def _clean(called: str) -> str:
    name = " ".join(unicodedata.normalize("NFKC", called).split())
    if not SHORTEST <= len(name) <= LONGEST or not any(letter.isalpha() for letter in name):
        raise Refused(say("customers.bad_name", called=name[:LONGEST]))
    return name
