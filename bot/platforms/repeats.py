"""Deliveries of several messages, and repeats that the platform would not recognise: those say what they may be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.platforms.base import FileBody, Notes, Outgoing
from cards.model import Card
from cards.texts import say

T = TypeVar("T")

SendPiece = Callable[[T, int, bool], Awaitable[str]]
"""Sends a piece, given its place from 0 and whether the person may have it already; gives its id."""


async def each(push: Outgoing, pieces: Sequence[T], send: SendPiece[T], *, scope: str = "piece") -> list[str]:
    """Sends every piece once and in order, gives their ids: a repeat goes on behind those known to have arrived.

    `scope` tells several runs within one push apart.
    """
    ids: list[str] = []
    sure = push.begun is None
    for place, piece in enumerate(pieces):
        name = f"{scope}:{place}"
        if name not in push.notes:
            sent = await send(piece, place, not sure)
            if len(pieces) > 1:
                await push.notes.keep(name, sent)
            sure = True  # what comes after a piece of unknown fate was never tried
            ids.append(sent)
        else:
            ids.append(push.notes[name])
    return ids


def in_doubt(push: Outgoing, now: datetime, window: timedelta = timedelta(0)) -> bool:
    """Whether the person may have it already and the platform, which knows a key for `window`, would show it again."""
    return push.begun is not None and now - push.begun >= window


def perhaps_twice(words: str) -> str:
    return f"{words}\n\n{say('runtime.perhaps_twice')}"


def file_perhaps_twice(file: FileBody) -> str:
    """What goes before a file, which can say nothing itself."""
    return say("runtime.file_perhaps_twice", name=file.name)


def apart(push: Outgoing, what: str = "again") -> Outgoing:
    """Under which a word about the push goes: beside it, and not in doubt itself."""
    return replace(push, key=f"{push.key}/{what}", begun=None, notes=Notes())


def card_perhaps_twice(card: Card) -> Card:
    """A card that shows it under its title."""
    lead = "　".join(part for part in (card.lead, say("runtime.perhaps_twice")) if part)
    return card.model_copy(update={"lead": lead})
