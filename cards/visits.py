"""拜访 cards: how a visit ended, what it lacks, what the manager hears."""

from __future__ import annotations

from typing import ClassVar

from cards.model import Action, Block, Button, Card, Style, Tag, Tags, Text, Tone
from cards.texts import say


class StartVisit(Action):
    name: ClassVar[str] = "visit.start"
    customer: int = 0


class CompleteVisit(Action):
    """Asks for what a visit still lacks."""

    name: ClassVar[str] = "visit.complete"
    visit: int


def finished(visit_id: int, customer: str, *, missing: str = "", following: str = "") -> Card:
    """For the rep: the visit is over, verified or 待验证."""
    state = Tag(
        text=say("visits.incomplete") if missing else say("visits.verified"), tone=Tone.WARN if missing else Tone.GOOD
    )
    blocks: list[Block] = [Tags(tags=(state,))]
    if missing:
        blocks.append(Text(text=say("visits.missing", missing=missing)))
    if following:
        blocks.append(Text(text=say("visits.next", at=following), soft=True))
    title = say("visits.finished", customer=customer)
    buttons = (
        (Button.does(say("visits.complete"), CompleteVisit(visit=visit_id), style=Style.PRIMARY),) if missing else ()
    )
    return Card(title=title, tone=Tone.WARN if missing else Tone.GOOD, blocks=tuple(blocks), buttons=buttons)


def incomplete(rep: str, customer: str, missing: str) -> Card:
    """For the manager."""
    return Card(
        title=say("visits.incomplete_title", rep=rep, customer=customer),
        lead=say("visits.incomplete_lead"),
        tone=Tone.WARN,
        blocks=(Text(text=say("visits.missing", missing=missing)),),
    )


def completed(rep: str, customer: str) -> Card:
    return Card(title=say("visits.completed_title", rep=rep, customer=customer), tone=Tone.GOOD)


def far(rep: str, customer: str, metres: int) -> Card:
    return Card(
        title=say("visits.far_title", rep=rep, customer=customer),
        lead=say("visits.far_lead", metres=metres),
        tone=Tone.WARN,
    )
