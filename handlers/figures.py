"""Metrics as people read them: a number with its unit, its colour's word, the period in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from bot.context import Context
from cards.texts import say
from config.packs import MetricDef
from handlers.facts import money
from rules.evaluation import period
from rules.expression import PERIODS
from rules.metrics import Colour, colour
from storage.metrics import Days

BEFORE = {"今天": "昨天", "本周": "上周", "本月": "上月", "今年": "去年"}
"""Which period stands beside which."""


def shown(metric: MetricDef, value: Decimal | None) -> str:
    """18 次, 85%, 12.5 万元; a dash where nothing is known."""
    if value is None:
        return say("questions.none")
    if metric.of:
        return f"{(value * 100).quantize(Decimal(1)):f}%"
    if metric.unit == "元":
        return money(value)
    return f"{value.quantize(Decimal('0.1')).normalize():f} {metric.unit}"


def word(metric: MetricDef, value: Decimal | None) -> str:
    """The colour's word in brackets where something is to be looked at; nothing when all is well."""
    found = colour(value, metric.good, metric.warn, more_is_better=metric.better == "more")
    return f"（{found}）" if found in (Colour.YELLOW, Colour.RED) else ""


def asked_metrics(ctx: Context, setting: str) -> list[MetricDef]:
    """The metrics a setting names, in its order; one that is gone is left out."""
    known = ctx.catalogue.metrics
    return [known[name] for name in ctx.catalogue.setting(setting) if name in known]


def period_name(days: Days, today: date) -> str:
    """本月 for its days, 3月2日–3月8日 for any others."""
    for name in PERIODS:
        if period(name, today) == days:
            return name
    first, last = (f"{one.month}月{one.day}日" for one in days)
    return first if first == last else f"{first}–{last}"
