"""Between what a form's fields hold on a card or in chat and what the records mean by it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from bot.context import Context
from bot.pictures import problem_with_pictures
from bot.platforms.base import Capabilities
from cards.model import Input, Option
from cards.texts import say
from rules import answers
from rules.answers import Checked, Problem
from rules.forms import Field, FieldKind, FormDef
from storage import customers, people
from transcription.lexicon import Index
from transcription.when import when

LISTED = 60
"""Most customers offered in one dropdown; with more of them the name is typed."""

MORNING = time(9)
"""The hour meant where a day was named and no hour."""

WRITTEN = re.compile(r"\d{4}[-/年]")
"""How a date from a card begins; it is read as it stands."""

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Meant:
    """A typed name resolved: the record's id, or what is wrong in words with the likely ones."""

    id: int | None
    problem: str = ""
    likely: tuple[str, ...] = ()


async def check(ctx: Context, form: FormDef, raw: Raw) -> Checked:
    """Typed values of a form's answers, customers and people as ids; every wrong one a problem in words."""
    given: dict[str, Any] = dict(raw)
    problems: list[Problem] = []
    for field in form.fields:
        answer = raw.get(field.name)
        if answer in (None, "", [], ()):
            continue
        if field.kind in (FieldKind.CUSTOMER, FieldKind.PERSON):
            meant = await _meant(ctx, field, str(answer))
            given[field.name] = meant.id
            if meant.id is None:
                problems.append(Problem(field.name, meant.problem))
        elif (wrong := await problem_with_pictures(ctx, field, answer)) is not None:
            problems.append(wrong)
        else:
            given[field.name] = _readable(ctx, field, answer)
    checked = answers.check(form, given, ctx.now, ctx.calendar.zone)
    named = {problem.field for problem in problems}
    return Checked(
        checked.values, (*problems, *(one for one in checked.problems if one.field not in named)), checked.extra
    )


def _readable(ctx: Context, field: Field, answer: Any) -> Any:
    """Positions from their one-line form, and moments from words such as 下周三下午三点."""
    if field.kind is FieldKind.POSITION and isinstance(answer, str):
        parts = [part.strip() for part in answer.split(",")]
        named = dict(zip(("latitude", "longitude", "accuracy"), parts, strict=False))
        return {key: value for key, value in named.items() if value}
    if field.kind in (FieldKind.DATE, FieldKind.DATETIME) and isinstance(answer, str):
        return spoken_moment(ctx, answer) or answer
    return answer


def spoken_moment(ctx: Context, words: str) -> str | None:
    """A Chinese time phrase as ISO text local to the team; None when the words are no time phrase."""
    if WRITTEN.match(words.strip()):
        return None
    found = when(words, ctx.local(ctx.now), ctx.calendar)
    point = found.point if found else None
    return None if point is None else wall_time(point)


def wall_time(value: date | datetime) -> str:
    """A moment as fields of cards hold it: 2026-03-18T15:00 by the team's clocks; a day means the morning of it."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, MORNING)
    return moment.replace(tzinfo=None).isoformat(timespec="minutes")


async def _meant(ctx: Context, field: Field, words: str) -> Meant:
    if field.kind is FieldKind.PERSON:
        return await _person(ctx, words)
    return await customer_meant(ctx, words)


async def customer_meant(ctx: Context, words: str) -> Meant:
    """The customer an id or a typed name means, if this person may see it."""
    if words.isdigit() and (found := await customers.customer_for(ctx.tx, ctx.actor, int(words))) is not None:
        return Meant(found.id)
    named = await customers.by_name(ctx.tx, words)
    likely = () if named else await likely_customers(ctx, words)
    if len(likely) > 1:
        return Meant(None, say("forms.ambiguous_customer", name=words, likely=likely), likely)
    if likely:
        named = await customers.by_name(ctx.tx, likely[0])
    if named is None:
        return Meant(None, say("forms.unknown_customer", name=words, likely=await similar_customers(ctx, words)))
    if not await customers.may_see(ctx.tx, ctx.actor, named):
        owner = await people.person(ctx.tx, named.owner_id) if named.owner_id else None
        return Meant(None, say("forms.not_yours_customer", name=named.name, owner=owner.name if owner else ""))
    return Meant(named.id)


async def likely_customers(ctx: Context, words: str) -> tuple[str, ...]:
    """Customers a short or spoken name may mean: several when it is ambiguous."""
    index: Index = (await ctx.services.lexicons.load(ctx.tx)).customer_index
    called = index.spelled.get(words)
    return tuple(called.names) if called else ()


async def similar_customers(ctx: Context, words: str) -> list[str]:
    """Up to three names that sound or look like this one, among those the person may see."""
    index: Index = (await ctx.services.lexicons.load(ctx.tx)).customer_index
    alike = dict.fromkeys(name for called in index.alike(words) for name in called.names)
    seen = {customer.name for customer in await customers.visible(ctx.tx, ctx.actor)}
    return [name for name in alike if name in seen][:3]


async def _person(ctx: Context, words: str) -> Meant:
    if words.isdigit() and (found := await people.person(ctx.tx, int(words))) is not None:
        return Meant(found.id)
    named = await people.named(ctx.tx, words)
    return Meant(named[0].id) if len(named) == 1 else Meant(None, say("forms.unknown_person", name=words))


async def offered(ctx: Context, form: FormDef, values: Raw) -> dict[str, Sequence[Option]]:
    """The choices of fields whose options the records give: one's own customers, the longest untouched last."""
    options: dict[str, Sequence[Option]] = {}
    for field in form.fields:
        if field.kind is FieldKind.CUSTOMER:
            options[field.name] = await _customers(ctx, str(values.get(field.name, "")))
        elif field.kind is FieldKind.PERSON:
            options[field.name] = [Option(value=str(one.id), label=one.name) for one in await people.everybody(ctx.tx)][
                :LISTED
            ]
    return options


async def _customers(ctx: Context, chosen: str) -> list[Option]:
    own = [touched.customer for touched in reversed(await customers.owned(ctx.tx, ctx.actor.id))]
    if chosen.isdigit() and int(chosen) not in {customer.id for customer in own}:
        other = await customers.customer_for(ctx.tx, ctx.actor, int(chosen))
        own = [other, *own] if other else own
    if not own:
        own = await customers.visible(ctx.tx, ctx.actor)
    return [Option(value=str(customer.id), label=customer.name) for customer in own] if len(own) <= LISTED else []


def fits(inputs: Sequence[Input], can: Capabilities) -> bool:
    """Whether a platform's card can hold these inputs."""
    return (
        len(inputs) <= can.max_inputs
        and all(entry.kind in can.inputs for entry in inputs)
        and all(len(entry.options) <= can.max_options for entry in inputs)
    )
