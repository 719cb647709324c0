"""The embedded engine: who drains which mailbox, in one process.

Messages of one mailbox are handled one after another, different mailboxes in parallel. A failed message is tried
again with growing pauses while its mailbox waits, then parked, so that the next one is not blocked for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from bot import figures
from bot.clock import Clock
from storage import inbox
from storage.database import Database
from storage.tables import Inbox

PAUSES = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30))
"""Before the second, third and fourth try. After that a message is parked."""

log = structlog.get_logger()

Handle = Callable[[Inbox], Awaitable[None]]
"""Handles one message and marks it done, in one transaction."""
Parked = Callable[[Inbox], Awaitable[None]]


class Mailboxes:
    """Starts a worker for every mailbox that has something to do; each ends when its mailbox is empty."""

    def __init__(self, db: Database, clock: Clock, handle: Handle, parked: Parked, *, parallel: int = 16) -> None:
        self._db = db
        self._clock = clock
        self._handle = handle
        self._parked = parked
        self._slots = asyncio.Semaphore(parallel)
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()

    def wake(self, mailbox: str) -> None:
        """Something has come into this mailbox."""
        if mailbox in self._workers:
            self._again.add(mailbox)
            return
        worker = asyncio.create_task(self._drain(mailbox), name=f"mailbox {mailbox}")
        self._workers[mailbox] = worker
        worker.add_done_callback(lambda _: self._ended(mailbox))

    async def wake_waiting(self) -> int:
        """Wakes every mailbox with something to handle now: after a start, and for retries. Gives how many."""
        async with self._db.read() as tx:
            waiting = await inbox.waiting_mailboxes(tx, self._clock.now())
        for mailbox in waiting:
            self.wake(mailbox)
        return len(waiting)

    async def settle(self) -> None:
        """Returns when no worker runs."""
        while self._workers:
            await asyncio.wait(self._workers.values())
            await asyncio.sleep(0)  # let the done-callbacks run

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        """While a message waits for something slow (a recording being heard), its place is another mailbox's."""
        self._slots.release()
        try:
            yield
        finally:
            await self._slots.acquire()

    async def close(self) -> None:
        """Lets the messages being handled finish; what waits stays in the inbox."""
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    def _ended(self, mailbox: str) -> None:
        worker = self._workers.pop(mailbox)
        if not worker.cancelled() and (error := worker.exception()) is not None:
            log.error("mailbox worker failed", mailbox=mailbox, exc_info=error)
        if mailbox in self._again:
            self._again.discard(mailbox)
            if not worker.cancelled():
                self.wake(mailbox)

    async def _drain(self, mailbox: str) -> None:
        async with self._slots:
            while await self._handle_head(mailbox):
                pass

    async def _handle_head(self, mailbox: str) -> bool:
        """Handles the oldest message. False: nothing to do now."""
        self._again.discard(mailbox)
        async with self._db.read() as tx:
            row = await inbox.head(tx, mailbox)
        if row is None or (row.next_at is not None and row.next_at > self._clock.now()):
            return False
        with structlog.contextvars.bound_contextvars(message=f"{row.platform}/{row.event_key}", inbox=row.id):
            try:
                with figures.handling.time():
                    await self._handle(row)
                figures.handled.labels("done").inc()
            except Exception as error:  # the boundary: whatever a handler raises is kept with the message
                figures.handled.labels("failed").inc()
                log.exception("handler failed", attempt=row.attempts + 1)
                return await self._put_back(row, error)
        return True

    async def _put_back(self, row: Inbox, error: Exception) -> bool:
        now = self._clock.now()
        pause = PAUSES[row.attempts] if row.attempts < len(PAUSES) else None
        async with self._db.write() as tx:
            retry_at = now + pause if pause else None
            await inbox.failed(tx, row.id, error=f"{type(error).__name__}: {error}", retry_at=retry_at, now=now)
        if pause is None:
            await self._parked(row)
        return pause is None
