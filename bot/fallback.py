"""Fits a card to what a platform's cards can hold. Used once, by the sender, at delivery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.fields import fits
from bot.platforms.base import Capabilities
from cards.fallback import submitted_alone, without
from cards.model import Card, Input


@dataclass(frozen=True, slots=True)
class Fitted:
    """A card as it is delivered, and the names of the inputs that do not stand on it."""

    card: Card
    left_out: tuple[str, ...] = ()


def fitted(card: Card, can: Capabilities) -> Fitted:
    """The card for a platform: whole where it holds every input, else with facts and 改一下 in their place."""
    if not any(button.submits for button in card.buttons) or fits(card.inputs, can):
        return Fitted(card)
    alone = submitted_alone(card)
    if alone is not None and fits_alone(card.inputs, can):
        return Fitted(alone)
    standing = _standing(card.inputs, can)
    left_out = tuple(one.name for one in card.inputs if one.name not in standing)
    return Fitted(without(card, left_out), left_out)


def fits_alone(inputs: Sequence[Input], can: Capabilities) -> bool:
    """Whether a card whose one button submits them holds these inputs, which are then all of one kind."""
    kinds = Counter(entry.kind.value for entry in inputs)
    return (
        len(kinds) == 1
        and all(count <= can.alone.get(kind, 0) for kind, count in kinds.items())
        and all(0 < len(entry.options) <= can.max_options for entry in inputs)
    )


def _standing(inputs: Sequence[Input], can: Capabilities) -> set[str]:
    """Names of the inputs that find a place: what is wrong or empty before what is filled already."""
    possible = [one for one in inputs if fits([one], can)]
    needed = sorted(possible, key=lambda one: bool(one.value) and not one.problem)
    return {one.name for one in needed[: can.max_inputs]}
