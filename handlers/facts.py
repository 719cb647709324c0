"""The facts in force for one handling: the moment, the settings, and values in people's words."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.context import Context
from cards.texts import say
from rules.expression import Catalogue, Kind
from rules.literals import written
from rules.phrasing import span
from storage.facts import AsOf, FactDef, Policy
from storage.subjects import catalogue

FORM_FIELDS = {
    "关键动作": ("progress", "action"),
    "阻碍因素": ("progress", "obstacle"),
    "拜访类型": ("visit_start", "kind"),
}
"""Facts whose options are those of a form's field, so that an option an admin adds is known at once."""

SPELLED_OUT = timedelta(days=4)
"""From here on lengths are said in days, as limits are written."""


def as_of(ctx: Context) -> AsOf:
    """Facts as of now, under the settings in force."""
    forms = ctx.catalogue.forms
    options = {fact: tuple(forms[form].field(name).options) for fact, (form, name) in FORM_FIELDS.items()}
    return AsOf(ctx.now, ctx.calendar.zone, Policy.read(ctx.catalogue.setting, options))


def words(ctx: Context, at: AsOf, *, events: tuple[str, ...], people: tuple[str, ...] | None = None) -> Catalogue:
    """What a rule's sentence may say. Without `people` its receivers are not checked."""
    flows = tuple(flow.title for flow in ctx.catalogue.flows.values())
    known = catalogue(at, events=events, flows=flows)
    return Catalogue(known.facts, events=known.events, flows=known.flows, people=people)


def said(ctx: Context, fact: FactDef, value: Any) -> str:
    """A fact's value as a card has it: 60 小时, 昨天 09:00, 12 万元."""
    if value is None or value == "":
        return say("rules.no_value")
    if isinstance(value, datetime):
        return ctx.moment(value)
    if isinstance(value, timedelta):
        return span(value, days=value >= SPELLED_OUT)
    if fact.fact.kind is Kind.NUMBER:
        return f"{value.normalize():f} {fact.fact.unit}".strip()
    return money(value) if fact.fact.kind is Kind.MONEY else written(value, fact.fact.kind)


def money(yuan: Decimal) -> str:
    """12 万元, 12.5 万元, 980 元: never a bare figure."""
    wan = yuan / 10_000
    if abs(wan) >= 1:
        return f"{wan.quantize(Decimal('0.01')).normalize():f} 万元"
    return f"{yuan.quantize(Decimal('0.01')).normalize():f} 元"
