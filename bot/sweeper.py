"""Fires deadlines. The rows own the moments; this only asks which have come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import figures
from bot.clock import Clock
from storage import deadlines
from storage.database import Database
from storage.tables import Deadline

PAUSES = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5))

log = structlog.get_logger()

Fire = Callable[[AsyncSession, Deadline], Awaitable[None]]


class Sweeper:
    """Each due deadline is marked fired and acted upon in one transaction, so it happens exactly once."""

    def __init__(self, db: Database, clock: Clock, fire: Fire, gave_up: Fire) -> None:
        self._db = db
        self._clock = clock
        self._fire = fire
        self._gave_up = gave_up

    async def sweep(self) -> int:
        """Fires what is due now, earliest first; gives how many."""
        async with self._db.read() as tx:
            due = await deadlines.due(tx, self._clock.now())
        for deadline in due:
            await self._one(deadline)
        return len(due)

    async def _one(self, deadline: Deadline) -> None:
        with structlog.contextvars.bound_contextvars(deadline=deadline.id, kind=deadline.kind):
            try:
                async with self._db.write() as tx:
                    if await deadlines.fire(tx, deadline.id, self._clock.now()):
                        await self._fire(tx, deadline)
                figures.fired.labels(deadline.kind).inc()
                figures.lateness.observe((self._clock.now() - deadline.at).total_seconds())
            except Exception as error:  # the boundary: the deadline is kept and tried again
                log.exception("deadline failed", attempt=deadline.attempts + 1)
                await self._put_back(deadline, error)

    async def _put_back(self, deadline: Deadline, error: Exception) -> None:
        now = self._clock.now()
        pause = PAUSES[deadline.attempts] if deadline.attempts < len(PAUSES) else None
        async with self._db.write() as tx:
            words = f"{type(error).__name__}: {error}"
            await deadlines.failed(tx, deadline.id, error=words, retry_at=now + pause if pause else None)
            if pause is None:
                await self._gave_up(tx, deadline)
