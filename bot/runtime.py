"""The running product: takes messages in, handles them, fires deadlines, sends pushes.

In operation a ticker says "now" once a second and commits wake what they concern. In tests and when the demo's clock
is moved, `forward` goes from one due moment to the next, so that a week passes in a second and in the right order.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import figures
from bot.clock import SystemClock, VirtualClock
from bot.dispatch import Dispatcher
from bot.engine import Mailboxes
from bot.jobs import Jobs
from bot.leases import App, Leases, name_of
from bot.platforms.base import HasHealth, Inbound, Recalls
from bot.sender import Sender
from bot.services import Services
from bot.sweeper import Sweeper
from storage import deadlines, inbox, outbox
from storage.inbox import InboxWriter, Received, inbox_writer

AFTER_A_DEFECT = timedelta(seconds=30)
MOST_ROUNDS = 10_000
"""Rounds of handling before `settle` concludes that handlers keep feeding each other."""

log = structlog.get_logger()


class Runtime:
    def __init__(self, services: Services) -> None:
        self.services = services
        self.dispatcher = Dispatcher(services)
        self.jobs = Jobs(services, self.dispatcher)
        self.mailboxes = Mailboxes(services.db, services.clock, self.dispatcher.handle, self.dispatcher.tell_parked)
        self.sweeper = Sweeper(services.db, services.clock, self.dispatcher.fire, self.dispatcher.gave_up)
        self.leases = Leases(services.db, services.clock, services.platforms, self._lease_changed)
        self.sender = Sender(services.db, services.clock, services.platforms, services.attachments, self.leases)
        services.wake = self.sender.wake
        services.wake_mailbox = self.mailboxes.wake
        services.aside = self.mailboxes.aside
        self._inbox: InboxWriter | None = None
        self._ticker: AsyncIOScheduler | None = None
        self._sending: asyncio.Task[None] | None = None
        self._holding: list[asyncio.Task[None]] = []
        self._ticking = asyncio.Lock()

    # Messages in

    async def sink(self, inbound: Inbound) -> bool:
        """Makes a message durable, then lets it be handled. True: new; False: a repeat."""
        if self._inbox is None:
            raise RuntimeError("the runtime has not been opened")
        received = Received(
            platform=inbound.platform,
            app=inbound.app,
            event_key=inbound.event_key,
            mailbox=mailbox_of(inbound),
            payload=json.dumps(inbound.to_json(), ensure_ascii=False),
            received_at=self.services.clock.now(),
        )
        fresh = await self._inbox.put(received)
        figures.received.labels(inbound.platform, "no" if fresh else "yes").inc()
        if fresh:
            self.mailboxes.wake(received.mailbox)
        else:
            log.info("repeat", message=f"{inbound.platform}/{inbound.event_key}")
        return fresh

    # Life

    async def open(self) -> None:
        """Ready to take messages; nothing moves by itself yet."""
        self._inbox = inbox_writer(self.services.db)
        await self._recall()
        await self._settle_roles()
        await self.jobs.arm()

    async def _recall(self) -> None:
        """Platforms that can only answer what they know came in are told what came in before this process."""
        for (name, app), platform in self.services.platforms.items():
            if not isinstance(platform, Recalls) or not platform.recalls:
                continue
            async with self.services.db.read() as tx:
                payloads = await inbox.since(tx, name, app, self.services.clock.now() - platform.recalls)
            for payload in payloads:
                platform.recall(Inbound.from_json(json.loads(payload)))

    async def start(self) -> None:
        """Opens, takes up what was left, and keeps going until `close`."""
        await self.open()
        await self.connect()
        self._holding.append(asyncio.create_task(self.leases.run(), name="leases"))
        self._sending = asyncio.create_task(self.sender.run(), name="sender")
        self._ticker = AsyncIOScheduler(timezone="UTC")
        self._ticker.add_job(self.tick, "interval", seconds=1, max_instances=1, coalesce=True, misfire_grace_time=None)
        self._ticker.start()
        await self.tick()

    async def connect(self) -> None:
        """Holds the long connections of the apps that are ours, now and whenever they become ours."""
        self._holding += [
            asyncio.create_task(self.listen(app), name=f"listen {name_of(app)}") for app in self.services.platforms
        ]

    async def close(self) -> None:
        """Stops sending, then taking; what is unfinished stays in its rows, and another process may follow at once."""
        if self._ticker is not None:
            self._ticker.shutdown(wait=False)
        await _ended(self._sending)
        await self.sender.close()
        await _ended(*self._holding)
        await self.mailboxes.close()
        await self.leases.release()
        if self._inbox is not None:
            await self._inbox.close()
            self._inbox = None

    async def listen(self, app: App) -> None:
        """Holds an app's long connection whenever this process holds the app."""
        platform = self.services.platforms[app]
        while True:
            try:
                await self.leases.while_held(app, lambda: platform.listen(self.sink))
                return
            except Exception:  # the boundary: a defect must not leave the app deaf until somebody restarts
                log.exception("listening failed", platform=platform.name, app=platform.app)
            await self.services.clock.sleep(AFTER_A_DEFECT)

    async def _settle_roles(self) -> None:
        """Takes what is free, and knows of everything else that another process has it."""
        await self.leases.secure()
        for app in self.services.platforms:
            if not self.leases.holds(app):
                self._lease_changed(app, held=False)

    def _lease_changed(self, app: App, held: bool) -> None:
        platform = self.services.platforms[app]
        if isinstance(platform, HasHealth):
            platform.health.elsewhere = not held
        if held:
            self.sender.wake()
        else:
            self.sender.stop(app)

    async def tick(self) -> None:
        """Once a second: retries that are due, deadlines that have come, pushes that waited."""
        async with self._ticking:
            await self.mailboxes.wake_waiting()
            while await self.sweeper.sweep():
                pass
            await self.jobs.patrol()
            self.sender.wake()

    # Time

    async def settle(self) -> None:
        """Returns when nothing is left to do at this moment."""
        for _ in range(MOST_ROUNDS):
            await self.leases.secure()
            woken = await self.mailboxes.wake_waiting()
            await self.mailboxes.settle()
            fired = await self.sweeper.sweep()
            sent = await self.sender.settle()
            if not (woken or fired or sent):
                return
        raise RuntimeError("handlers keep making work for each other")

    async def forward(self, to: datetime) -> None:
        """Moves the clock to a moment, stopping wherever something is due on the way."""
        clock = self.services.clock
        if not isinstance(clock, VirtualClock | SystemClock):
            raise TypeError("this clock cannot be moved")
        async with self._ticking:
            await self.settle()
            while (due := await self.next_due()) is not None and due < to:
                clock.move_to(max(due, clock.now()))
                await self.settle()
            clock.move_to(max(to, clock.now()))
            await self.settle()

    async def next_due(self) -> datetime | None:
        """When something falls due next."""
        now = self.services.clock.now()
        async with self.services.db.read() as tx:
            moments = [await deadlines.next_at(tx), await outbox.next_due(tx, now), await inbox.next_retry(tx, now)]
        moments.append(self.sender.next_at)
        known = [moment for moment in moments if moment is not None]
        return min(known) if known else None


async def _ended(*tasks: asyncio.Task[None] | None) -> None:
    """Returns when these have stopped."""
    running = [task for task in tasks if task is not None]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


def mailbox_of(inbound: Inbound) -> str:
    """One mailbox a person: what somebody says, wherever they say it, is handled in order."""
    return f"{inbound.platform}:{inbound.app}:{inbound.sender or inbound.chat.id}"
