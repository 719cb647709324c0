"""Which way of asking a person an app can use: the best rung that is configured and has not failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.clock import Clock
from bot.errors import DeliveryError
from bot.platforms.dingtalk.settings import DingTalkSettings
from cards.model import Card, InputKind

FORGET_AFTER = timedelta(hours=24)
"""A rung that failed is tried again after a day: the admin may have published the template meanwhile."""

CARD_INPUTS = frozenset(
    {
        InputKind.CHOICE,
        InputKind.MULTI_CHOICE,
        InputKind.TEXT,
        InputKind.LONG_TEXT,
        InputKind.NUMBER,
        InputKind.DATE,
        InputKind.DATETIME,
    }
)
"""What the form component has a field for."""


class Rung(StrEnum):
    """Ways of drawing a card, best first. The value is its mark in `outTrackId`."""

    FORM = "f"
    """Template card with a form component."""
    BUTTONS = "b"
    """General AI card: text and buttons."""
    LINKS = "l"
    """ActionCard whose buttons send a code text in the person's name (dtmd links), 1:1 only."""
    PAGE = "p"
    """ActionCard with links to pages."""
    TEXT = "t"
    """Numbered text."""


CARD_RUNGS = frozenset({Rung.FORM, Rung.BUTTONS})
"""Rungs that are cards of DingTalk: they can be pressed, and changed later."""


class RungFailed(DeliveryError):
    """This way of drawing did not work here; the next one may. `lasting`: it will not work for other cards either."""

    def __init__(self, reason: str, *, lasting: bool) -> None:
        super().__init__(reason)
        self.lasting = lasting


@dataclass(frozen=True, slots=True)
class Failure:
    reason: str
    since: datetime


class Ladder:
    """Remembers, for one app, which rungs failed."""

    def __init__(self, settings: DingTalkSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._failed: dict[Rung, Failure] = {}

    def rungs(self, card: Card, *, group: bool) -> list[Rung]:
        """The rungs to try for `card`, best first; the last one always works."""
        asks = any(block.kind in CARD_INPUTS for block in card.inputs)
        wanted = {
            Rung.FORM: asks and self._settings.form_template is not None,
            Rung.BUTTONS: bool(self._settings.button_template),
            Rung.LINKS: self._settings.tap_links
            and not group
            and any(button.action is not None for button in card.buttons),
            Rung.PAGE: any(button.url for button in card.buttons),
            Rung.TEXT: True,
        }
        return [rung for rung in Rung if wanted[rung] and self.works(rung)]

    @property
    def has_form(self) -> bool:
        """Whether inputs can stand on a card at present."""
        return self._settings.form_template is not None and self.works(Rung.FORM)

    @property
    def has_cards(self) -> bool:
        """Whether anything we send can be changed later."""
        return self.has_form or (bool(self._settings.button_template) and self.works(Rung.BUTTONS))

    def works(self, rung: Rung) -> bool:
        failure = self._failed.get(rung)
        return failure is None or self._clock.now() - failure.since >= FORGET_AFTER

    def drop(self, rung: Rung, reason: str) -> None:
        """Leaves `rung` out for a day. The last rung cannot be dropped."""
        if rung is not Rung.TEXT:
            self._failed[rung] = Failure(reason, self._clock.now())

    def failures(self) -> Mapping[Rung, Failure]:
        """What the doctor shows."""
        return {rung: failure for rung, failure in self._failed.items() if not self.works(rung)}
