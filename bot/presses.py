"""From a pressed button to its handler: which action was meant, and whether something has to be asked for first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.context import Context
from bot.errors import Refused
from bot.platforms.base import Press
from cards.fallback import ReviseCard, will_be_asked, without
from cards.model import Button, Card, UnknownAction, parse_action
from cards.texts import say
from storage import conversations, outbox

NUMBER = "button"
"""Key of an action that travelled as the button's number on the card, from 1 (links, numbered text, long actions)."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as it stands on somebody's screen, and the names of the inputs that are not on it there."""

    card: Card
    left_out: tuple[str, ...] = ()


async def press(ctx: Context) -> None:
    """Does what the pressed button says. What the delivered card could not hold is asked for first."""
    assert ctx.inbound is not None and ctx.inbound.press is not None
    pressed = ctx.inbound.press
    ctx.card = await outbox.card(ctx.tx, pressed.card) if pressed.card else None
    if ctx.card is not None and ctx.card.person_id not in (None, ctx.actor.id):
        raise Refused(say("runtime.not_your_card"))
    if ctx.card is None:
        await act(ctx, pressed.action)
        return
    await _end_dialogue(ctx, ctx.card.key)
    body, left_out = await outbox.shown(ctx.tx, ctx.card)
    shown = Shown(Card.model_validate(body), left_out)
    button = meant(pressed, ctx.inbound.text, shown)
    action = dict(button.action or {}) if button is not None else dict(pressed.action)
    if action == ReviseCard().wire():
        await ctx.services.dialogue.revise(ctx, _submit(shown), shown.left_out)
        return
    # Asked by the card as it stands in the records: it may be newer than what was on the screen.
    # What was answered elsewhere than on the card (the phone page) is not asked again.
    lacking = will_be_asked(Card.model_validate(ctx.card.card), shown.left_out)
    wanted = [name for name in lacking if name not in pressed.answers]
    if wanted and _submits(shown, action) and ctx.card.state == "live":
        await ctx.services.dialogue.complete(ctx, action, wanted)
        return
    await act(ctx, action)


async def act(ctx: Context, wire: Mapping[str, Any]) -> None:
    """Hands an action to whoever handles it. Raises Refused for one that nobody knows."""
    try:
        action = parse_action(dict(wire))
    except UnknownAction:
        raise Refused(say("runtime.old_card")) from None
    handler = ctx.services.routes.presses.get(type(action))
    if handler is None:
        raise Refused(say("runtime.old_card"))
    await handler(ctx, action)


async def replay(ctx: Context, card_key: str, action: Mapping[str, Any], answers: Mapping[str, Any]) -> Context:
    """The press that had to wait for answers, now with them; gives the context it was handled in."""
    assert ctx.inbound is not None
    given = replace(ctx.inbound, press=Press(card_key, action, answers))
    again = replace(ctx, inbound=given, card=await outbox.card(ctx.tx, card_key), message=None)
    await act(again, action)
    return again


def meant(pressed: Press, said: str, shown: Shown) -> Button | None:
    """The button of the delivered card that was pressed; None where the action tells it by itself.

    Raises:
        Refused: the card has no such button, or the action was lost and more than one could be meant.
    """
    buttons = delivered(shown).buttons
    if pressed.action.keys() == {NUMBER}:
        return _numbered(buttons, int(pressed.action[NUMBER]), said)
    if pressed.action:
        return None
    submits = [button for button in buttons if button.submits and button.action is not None]
    if len(submits) != 1:
        raise Refused(say("runtime.lost_press"))
    return submits[0]


def delivered(shown: Shown) -> Card:
    """The card as it was drawn: what was left out of it is words."""
    return without(shown.card, shown.left_out) if shown.left_out else shown.card


def _numbered(buttons: tuple[Button, ...], number: int, said: str) -> Button:
    """A tapped link says the button's label before its code: a label that is not on the card any more is an old card."""
    button = buttons[number - 1] if 0 < number <= len(buttons) else None
    label = said.partition("#gj.")[0].strip()
    if button is None or button.action is None or (label and label != button.label):
        raise Refused(say("runtime.old_card"))
    return button


def _submits(shown: Shown, action: Mapping[str, Any]) -> bool:
    return any(button.submits and button.action == action for button in shown.card.buttons)


def _submit(shown: Shown) -> dict[str, Any]:
    """The action of the card's first submitting button. Raises Refused when it has none any more."""
    for button in shown.card.buttons:
        if button.submits and button.action is not None:
            return dict(button.action)
    raise Refused(say("runtime.old_card"))


async def _end_dialogue(ctx: Context, card_key: str) -> None:
    """Whoever presses the card again is done answering questions about it."""
    state = await conversations.state(ctx.tx, ctx.actor.id)
    if state.get("card") == card_key:
        await conversations.keep(ctx.tx, ctx.actor.id, {}, ctx.now)
