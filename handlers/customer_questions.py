"""Questions about one customer: its records, people, competitors; and about competitors wherever one may look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.context import Context
from bot.errors import Refused
from bot.fields import customer_meant
from cards import questions as cards
from cards.texts import say
from handlers import customer_file, private
from handlers import customers as customer_files
from handlers.file_views import lines_of, moves_card
from storage import customers, people
from storage.metrics import Days
from storage.tables import Customer
from transcription.asked import asked_form

RECORDS = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with everything its answer may need."""

    kind: str
    customers: tuple[tuple[str, ...], ...]
    """The names each mention may mean."""
    words: str
    days: Days | None
    rival: str = ""


async def records(ctx: Context, asked: Asked) -> None:
    """最近的跟进记录, 联系人 or 竞品动态 of a customer: an ambiguous name is asked, an unknown one said."""
    several = next((names for names in asked.customers if len(names) > 1), ())
    if several:
        seen = {one.name: one.id for one in await customers.visible(ctx.tx, ctx.actor)}
        choices = [(name, seen[name]) for name in several if name in seen]
        if len(choices) > 1:
            await private.answer(ctx, cards.which(_called(several), choices, asked.kind))
            return
        several = tuple(name for name, _ in choices) or several
    name = next((names[0] for names in asked.customers if len(names) == 1), several[0] if several else _unknown(asked))
    if not name:
        raise Refused(say("questions.whose"))
    meant = await customer_meant(ctx, name)
    if meant.id is None:
        raise Refused(meant.problem)
    await part_of(asked.kind)(ctx, await ctx.tx.get_one(Customer, meant.id))


def part_of(kind: str) -> Callable[[Context, Customer], Awaitable[None]]:
    """What shows a part of a customer's file."""
    return customer_file.PARTS.get(kind, records_of)


async def rivals_everywhere(ctx: Context, asked: Asked) -> None:
    """竞品动态 of all customers one may see, of one competitor where it is named."""
    seen = await customers.visible(ctx.tx, ctx.actor)
    whose = asked.rival or say("customer_file.everywhere")
    await private.answer(ctx, await moves_card(ctx, seen, whose, asked.rival))


async def records_of(ctx: Context, customer: Customer) -> None:
    contacts = await customers.recent(ctx.tx, customer.id, RECORDS)
    brought = {
        kind: await lines_of(
            ctx, kind, [one.source_id for one in contacts if one.source_kind == kind and one.source_id]
        )
        for kind in ("progress_report", "visit")
    }
    rows = []
    for contact in contacts:
        who = await people.person(ctx.tx, contact.person_id)
        more = brought.get(contact.source_kind, {}).get(contact.source_id or 0, ())
        what = say("questions.record", kind=contact.kind, note=contact.note, more=more)
        rows.append(cards.Record(ctx.moment(contact.at), who.name if who else "", what))
    alike = [one for one in await customers.visible(ctx.tx, ctx.actor) if one.name.startswith(customer.name)]
    others = [(one.name, one.id) for one in alike if one.id != customer.id][:3]
    await private.answer(ctx, cards.records(customer.name, rows, others))


def _called(names: Sequence[str]) -> str:
    """What several names have in common, as it was said: 华联超市 of 华联超市 and 华联超市二店."""
    first = min(names, key=len)
    return next(
        (first[:end] for end in range(len(first), 0, -1) if all(one.startswith(first[:end]) for one in names)), first
    )


def _unknown(asked: Asked) -> str:
    """The piece of the question that may be a name nobody knows; empty when there is none."""
    found = asked_form("unknown").search(asked.words)
    name = found["name"] if found else ""
    return "" if not name or asked_form("nobody").search(name) else name


async def contact(ctx: Context, asked: Asked) -> None:
    """Who to call: the customer's file says it."""
    name = next((names[0] for names in asked.customers if names), "")
    if not name:
        raise Refused(say("questions.whose"))
    await customer_files.show(ctx, name)
