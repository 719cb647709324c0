"""What a visit's evidence is called, and which is missing."""

from __future__ import annotations

from typing import Any

from bot.context import Context
from cards.texts import say
from rules import visits as rules
from rules.flow_definition import StepDef
from rules.forms import FormDef
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


def form_lacking(ctx: Context, visit: Visit) -> FormDef | None:
    """The first form of the visit's flow that holds a field the visit still lacks."""
    lacking = {name for any_of in rules.judge(required(ctx, visit.kind), visit.evidence).missing for name in any_of}
    flow = ctx.catalogue.flow("visit")
    named = [choice.form for step in flow.steps for choice in step.choices if choice.form and _concerns(step, visit)]
    forms = [ctx.catalogue.form(name) for name in named]
    return next((form for form in forms if lacking & {field.name for field in form.fields}), None)


def _concerns(step: StepDef, visit: Visit) -> bool:
    return step.when is None or step.when.holds({"kind": visit.kind})


def shown(value: Any) -> Any:
    """A piece of evidence as an input holds it."""
    if isinstance(value, dict):
        parts = [value.get(key) for key in ("latitude", "longitude", "accuracy")]
        return ",".join(str(part) for part in parts if part is not None)
    return value or ""
