"""What may leave now: the outbox's due pushes, less those a limit holds back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.errors import DeliveryError
from bot.pacing import Hold, Pacer, in_words, usable
from bot.platforms.base import Address, CardBody, Limit, Platform, TextBody, Weighs
from cards.model import Card
from storage import outbox
from storage.tables import Outbox

PAGE = 200
TIDY = timedelta(hours=2)
"""How often those are forgotten whom nothing was sent to within the longest window."""

App = tuple[str, str]

log = structlog.get_logger()


@dataclass
class Burst:
    """More than an app may send at once: since when, by which limit, how much has left."""

    since: datetime
    limit: Limit
    sent: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    app: App
    hold: Hold


Chosen = tuple[Outbox, Address | None]


class Queue:
    """Chooses what to send. `next_at` is when something held back may go, None when nothing is."""

    def __init__(
        self,
        clock: Clock,
        platforms: Mapping[App, Platform],
        place: Callable[[AsyncSession, Outbox], Awaitable[Address]],
    ) -> None:
        self._clock = clock
        self._platforms = platforms
        self._place = place
        self._pacer = Pacer()
        self._held: dict[int, Held] = {}
        self._bursts: dict[App, Burst] = {}
        self._behind: Counter[tuple[App, Limit]] = Counter()
        self._remembered: dict[App, int] = {}
        self._tidied = clock.now()

    @property
    def next_at(self) -> datetime | None:
        return min((held.hold.until for held in self._held.values()), default=None)

    async def choose(self, tx: AsyncSession, busy: Collection[str], most: int, ours: Mapping[App, int]) -> list[Chosen]:
        """Up to `most` pushes that may leave now, counted as sent; none to receivers being sent to. Without an address
        where nobody can be reached. `ours`: the apps this process sends for, each with the number of its holding."""
        now = self._clock.now()
        await self._remember(tx, now, ours)
        if now - self._tidied > TIDY:
            self._pacer.forget(now - self._longest())
            self._tidied = now
        # What was held and is due by now is looked at again, if it is still there to be sent.
        self._held = {number: held for number, held in self._held.items() if held.hold.until > now and held.app in ours}
        self._behind = Counter(_lane(held) for held in self._held.values())
        chosen: list[Chosen] = []
        seen: set[int] = set()
        while len(chosen) < most:
            rows = await outbox.ready(tx, now, PAGE, but={*seen, *self._held}, idle=busy)
            if not rows:
                break
            for row in rows[: most - len(chosen)]:
                seen.add(row.id)
                chosen += await self._look(tx, row, now, ours)
        self._log(chosen, now)
        return chosen

    async def _look(self, tx: AsyncSession, row: Outbox, now: datetime, ours: Mapping[App, int]) -> list[Chosen]:
        """The push with its address when it may go; one that may is counted at once, so that the next one sees it."""
        try:
            address = await self._place(tx, row)
        except DeliveryError:
            return [(row, None)]
        if (app := (address.platform, address.app)) in self._platforms and app not in ours:
            return []  # the process that holds the app sends it
        limits, card, weight = self._limits(address), card_of(row.kind, row.thread), self._weight(row, address)
        hold = self._pacer.hold(address, limits, now, card=card, weight=weight)
        if hold is not None:
            self._held[row.id] = self._in_line(Held(app, hold))
            return []
        self._pacer.count(address, limits, now, card=card, weight=weight)
        return [(row, address)]

    def _in_line(self, held: Held) -> Held:
        """Behind those held by the same limit of the app already: nobody looks at it before its turn."""
        lane = _lane(held)
        turns = self._behind[lane] // usable(held.hold.limit) if held.hold.limit.scope == "app" else 0
        self._behind[lane] += 1
        return replace(held, hold=replace(held.hold, until=held.hold.until + turns * held.hold.limit.per))

    def _limits(self, address: Address) -> tuple[Limit, ...]:
        platform = self._platforms.get((address.platform, address.app))
        return platform.client.capabilities.limits if platform is not None else ()

    def _weight(self, row: Outbox, address: Address) -> int:
        platform = self._platforms.get((address.platform, address.app))
        if platform is None or not isinstance(platform.client, Weighs):
            return 1
        return weight_of(row.kind, row.payload, platform.client)

    async def _remember(self, tx: AsyncSession, now: datetime, ours: Mapping[App, int]) -> None:
        """Counts what the process that held an app before us sent within the limits' windows."""
        fresh = {app for app, number in ours.items() if self._remembered.get(app) != number}
        if not fresh:
            return
        for app in fresh:
            self._remembered[app] = ours[app]
            self._pacer.forget_app(*app)
        if not self._longest():
            return
        for gone in await outbox.sent_since(tx, now - self._longest()):
            address = Address(**gone.to)
            if (address.platform, address.app) in fresh:
                card = card_of(gone.kind, gone.thread)
                self._pacer.count(address, self._limits(address), gone.at, card=card, weight=gone.messages)

    def _longest(self) -> timedelta:
        """The longest window of any limit."""
        limits = [limit for platform in self._platforms.values() for limit in platform.client.capabilities.limits]
        return max((limit.per for limit in limits), default=timedelta(0))

    def _log(self, chosen: Sequence[Chosen], now: datetime) -> None:
        """Says that a burst begins, how long it will take and why; and how long it took."""
        holds: dict[App, list[Hold]] = {}
        for held in self._held.values():
            holds.setdefault(held.app, []).append(held.hold)
        for app, waiting in holds.items():
            if app not in self._bursts:
                last = max(waiting, key=lambda hold: hold.until)
                self._bursts[app] = Burst(now, last.limit)
                seconds = (last.until - now).total_seconds()
                log.info("pacing", app="/".join(app), waiting=len(waiting), limit=in_words(last.limit), seconds=seconds)
        for _, address in chosen:
            if address is not None and (burst := self._bursts.get((address.platform, address.app))) is not None:
                burst.sent += 1
        for app in [app for app in self._bursts if app not in holds]:
            burst = self._bursts.pop(app)
            seconds = (now - burst.since).total_seconds()
            log.info("paced", app="/".join(app), pushes=burst.sent, limit=in_words(burst.limit), seconds=seconds)


def card_of(kind: str, thread: str) -> str:
    """The card a change is for; empty for anything else."""
    return thread.removeprefix("card:") if kind == "update" else ""


def weight_of(kind: str, payload: Mapping[str, Any], client: Weighs) -> int:
    """How many messages of the platform a push becomes."""
    if kind == "text":
        return client.weigh(TextBody(payload["text"]))
    if kind == "card":
        return client.weigh(CardBody(Card.model_validate(payload["card"]), payload["card_key"]))
    return 1


def _lane(held: Held) -> tuple[App, Limit]:
    return held.app, held.hold.limit
