"""A form's fields as the page draws them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cards.fallback import value_words
from cards.model import Fact, Input, InputKind, Option
from rules.forms import Field, FormDef

CHIPS = 8
"""Up to so many options are all shown; more go into a list."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field: `draw` says how, `values` what stands in it, `kept` the photos that are with us already."""

    name: str
    label: str
    draw: str
    values: tuple[str, ...]
    options: tuple[Option, ...]
    required: bool
    multiple: bool
    placeholder: str
    help: str
    max_length: int | None
    problem: str

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


def field_views(form: FormDef, inputs: Iterable[Input]) -> list[FieldView]:
    return [_view(form.field(entry.name), entry) for entry in inputs]


def facts(inputs: Iterable[Input]) -> list[Fact]:
    """What was submitted, in words; empty fields are left out."""
    words = ((entry.label, value_words(entry)) for entry in inputs)
    return [Fact(label=label, value=value) for label, value in words if value]


def _view(field: Field, entry: Input) -> FieldView:
    values = (entry.value,) if isinstance(entry.value, str) else entry.value
    if entry.kind is InputKind.DATETIME:
        values = tuple(value.replace(" ", "T")[:16] for value in values)
    return FieldView(
        name=entry.name,
        label=entry.label,
        draw=_draw(entry),
        values=tuple(value for value in values if value),
        options=entry.options,
        required=entry.required,
        multiple=field.multiple,
        placeholder=field.placeholder,
        help=field.help,
        max_length=entry.max_length,
        problem=entry.problem,
    )


def _draw(entry: Input) -> str:
    if entry.kind is InputKind.CHOICE:
        return "chips" if len(entry.options) <= CHIPS else "list"
    return str(entry.kind.value)
