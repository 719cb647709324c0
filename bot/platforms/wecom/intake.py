"""Between the long connection and the inbox: frames in order, none lost when the connection or the process goes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.clock import Clock

log = structlog.get_logger(__name__)

WAITING = 1000
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(seconds=30)

Take = Callable[[str, str], Awaitable[None]]
"""Receives (req_id, body as JSON) of a callback and returns when it is durable."""


class Intake:
    """Reading goes on while the inbox works, so that answers and pings are not held up. The platform never repeats a
    callback: one that was read is kept here until the inbox has it."""

    def __init__(self, clock: Clock, take: Take) -> None:
        self._clock = clock
        self._take = take
        self._frames: asyncio.Queue[tuple[str, str]] = asyncio.Queue(WAITING)

    async def put(self, req_id: str, body: str) -> None:
        """Waits while the inbox is a thousand frames behind."""
        await self._frames.put((req_id, body))

    async def run(self) -> None:
        """Until cancelled; what is still waiting then is handed over first."""
        frame: tuple[str, str] | None = None
        try:
            while True:
                frame = await self._frames.get()
                await self._until_kept(*frame)
                frame = None
        except asyncio.CancelledError:
            await self._hand_over(frame)
            raise

    async def _until_kept(self, req_id: str, body: str) -> None:
        wait = FIRST_WAIT
        while not await self._kept(req_id, body):
            await self._clock.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _hand_over(self, frame: tuple[str, str] | None) -> None:
        """The frame in hand may be half done; the inbox knows repeats."""
        if frame is not None:
            await self._kept(*frame)
        while not self._frames.empty():
            await self._kept(*self._frames.get_nowait())

    async def _kept(self, req_id: str, body: str) -> bool:
        try:
            await self._take(req_id, body)
        except Exception:  # whatever the inbox failed with, the message is only here
            log.exception("wecom.inbox_failed")
            return False
        return True
