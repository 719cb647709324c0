"""One process at a time listens and sends for an app: this process's side of the leases.

A lease is renewed at a third of its life. Whoever finds it in another's hands, or cannot renew it before it lapses,
stops at once. A holder that ends gives it back; one that was killed is followed when its lease has lapsed, or sooner
where its death can be seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.platforms.base import Platform
from bot.processes import is_dead, this_run
from bot.waiting import within
from storage import leases
from storage.database import Database
from storage.leases import Grant, Holder

App = tuple[str, str]
"""Platform and app."""

TTL = timedelta(seconds=15)
"""How long after its last sign of life a holder is followed."""

SPARE = TTL / 3
"""How long before the end of a lease that could not be renewed no new call begins."""

ROUND = timedelta(seconds=1)
"""How often what is due for renewal, or free, is looked for."""

log = structlog.get_logger()


class Leases:
    """What this process holds of an installation's apps; those that need no lease it always has.

    `changed` is told of every app that it gets (True) or loses (False).
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        platforms: Mapping[App, Platform],
        changed: Callable[[App, bool], None] = lambda app, held: None,
        *,
        holder: Holder | None = None,
    ) -> None:
        self.holder = holder or this_run()
        self._db = db
        self._clock = clock
        self._apps = tuple(app for app, platform in platforms.items() if platform.alone)
        self._free = {app: 0 for app, platform in platforms.items() if not platform.alone}
        self._changed = changed
        self._grants: dict[App, Grant] = {}
        self._gained = {app: asyncio.Event() for app in self._apps}
        self._lost = {app: asyncio.Event() for app in self._apps}
        self._securing = asyncio.Lock()

    def ours(self) -> dict[App, int]:
        """The apps this process may begin a call for now, each with the number of its holding: another one each time."""
        return self._free | {app: grant.fence for app, grant in self._grants.items() if self.may_call(app)}

    def may_call(self, app: App) -> bool:
        """Whether a call for an app may begin: it has a while to end before anybody else could begin the same."""
        grant = self._grants.get(app)
        return app in self._free or (grant is not None and self._clock.now() < grant.until - SPARE)

    def holds(self, app: App) -> bool:
        """Whether an app is in the hands of this process at this moment."""
        grant = self._grants.get(app)
        return app in self._free or (grant is not None and self._clock.now() < grant.until)

    async def run(self) -> None:
        """Keeps what we hold and takes what is free, until cancelled."""
        while True:
            await self.round()
            await self._clock.sleep(ROUND)

    async def round(self) -> None:
        """Secures what can be secured now, and loses what has lapsed. A database that does not answer is one that failed."""
        now = self._clock.now()
        left = [grant.until - now for grant in self._grants.values()]
        securing = asyncio.ensure_future(self.secure())
        try:
            await within(self._clock, max(min(left, default=TTL), TTL / 3), securing)
        except Exception:  # the boundary: it is tried again, and what lapses meanwhile is lost
            log.exception("leases not renewed")
        finally:
            securing.cancel()
        for app in [app for app in self._grants if not self.holds(app)]:
            self._lose(app, "not renewed in time")

    async def secure(self) -> None:
        """Renews what is due, takes what is free. Raises what the database raises."""
        async with self._securing:
            for app in self._apps:
                await self._secure(app)

    async def while_held(self, app: App, work: Callable[[], Awaitable[None]]) -> None:
        """Runs `work` whenever we hold the app, and stops it at once when we do not any more. Ends when cancelled."""
        if app in self._free:
            await work()
            return
        while True:
            await self._gained[app].wait()
            working = asyncio.ensure_future(work())
            lost = asyncio.ensure_future(self._lost[app].wait())
            try:
                await asyncio.wait((working, lost), return_when=asyncio.FIRST_COMPLETED)
                if working.done():
                    working.result()
                    await lost
            finally:
                working.cancel()
                lost.cancel()
                await asyncio.gather(working, lost, return_exceptions=True)

    async def release(self) -> None:
        """Gives everything back, so that another process may take it at once."""
        async with self._securing:
            for app, grant in list(self._grants.items()):
                self._forget(app)
                log.info("lease.given_back", app=name_of(app))
                await self._give_back(app, grant)

    async def _give_back(self, app: App, grant: Grant) -> None:
        try:
            async with self._db.write() as tx:
                await leases.release(tx, name_of(app), self.holder, grant, self._clock.now())
        except Exception:  # the boundary: it lapses by itself
            log.exception("lease not given back", app=name_of(app))

    async def _secure(self, app: App) -> None:
        grant = self._grants.get(app)
        if grant is None:
            await self._take(app)
        elif grant.until - self._clock.now() <= TTL * 2 / 3:
            await self._renew(app, grant)

    async def _renew(self, app: App, grant: Grant) -> None:
        """One that lapsed because the machine slept, or the demo's clock was moved, and that nobody took, goes on."""
        now = self._clock.now()
        async with self._db.write() as tx:
            ours = await leases.renew(tx, name_of(app), self.holder, grant, now + TTL)
        if app not in self._grants:  # it took so long that the lease counts as lost
            return
        if not ours:
            self._lose(app, "taken over")
            return
        self._grants[app] = replace(grant, until=now + TTL)
        if grant.until <= now:
            self._changed(app, True)

    async def _take(self, app: App) -> None:
        """Looks first: whoever only waits writes nothing."""
        now = self._clock.now()
        async with self._db.read() as tx:
            held = await leases.held(tx, name_of(app))
        living = held is not None and held.until > now and held.holder not in (leases.NOBODY, self.holder.holder)
        dead = held.fence if held is not None and living and is_dead(held) else None
        if living and dead is None:
            return
        async with self._db.write() as tx:
            grant = await leases.acquire(tx, name_of(app), self.holder, now, TTL, over=dead)
        if grant is not None:
            self._grants[app] = grant
            self._lost[app].clear()
            self._gained[app].set()
            log.info("lease.held", app=name_of(app), fence=grant.fence)
            self._changed(app, True)

    def _lose(self, app: App, why: str) -> None:
        log.warning("lease.lost", app=name_of(app), why=why)
        self._forget(app)

    def _forget(self, app: App) -> None:
        del self._grants[app]
        self._gained[app].clear()
        self._lost[app].set()
        self._changed(app, False)


def name_of(app: App) -> str:
    """The lease of an app: feishu/main."""
    return "/".join(app)
