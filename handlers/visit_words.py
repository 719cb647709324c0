"""What a visit's evidence is called, and which is missing."""

from __future__ import annotations

from bot.context import Context
from cards.texts import say
from rules import visits as rules
from storage.tables import Visit


def titles(ctx: Context) -> dict[str, str]:
    """What people call each piece of evidence: the titles of the fields, and the voice memo."""
    forms = (form for name, form in ctx.catalogue.forms.items() if name.startswith("visit_") and name != "visit_start")
    return {"voice": say("visits.voice"), **{field.name: field.title for form in forms for field in form.fields}}


def required(ctx: Context, kind: str) -> tuple[rules.Requirement, ...]:
    """The evidence a visit of this kind has to bring."""
    return rules.requirements(kind, ctx.catalogue.setting("visits")["evidence"])


def missing_words(ctx: Context, visit: Visit) -> str:
    """What a visit still lacks, as people call it; empty when nothing."""
    return rules.judge(required(ctx, visit.kind), visit.evidence).said(titles(ctx))
