"""Why somebody got a push."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cards.model import Card, Fact, Facts
from cards.texts import say


@dataclass(frozen=True, slots=True)
class Reason:
    """`push` is the first line of what was sent; `facts` are label and words."""

    push: str
    trigger: str
    facts: Sequence[tuple[str, str]]


def why_card(reason: Reason) -> Card:
    facts = tuple(Fact(label=label, value=value) for label, value in reason.facts)
    return Card(title=say("why.title", push=reason.push), lead=reason.trigger, blocks=(Facts(facts=facts),))
