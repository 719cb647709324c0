"""A form as the inputs of a card, and the card that asks for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field

from cards.model import Action, Button, Card, Input, InputKind, Option, Source, Style, Tone
from cards.texts import say
from rules.forms import Field as FormField
from rules.forms import FieldKind, FormDef

KINDS: Mapping[FieldKind, InputKind] = {
    FieldKind.CHOICE: InputKind.CHOICE,
    FieldKind.MULTI_CHOICE: InputKind.MULTI_CHOICE,
    FieldKind.TEXT: InputKind.TEXT,
    FieldKind.LONG_TEXT: InputKind.LONG_TEXT,
    FieldKind.NUMBER: InputKind.NUMBER,
    FieldKind.MONEY: InputKind.NUMBER,
    FieldKind.DATE: InputKind.DATE,
    FieldKind.DATETIME: InputKind.DATETIME,
    FieldKind.PHOTO: InputKind.PHOTO,
    FieldKind.FILE: InputKind.FILE,
    FieldKind.POSITION: InputKind.POSITION,
    FieldKind.CODE: InputKind.CODE,
}

Values = Mapping[str, str | tuple[str, ...]]
"""Field name to what stands in its input, in the neutral formats of cards.model.Input."""


class SubmitForm(Action):
    """A form filled in on a card. `about` says what it is for, e.g. {"flow_step": 4, "choice": "left"}."""

    name: ClassVar[str] = "form.submit"
    form: str
    version: int
    about: dict[str, Any] = Field(default_factory=dict)


class CancelForm(Action):
    name: ClassVar[str] = "form.cancel"


def form_inputs(
    form: FormDef,
    values: Values | None = None,
    *,
    problems: Mapping[str, str] | None = None,
    sources: Mapping[str, Source] | None = None,
    options: Mapping[str, Sequence[Option]] | None = None,
) -> tuple[Input, ...]:
    """The form's fields as inputs. `options` are the choices of fields whose options the records give (customers, people)."""
    return tuple(
        _input(
            field,
            (values or {}).get(field.name, ""),
            problem=(problems or {}).get(field.name, ""),
            source=(sources or {}).get(field.name),
            given=(options or {}).get(field.name, ()),
        )
        for field in form.fields
    )


def form_card(
    form: FormDef, inputs: tuple[Input, ...], about: Mapping[str, Any], *, title: str = "", lead: str = ""
) -> Card:
    """The card that asks for a form."""
    wrong = any(entry.problem for entry in inputs)
    submit = SubmitForm(form=form.name, version=form.version, about=dict(about))
    return Card(
        title=title or form.title,
        lead=say("forms.wrong") if wrong else lead,
        tone=Tone.WARN if wrong else Tone.PLAIN,
        blocks=inputs,
        buttons=(
            Button.does(say("forms.submit"), submit, style=Style.PRIMARY, submits=True),
            Button.does(say("forms.cancel"), CancelForm()),
        ),
    )


def with_problems(card: Card, values: Values, problems: Mapping[str, str]) -> Card:
    """The same card with what was typed on it, and what is wrong beside it."""
    blocks = [
        block.model_copy(update={"value": values.get(block.name, block.value), "problem": problems.get(block.name, "")})
        if isinstance(block, Input)
        else block
        for block in card.blocks
    ]
    return card.model_copy(update={"blocks": tuple(blocks), "lead": say("forms.wrong")})


def _input(
    field: FormField, value: str | tuple[str, ...], *, problem: str, source: Source | None, given: Sequence[Option]
) -> Input:
    return Input(
        name=field.name,
        label=field.title,
        kind=_kind(field, given),
        value=value,
        options=tuple(given) or tuple(Option(value=option, label=option) for option in field.options),
        required=field.required,
        max_length=field.max_length,
        placeholder=field.placeholder or field.help,
        source=source,
        problem=problem,
    )


def _kind(field: FormField, given: Sequence[Option]) -> InputKind:
    """Customers and people are chosen where there are few enough to list, typed where not."""
    if field.kind in (FieldKind.CUSTOMER, FieldKind.PERSON):
        return InputKind.CHOICE if given else InputKind.TEXT
    return KINDS[field.kind]
