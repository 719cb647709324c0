"""The card of a flow's step: who holds it, what is asked, by when, and the answers one may press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from cards.model import Action, Block, Button, Card, Chain, Due, Fact, Facts, Input, Link, Style, Text, Tone
from cards.texts import say


class AnswerStep(Action):
    """A choice of a step, with the inputs of its form where the card holds them."""

    name: ClassVar[str] = "flow.answer"
    step: int
    choice: str


class SupplyStep(Action):
    """What a paused step asked for."""

    name: ClassVar[str] = "flow.supply"
    step: int


@dataclass(frozen=True, slots=True)
class ChoiceView:
    name: str
    label: str
    style: str
    takes_form: bool


@dataclass(frozen=True, slots=True)
class FlowView:
    """A flow as it stands now, for one viewer. Moments are already words; `elapsed` is the share of the time gone."""

    flow_id: int
    step_id: int
    title: str
    subject: str
    facts: Sequence[tuple[str, str]]
    state: str
    """open, paused, done, rejected, cancelled."""
    links: Sequence[Link]
    due: str = ""
    elapsed: float = 0.0
    late: bool = False
    answer: str = ""
    """What was chosen, as a sentence: 王主管 已协调（今天 14:10）."""
    note: str = ""
    notes: Sequence[tuple[str, str]] = ()
    choices: Sequence[ChoiceView] = ()
    inputs: Sequence[Input] = ()
    can_answer: bool = False
    can_supply: bool = False
    extra: dict[str, str] = field(default_factory=dict)


def flow_card(view: FlowView, about: str) -> Card:
    """`about`: opened, reminder, due, escalation, answered, asked, supplied, called_off, rejected or changed."""
    title = say("flows.title", view=view, about=about)
    return Card(
        title=title,
        lead=say("flows.lead", view=view, about=about),
        tone=_tone(view),
        blocks=tuple(_blocks(view)),
        buttons=tuple(_buttons(view)),
        summary=title,
    )


def _blocks(view: FlowView) -> list[Block]:
    blocks: list[Block] = (
        [Facts(facts=tuple(Fact(label=label, value=value) for label, value in view.facts))] if view.facts else []
    )
    blocks += [Text(text=f"**{who}** {words}") for who, words in view.notes]
    if len(view.links) > 1:
        blocks.append(Chain(links=tuple(view.links)))
    if view.due and view.state == "open":
        blocks.append(Due(text=view.due, elapsed=view.elapsed, tone=Tone.LATE if view.late else Tone.PLAIN))
    if view.can_answer or view.can_supply:
        blocks += view.inputs
    return blocks


def _buttons(view: FlowView) -> list[Button]:
    if view.can_supply:
        return [
            Button.does(
                say("flows.supply"), SupplyStep(step=view.step_id), style=Style.PRIMARY, submits=bool(view.inputs)
            )
        ]
    if not view.can_answer:
        return []
    return [
        Button.does(
            choice.label,
            AnswerStep(step=view.step_id, choice=choice.name),
            style=Style(choice.style),
            submits=choice.takes_form and bool(view.inputs),
        )
        for choice in view.choices
    ]


def _tone(view: FlowView) -> Tone:
    if view.state == "done":
        return Tone.GOOD
    if view.state == "open" and view.late:
        return Tone.LATE
    return Tone.WARN if view.state in ("open", "paused") else Tone.PLAIN
