"""All time comes from here. Instants are aware UTC; people see the team's zone."""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Says what time it is, and waits for business time to pass."""

    def now(self) -> datetime: ...

    async def sleep(self, duration: timedelta) -> None:
        """Returns when `now()` has advanced by `duration`, by itself or because it was moved."""
        ...


class SystemClock:
    """Wall time, moved ahead by an offset in the demo."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time(), UTC) + self.offset

    async def sleep(self, duration: timedelta) -> None:
        until = self.now() + duration
        while (left := until - self.now()) > timedelta(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), left.total_seconds())

    def move_to(self, moment: datetime) -> None:
        """Demo only. Raises ValueError when `moment` lies in the past: deadlines that fired cannot un-fire."""
        ahead = moment - self.now()
        if ahead < timedelta(0):
            raise ValueError("the clock only moves forward")
        self.offset += ahead
        self._moved.set()
        self._moved = asyncio.Event()


class VirtualClock:
    """Stands still until a test moves it."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._waiting: list[tuple[datetime, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, duration: timedelta) -> None:
        if duration <= timedelta(0):
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self._now + duration, done))
        await done

    def move_to(self, moment: datetime) -> None:
        if moment < self._now:
            raise ValueError("the clock only moves forward")
        self._now = moment.astimezone(UTC)
        due = [entry for entry in self._waiting if entry[0] <= self._now]
        self._waiting = [entry for entry in self._waiting if entry[0] > self._now]
        for _, done in due:
            if not done.done():
                done.set_result(None)
