"""Holds a long connection for ever: when it dies, waits a growing, jittered while and connects again."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.errors import Credentials, DeliveryError, RetryAfter

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait after the n-th failure in a row: `first`, doubling up to `most`; a random half to whole of it."""

    first: timedelta = timedelta(seconds=1)
    most: timedelta = timedelta(minutes=2)
    refused: timedelta = timedelta(minutes=5)
    """After wrong credentials: an admin has to mend them, and hammering may lock the app out."""
    settled: timedelta = timedelta(seconds=60)
    """A connection that lived this long was a good one; the count of failures starts anew."""

    def wait(self, failures: int, chance: float) -> timedelta:
        """The pause before the next attempt. `failures` >= 1, `chance` in [0, 1)."""
        doublings: int = 2 ** min(failures - 1, 30)
        whole = min(self.first * doublings, self.most)
        return whole * (0.5 + chance / 2)


async def keep_connected(
    name: str,
    live: Callable[[], Awaitable[None]],
    clock: Clock,
    *,
    backoff: Backoff | None = None,
    chance: Callable[[], float] = random.random,
) -> None:
    """Runs `live` (one connection from opening to its end) again and again until cancelled.

    `live` returns when the connection ended and raises DeliveryError (RetryAfter, Credentials, Permanent) when it
    could not be opened or broke; anything else is a defect and goes up. RetryAfter's own wait is honoured when it
    is longer than ours.
    """
    backoff = backoff or Backoff()
    failures = 0
    while True:
        began = clock.now()
        at_least = timedelta(0)
        try:
            await live()
            log.info("connection.closed", connection=name)
        except Credentials as error:
            at_least = backoff.refused
            log.error("connection.refused", connection=name, reason=str(error))
        except DeliveryError as error:
            at_least = error.after if isinstance(error, RetryAfter) else timedelta(0)
            log.warning("connection.lost", connection=name, reason=str(error))
        failures = 1 if clock.now() - began >= backoff.settled else failures + 1
        await clock.sleep(max(at_least, backoff.wait(failures, chance())))
