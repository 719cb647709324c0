"""A form as an admin sees it: its fields, options and version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cards.help import RunCommand
from cards.model import Button, Card, Table
from cards.texts import say
from rules.forms import Field, FormDef

BUTTONS = 5


@dataclass(frozen=True, slots=True)
class Made:
    """Who made the version in force, and when; empty for the one that came with the product."""

    by: str = ""
    at: str = ""


def form_card(form: FormDef, made: Made, lead: str = "") -> Card:
    rows = tuple((one.title, _kind(one), "必填" if one.required else "选填", _detail(one)) for one in form.fields)
    return Card(
        title=say("form_admin.title", form=form),
        lead=lead or say("form_admin.made", made=made),
        blocks=(Table(columns=("字段", "类型", "必填", "选项和限制"), rows=rows),),
    )


def forms_card(forms: Sequence[FormDef]) -> Card:
    rows = tuple((form.title, "、".join(field.title for field in form.fields), str(form.version)) for form in forms)
    return Card(
        title=say("form_admin.all", count=len(forms)),
        lead=say("form_admin.all_lead"),
        blocks=(Table(columns=("表单", "字段", "版本"), rows=rows),),
        buttons=tuple(Button.does(one.title, RunCommand(text=f'/form show "{one.title}"')) for one in forms[:BUTTONS]),
    )


def _kind(field: Field) -> str:
    return say("form_admin.kind", kind=field.kind.value)


def _detail(field: Field) -> str:
    """Its options and limits, or a dash."""
    limits = [(key, getattr(field, key)) for key in ("max_length", "minimum", "maximum", "future")]
    words = ["、".join(field.options), *[say(f"form_admin.{key}", value=value) for key, value in limits if value]]
    return "；".join(word for word in words if word) or "-"
