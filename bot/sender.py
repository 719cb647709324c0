"""Delivers the outbox: in order for each receiver, receivers in parallel, with typed errors deciding what happens next."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import attempts, figures
from bot.attempts import RowNotes
from bot.clock import Clock
from bot.errors import CardExpired, Credentials, DeliveryError, Permanent, RetryAfter, SentAsWords
from bot.fallback import fitted
from bot.leases import App, Leases
from bot.platforms.base import (
    Address,
    Body,
    Capabilities,
    CardBody,
    Client,
    FileBody,
    Outgoing,
    Platform,
    Receipt,
    TextBody,
    UpdateBody,
    Weighs,
)
from bot.platforms.repeats import card_perhaps_twice
from bot.queue import Queue, weight_of
from cards.model import Card
from storage import outbox, people
from storage.attachments import AttachmentStore
from storage.database import Database
from storage.tables import CardSent, Group, Outbox

PARALLEL = 32
MOST_TRIES = 12
"""Tries of a push that meets a defect of ours each time."""
LONGEST_WAIT = timedelta(days=7)
"""How long a push waits for a platform that is busy or away, and for credentials and quotas that an admin has to mend."""
LONGEST_PAUSE = timedelta(minutes=10)
BREATH = timedelta(seconds=1)
LAST_SECONDS = 3.0
"""How long a push that is on its way when the process ends may take to arrive."""

NOWHERE: App = ("", "")

log = structlog.get_logger()


class NobodyThere(Permanent):
    """The receiver has no identity on any configured platform."""


class Sender:
    """One per process that sends. `wake` after a commit; `pump` sends what is due."""

    def __init__(
        self, db: Database, clock: Clock, platforms: dict[App, Platform], attachments: AttachmentStore, leases: Leases
    ) -> None:
        self._db = db
        self._clock = clock
        self._platforms = platforms
        self._attachments = attachments
        self._leases = leases
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._bound_for: dict[str, App] = {}
        self._woken = asyncio.Event()
        self._queue = Queue(clock, platforms, self._address)
        self._choosing = asyncio.Lock()
        self._alarm: asyncio.Task[None] | None = None

    def wake(self) -> None:
        self._woken.set()

    @property
    def next_at(self) -> datetime | None:
        """When a push held back by a limit may leave."""
        return self._queue.next_at

    async def run(self) -> None:
        """Sends until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self.pump()
            except Exception:  # the boundary: a database that is away for a moment must not end all sending
                log.exception("pushes not looked at")
                await self._clock.sleep(BREATH)
                self._woken.set()
            self._ring_at(self.next_at)

    async def pump(self) -> int:
        """Starts sending what may leave now, to receivers not already being sent to; gives how many."""
        async with self._choosing:
            ours, most = self._leases.ours(), PARALLEL - len(self._under_way)
            async with self._db.read() as tx:
                chosen = await self._queue.choose(tx, self._under_way.keys(), most, ours)
            await attempts.begin(self._db, self._clock, self._platforms, chosen)
            for row, address in chosen:
                task = asyncio.create_task(self._deliver(row, address), name=f"deliver {row.id}")
                self._under_way[row.receiver] = task
                self._bound_for[row.receiver] = (address.platform, address.app) if address else NOWHERE
                task.add_done_callback(lambda done, receiver=row.receiver: self._ended(receiver, done))  # type: ignore[misc]  # mypy cannot type a lambda's default
        return len(chosen)

    def _ring_at(self, at: datetime | None) -> None:
        """Wakes the sender when a limit lets the next push go."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = None if at is None else asyncio.create_task(self._ring(at - self._clock.now()))

    async def _ring(self, after: timedelta) -> None:
        await self._clock.sleep(after)
        self._woken.set()

    async def settle(self) -> int:
        """Sends until nothing is due; gives how many went out."""
        count = 0
        while started := await self.pump():
            count += started
            while self._under_way:
                await asyncio.wait(self._under_way.values())
                await asyncio.sleep(0)
        return count

    async def close(self) -> None:
        """What is on its way gets a moment to arrive, so that its fate is known."""
        self._ring_at(None)
        under_way = list(self._under_way.values())
        if under_way:
            await asyncio.wait(under_way, timeout=LAST_SECONDS)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    def stop(self, app: App) -> None:
        """Another process speaks for this app from now on: what is on its way is broken off, and is that one's to send."""
        for receiver, task in self._under_way.items():
            if self._bound_for[receiver] == app:
                task.cancel()

    def _ended(self, receiver: str, done: asyncio.Task[None]) -> None:
        self._under_way.pop(receiver, None)
        self._bound_for.pop(receiver, None)
        self._woken.set()
        if not done.cancelled() and (error := done.exception()) is not None:
            log.error("delivery crashed", receiver=receiver, exc_info=error)

    async def _deliver(self, row: Outbox, address: Address | None) -> None:
        notes = RowNotes(self._db, self._clock, row)
        with structlog.contextvars.bound_contextvars(push=row.id, receiver=row.receiver):
            try:
                if address is None:
                    raise NobodyThere(f"{row.receiver} is on no configured platform")
                client = self._client(address)
                body, left_out = _fitted(await self._body(row), client.capabilities)
                message = Outgoing(key=row.key, to=address, body=body, begun=row.begun_at, notes=notes)
                # Asked right before the call: the process may have stood still since it chose to make it.
                if not self._leases.may_call((address.platform, address.app)):
                    return
                receipt = _noting(await client.send(message), left_out)
            except CardExpired as error:
                await self._reissue(row, error)
            except RetryAfter as error:
                pause = max(error.after, _pause(row.attempts))
                await self._wait_for_them(row, error, pause, refused=notes.refused(error))
            except Credentials as error:
                await self._wait_for_them(row, error, LONGEST_PAUSE, refused=notes.refused(error))
            except DeliveryError as error:
                await self._give_up(row, error, refused=notes.refused(error))
            except Exception as error:  # a defect of ours must not silence this receiver for ever
                log.exception("delivery failed")
                await self._try_again(row, error)
            else:
                await self._sent(row, receipt, address)

    async def _sent(self, row: Outbox, receipt: Receipt, address: Address) -> None:
        figures.delivered.labels(address.platform, "sent").inc()
        client = self._client(address)
        if isinstance(client, Weighs) and (many := weight_of(row.kind, row.payload, client)) > 1:
            receipt = replace(receipt, details={**receipt.details, "messages": many})
        now = self._clock.now()
        async with self._db.write() as tx:
            await outbox.sent(tx, row.id, receipt=asdict(receipt), to=asdict(address), now=now)
            if row.kind == "update":
                await outbox.updated(tx, row.payload["card_key"], row.payload["card"], asdict(receipt))
            elif row.kind == "card":
                await outbox.catch_up(tx, row.payload["card_key"], row.payload["card"], now)
        log.info("sent", kind=row.kind, platform=address.platform)

    async def _wait_for_them(self, row: Outbox, error: Exception, pause: timedelta, *, refused: bool) -> None:
        """What is not our fault is waited for in days, not in tries: a quota that is used up comes back, a secret is mended."""
        if self._clock.now() - row.created_at >= LONGEST_WAIT:
            await self._give_up(row, error, refused=refused)
        else:
            await self._later(row, error, pause, refused=refused)

    async def _try_again(self, row: Outbox, error: Exception) -> None:
        if row.attempts + 1 >= MOST_TRIES:
            await self._give_up(row, error)
        else:
            await self._later(row, error, _pause(row.attempts))

    async def _later(self, row: Outbox, error: Exception, pause: timedelta, *, refused: bool = False) -> None:
        figures.delivered.labels("", "later").inc()
        log.warning("will send again", error=str(error), seconds=pause.total_seconds())
        async with self._db.write() as tx:
            until = self._clock.now() + pause
            await outbox.postponed(tx, row.id, error=str(error), until=until, refused=refused)

    async def _give_up(self, row: Outbox, error: Exception, *, refused: bool = False) -> None:
        figures.delivered.labels("", "given up").inc()
        log.error("push given up", error=str(error), kind=row.kind)
        async with self._db.write() as tx:
            await outbox.gave_up(tx, row.id, error=f"{type(error).__name__}: {error}", refused=refused)

    async def _reissue(self, row: Outbox, expired: CardExpired) -> None:
        """The platform does not let this card be changed: a person gets it anew, live, in its newest state.

        Not where it would only be noise: in a group, where a newer card about the same thing is there already, where
        a message beside it says the same and there is nothing new to press, and, for words, where the first line says
        nothing new.
        """
        now = self._clock.now()
        async with self._db.write() as tx:
            old = await tx.get_one(CardSent, row.payload["card_key"])
            before, _ = await outbox.shown(tx, old)
            words = isinstance(expired, SentAsWords)
            told = row.payload.get("told", False) and not _asks_more(before, old.card)
            noise = told or row.group_id is not None or await outbox.has_newer(tx, old)
            if noise or (words and not _says_more(before, old.card)):
                await outbox.dropped(tx, row.id, error=f"not shown again: {expired}")
            else:
                await (outbox.say_again if words else outbox.send_again)(tx, old, row, now)
                await outbox.dropped(tx, row.id, error=f"sent anew: {expired}")

    def _client(self, address: Address) -> Client:
        platform = self._platforms.get((address.platform, address.app))
        if platform is None:
            raise Permanent(f"no app {address.app} of {address.platform} is configured")
        return platform.client

    async def _address(self, tx: AsyncSession, row: Outbox) -> Address:
        """Where the push goes: a person hears on the app used last, but a card changes where it stands."""
        if row.kind == "update" and (stands := (await outbox.receipt_of(tx, row.payload["card_key"]))[1]) is not None:
            return Address(**stands)
        if row.address is not None:
            return Address(**row.address)
        if row.group_id is not None:
            group = await tx.get_one(Group, row.group_id)
            return Address(group.platform, group.app, group=group.chat)
        for identity in await people.identities(tx, row.person_id or 0):
            if (identity.platform, identity.app) in self._platforms:
                return Address(identity.platform, identity.app, user=identity.user)
        raise NobodyThere(f"{row.receiver} is on no configured platform")

    async def _body(self, row: Outbox) -> Body:
        payload: dict[str, Any] = row.payload
        match row.kind:
            case "text":
                return TextBody(payload["text"])
            case "card":
                card = Card.model_validate(payload["card"])
                return CardBody(card_perhaps_twice(card) if payload.get("again") else card, payload["card_key"])
            case "file":
                content = await self._attachments.get(payload["sha256"])
                return FileBody(payload["name"], payload["mime"], content, payload["picture"])
        return await self._update(payload)

    async def _update(self, payload: dict[str, Any]) -> UpdateBody:
        async with self._db.read() as tx:
            receipt, _ = await outbox.receipt_of(tx, payload["card_key"])
        if receipt is None:
            raise RetryAfter("the card itself has not been delivered yet")
        return UpdateBody(
            Card.model_validate(payload["card"]), payload["card_key"], receipt, payload.get("reply_token", "")
        )


def _fitted(body: Body, can: Capabilities) -> tuple[Body, tuple[str, ...]]:
    """What the platform gets to draw, and the names of the inputs its cards cannot hold."""
    if not isinstance(body, CardBody | UpdateBody):
        return body, ()
    fit = fitted(body.card, can)
    return replace(body, card=fit.card), fit.left_out


def _noting(receipt: Receipt, left_out: tuple[str, ...]) -> Receipt:
    """The receipt with everything that did not find a place: by the platform's limits, or for want of room."""
    names = [*left_out, *(name for name in receipt.details.get("left_out") or () if name not in left_out)]
    return replace(receipt, details={**receipt.details, "left_out": names}) if names else receipt


def _says_more(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether the card's first line, or what can be pressed on it, is other than before."""
    return bool(before["title"] != after["title"]) or _asks_more(before, after)


def _asks_more(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether something can be pressed on the card that could not be before."""
    pressable = [button["label"] for button in after["buttons"]]
    return bool(pressable) and pressable != [button["label"] for button in before["buttons"]]


def _pause(attempts: int) -> timedelta:
    return min(timedelta(seconds=2 ** min(attempts + 1, 10)), LONGEST_PAUSE)
