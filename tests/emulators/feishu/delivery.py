"""Events on their way to the app: the envelope, repeats when nobody accepts them, callbacks that are never repeated."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.emulators.feishu.subscriptions import reaches
from tests.emulators.feishu.world import World

REPEATS = (timedelta(seconds=15), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))
ANSWER_WITHIN = timedelta(seconds=3)


@dataclass(frozen=True)
class Outcome:
    """How one attempt went. `error` is what the person's client shows for a callback (0: nothing)."""

    accepted: bool
    answer: Any = None
    error: int = 0


Carrier = Callable[[dict[str, Any]], Awaitable[Outcome]]
"""One attempt to hand an envelope over."""


@dataclass
class Delivery:
    world: World
    carrier: Carrier
    copies: int = 1
    """How often every event is pushed although it was accepted."""
    held: list[dict[str, Any]] | None = None
    """While a list: events wait in it instead of leaving, so that a test can release them in another order."""
    attempts: list[tuple[str, Outcome]] = field(default_factory=list)
    _repeating: set[asyncio.Task[None]] = field(default_factory=set)

    def envelope(self, event_type: str, event: dict[str, Any]) -> dict[str, Any]:
        app = self.world.app
        header = {
            "event_id": self.world.new("event_"),
            "event_type": event_type,
            "create_time": self.world.ms(),
            "token": app.verification_token,
            "app_id": app.app_id,
            "tenant_key": "tenant",
        }
        return {"schema": "2.0", "header": header, "event": event}

    async def event(self, event_type: str, event: dict[str, Any]) -> bool:
        """Pushes an event; True when the first attempt was accepted. Otherwise it is repeated on the clock.

        One the app has no permission for goes nowhere.
        """
        if not reaches(self.world, event_type, event):
            return False
        envelope = self.envelope(event_type, event)
        if self.held is not None:
            self.held.append(envelope)
            return False
        return await self.push(envelope)

    async def push(self, envelope: dict[str, Any]) -> bool:
        outcomes = [await self._attempt(envelope) for _ in range(self.copies)]
        if not outcomes[0].accepted:
            task = asyncio.create_task(self._repeat(envelope))
            self._repeating.add(task)
            task.add_done_callback(self._repeating.discard)
            await asyncio.sleep(0)  # its clock starts now
        return outcomes[0].accepted

    async def callback(self, event_type: str, event: dict[str, Any]) -> Outcome:
        """A press: one attempt, and its answer."""
        envelope = self.envelope(event_type, event)
        envelope["header"]["create_time"] += "000"  # microseconds, as the callback page shows
        outcome = await self._attempt(envelope)
        for _ in range(self.copies - 1):
            await self._attempt(envelope)
        return _shaped(outcome)

    async def release(self, *, reverse: bool = False) -> None:
        """Lets held events go."""
        held, self.held = self.held or [], None
        for envelope in reversed(held) if reverse else held:
            await self.push(envelope)

    async def close(self) -> None:
        for task in self._repeating:
            task.cancel()
        await asyncio.gather(*self._repeating, return_exceptions=True)

    async def _attempt(self, envelope: dict[str, Any]) -> Outcome:
        outcome = await self.carrier(envelope)
        self.attempts.append((envelope["header"]["event_id"], outcome))
        return outcome

    async def _repeat(self, envelope: dict[str, Any]) -> None:
        for pause in REPEATS:
            await self.world.clock.sleep(pause)
            if (await self._attempt(envelope)).accepted:
                return


async def within_time(world: World, attempt: Awaitable[Outcome], limit: timedelta = ANSWER_WITHIN) -> Outcome:
    """The attempt's outcome, or a failed one when so much of the world's clock passes first."""
    trying = asyncio.ensure_future(attempt)
    waiting = asyncio.create_task(world.clock.sleep(limit))
    await asyncio.wait((trying, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if trying.done():
        return trying.result()
    trying.cancel()
    await asyncio.wait((trying,))
    return Outcome(False, error=200341)


def _shaped(outcome: Outcome) -> Outcome:
    """A callback's answer must be an object with toast and card in their documented shapes."""
    if not outcome.accepted:
        return outcome
    answer = outcome.answer
    if isinstance(answer, bytes | str):
        try:
            answer = json.loads(answer)
        except ValueError:
            return Outcome(True, error=200672)
    if not isinstance(answer, dict) or set(answer) - {"toast", "card"}:
        return Outcome(True, answer, error=200672)
    card = answer.get("card")
    if card is not None and (not isinstance(card, dict) or card.get("type") not in ("raw", "template")):
        return Outcome(True, answer, error=200673)
    return Outcome(True, answer)
