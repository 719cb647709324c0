"""Asks the optional language model about a message before it is handled: outside of any transaction, and never for long.

Without an address nothing happens. A model that is late, wrong or gone costs its time-out a few times, then is left
alone for a while; the message goes on by the rules alone, and nobody is told but the doctor.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.clock import Clock
from bot.platforms.base import Inbound
from bot.platforms.http import Http
from config import settings as config
from storage import people
from transcription import proposer
from transcription.asked import asked_kind
from transcription.proposer import ModelSilent, ProposerSettings
from transcription.transcript import Transcript
from transcription.understanding import Understanding, read, understand

if TYPE_CHECKING:
    from bot.services import Services

AT_ONCE = 4
"""Questions on the way; with more of them a message goes on without."""
FAILURES = 3
"""Failures in a row after which the model is left alone."""
REST = timedelta(minutes=1)

log = structlog.get_logger()


class Proposals:
    """The model of this installation, where there is one."""

    def __init__(self, own: config.ProposerSettings, http: Http, clock: Clock) -> None:
        self._settings = ProposerSettings(own.base_url, own.model, own.key.get_secret_value(), own.timeout)
        self._http = http
        self._clock = clock
        self._asking = 0
        self._failures = 0
        self._rests_until: datetime | None = None

    @property
    def model(self) -> str:
        """Its name; empty where none is set up."""
        return self._settings.model if self._settings.address else ""

    async def about(self, understood: Understanding) -> Mapping[str, Any]:
        """What the model proposes for the single record of a message; nothing where it is not to be asked."""
        if not self.model or self._asking >= AT_ONCE or self._rests() or not _worth_asking(understood):
            return {}
        self._asking += 1
        try:
            found = await proposer.ask(understood.text, self._settings, self._http.session)
        except ModelSilent as silent:
            self._failed(silent)
            return {}
        finally:
            self._asking -= 1
        self._failures = 0
        return found

    async def check(self, patience: float) -> None:
        """Asks for one word. Raises ModelSilent with the reason when none comes."""
        hurried = ProposerSettings(self._settings.address, self._settings.model, self._settings.key, patience)
        await proposer.answers(hurried, self._http.session)

    def _rests(self) -> bool:
        return self._rests_until is not None and self._clock.now() < self._rests_until

    def _failed(self, silent: ModelSilent) -> None:
        self._failures += 1
        log.warning("language model silent", reason=str(silent), failures=self._failures)
        if self._failures >= FAILURES:
            self._failures, self._rests_until = 0, self._clock.now() + REST


async def proposals_for(
    services: Services, inbound: Inbound, text: str, transcript: Transcript | None
) -> Mapping[str, Any]:
    """What the model proposes for a message that is about to be handled; nothing without a model."""
    heard_by_us = inbound.chat.kind != "group" or inbound.mentioned
    if not services.proposals.model or not heard_by_us or not text.strip() or text.lstrip().startswith(("/", "／")):
        return {}
    async with services.db.read() as tx:
        if await people.by_identity(tx, inbound.platform, inbound.app, inbound.sender) is None:
            return {}
        lexicon = await services.lexicons.load(tx)
        calendar = (await services.catalogues.load(tx)).calendar
    now = services.clock.now().astimezone(calendar.zone)
    message = read(text, now=now, lexicon=lexicon, calendar=calendar, heard=transcript is not None)
    if asked_kind(message) is not None:
        return {}
    understood = understand(text, now=now, lexicon=lexicon, transcript=transcript, calendar=calendar)
    return await services.proposals.about(understood)


def _worth_asking(understood: Understanding) -> bool:
    """One record, with something left empty."""
    return len(understood.drafts) == 1 and proposer.lacking(understood.drafts[0])
