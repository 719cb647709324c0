"""A card for a platform that cannot hold all its inputs: what is known in words, and a button to correct it.

The card itself stays as it is in the records; only what is delivered changes. A press on it is read back with the
values that stood there in words.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from cards.forms import CancelForm
from cards.model import Action, Block, Button, Card, Fact, Facts, Input, InputKind, Text, Tone
from cards.sources import source_line
from cards.texts import say


class ReviseCard(Action):
    """改一下: the card's fields are asked one by one."""

    name: ClassVar[str] = "card.revise"


def without(card: Card, left_out: Collection[str]) -> Card:
    """The card without the inputs `left_out` names: their values as facts, what is wrong with them as words.

    An empty one stays, for the platform to say how it is filled, where it will be asked for when the card is submitted.
    """
    blocks: list[Block] = []
    for block in card.blocks:
        for one in _in_words(card, block) if isinstance(block, Input) and block.name in left_out else [block]:
            if isinstance(one, Facts) and blocks and isinstance(last := blocks[-1], Facts):
                blocks[-1] = Facts(facts=(*last.facts, *one.facts))
            else:
                blocks.append(one)
    return card.model_copy(update={"blocks": tuple(blocks), "buttons": _buttons(card)})


def submitted_alone(card: Card) -> Card | None:
    """The card with its one submitting button and no 取消; None when it has others that must stay."""
    submits = [button for button in card.buttons if button.submits]
    others = [button for button in card.buttons if button not in submits]
    if len(submits) != 1 or any((button.action or {}).get("a") != CancelForm.name for button in others):
        return None
    return card.model_copy(update={"buttons": tuple(submits)})


def will_be_asked(card: Card, left_out: Collection[str]) -> list[str]:
    """Names of the inputs that have to be asked for before the card can be submitted: what is required and empty, or
    wrong; everything, where nothing on the card is known yet."""
    nothing_known = not known(card)
    return [
        one.name
        for one in card.inputs
        if one.name in left_out and (one.problem or (not one.value and (one.required or nothing_known)))
    ]


def known(card: Card) -> bool:
    """Whether the card says something already, so that it can be taken as it stands."""
    return any(one.value for one in card.inputs)


def value_words(entry: Input) -> str:
    """An input's value as a person reads it; empty when there is none."""
    values = [value for value in ([entry.value] if isinstance(entry.value, str) else entry.value) if value]
    if not values or entry.kind is InputKind.POSITION:
        return say("forms.located") if values else ""
    if entry.kind in (InputKind.PHOTO, InputKind.FILE):
        return say("forms.received", count=len(values), photo=entry.kind is InputKind.PHOTO)
    labels = {option.value: option.label for option in entry.options}
    if entry.kind is InputKind.DATETIME:
        return values[0].replace("T", " ")[:16]
    return "、".join(labels.get(value, value) for value in values)


def _in_words(card: Card, entry: Input) -> list[Block]:
    blocks: list[Block] = []
    words = value_words(entry)
    if words:
        source = f"（{source_line(entry.source)}）" if entry.source and entry.source.text else ""
        tone = Tone.WARN if entry.problem else Tone.PLAIN
        blocks.append(Facts(facts=(Fact(label=entry.label, value=f"{words}{source}", tone=tone),)))
    if entry.problem:
        blocks.append(Text(text=f"⚠ {entry.label}：{entry.problem}"))
    if not entry.value and (entry.required or not known(card)):
        blocks.append(entry.model_copy(update={"problem": ""}))
    return blocks


def _buttons(card: Card) -> tuple[Button, ...]:
    """改一下 right behind the button that submits, where there is something to correct."""
    revise = Button.does(say("forms.revise"), ReviseCard())
    at = next((place for place, button in enumerate(card.buttons) if button.submits), None)
    if at is None or revise in card.buttons or not known(card):
        return card.buttons
    return (*card.buttons[: at + 1], revise, *card.buttons[at + 1 :])
