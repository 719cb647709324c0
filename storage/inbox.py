"""The durable inbox: a message is on disk before its platform hears "received".

On SQLite one dedicated thread writes, committing whatever has gathered as one group (WAL, synchronous=FULL): nine
times the rate of one transaction a message through the ORM. On PostgreSQL the same grouping goes through one
statement. Either way `put` returns only after the commit, and says whether the message was new.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.tables import Inbox

GROUP = 500
"""Most messages in one commit."""

INSERT = """INSERT OR IGNORE INTO inbox (platform, app, event_key, mailbox, payload, received_at, state, attempts, error)
VALUES (?, ?, ?, ?, ?, ?, 'new', 0, '')"""


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it goes to disk. `payload` is its JSON text."""

    platform: str
    app: str
    event_key: str
    mailbox: str
    payload: str
    received_at: datetime


class InboxWriter(Protocol):
    async def put(self, message: Received) -> bool:
        """True when the message is new, False when it is a repeat; durable in both cases."""
        ...

    async def close(self) -> None: ...


def inbox_writer(db: Database) -> InboxWriter:
    return SqliteInboxWriter(str(db.url.database)) if db.is_sqlite else PostgresInboxWriter(db)


Waiting = tuple[Received, asyncio.Future[bool]]


class SqliteInboxWriter:
    """One thread, one connection, group commit."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="inbox-writer", daemon=True)
        self._thread.start()

    async def put(self, message: Received) -> bool:
        done: asyncio.Future[bool] = self._loop.create_future()
        self._queue.put((message, done))
        return await done

    async def close(self) -> None:
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        open_for_more = True
        while open_for_more:
            group, open_for_more = self._gather()
            if group:
                self._commit(connection, group)
        connection.close()

    def _gather(self) -> tuple[list[Waiting], bool]:
        group: list[Waiting] = []
        entry = self._queue.get()
        while entry is not None:
            group.append(entry)
            if len(group) >= GROUP:
                return group, True
            try:
                entry = self._queue.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _commit(self, connection: sqlite3.Connection, group: list[Waiting]) -> None:
        try:
            connection.execute("BEGIN IMMEDIATE")
            fresh = [connection.execute(INSERT, _sqlite_row(message)).rowcount == 1 for message, _ in group]
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self._answer([(done, error) for _, done in group])
        else:
            self._answer([(done, new) for (_, done), new in zip(group, fresh, strict=True)])

    def _answer(self, answers: list[tuple[asyncio.Future[bool], bool | sqlite3.Error]]) -> None:
        self._loop.call_soon_threadsafe(_settle, answers)


def _settle(answers: list[tuple[asyncio.Future[bool], bool | sqlite3.Error]]) -> None:
    for done, answer in answers:
        if done.done():
            continue
        if isinstance(answer, sqlite3.Error):
            done.set_exception(answer)
        else:
            done.set_result(answer)


def _sqlite_row(message: Received) -> tuple[str, ...]:
    received_at = message.received_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return (message.platform, message.app, message.event_key, message.mailbox, message.payload, received_at)


class PostgresInboxWriter:
    """Groups what arrives while the last group is being committed."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[Waiting] = []
        self._arrived = asyncio.Event()
        self._closing = False
        self._task = asyncio.create_task(self._run(), name="inbox-writer")

    async def put(self, message: Received) -> bool:
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((message, done))
        self._arrived.set()
        return await done

    async def close(self) -> None:
        self._closing = True
        self._arrived.set()
        await self._task

    async def _run(self) -> None:
        while self._waiting or not self._closing:
            if not self._waiting:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
            await self._commit(group)

    async def _commit(self, group: list[Waiting]) -> None:
        try:
            fresh = await self._insert([message for message, _ in group])
        except Exception as error:  # noqa: BLE001 - whatever failed, each waiting platform must be told "not received"
            for _, done in group:
                if not done.done():
                    done.set_exception(error)
            return
        for message, done in group:
            key = (message.platform, message.app, message.event_key)
            if not done.done():
                done.set_result(key in fresh)
            fresh.discard(key)

    async def _insert(self, messages: list[Received]) -> set[tuple[str, str, str]]:
        names = ("platform", "app", "event_key", "mailbox", "payload", "received_at")
        rows = [
            dict(zip(names, astuple(message), strict=True), state="new", attempts=0, error="") for message in messages
        ]
        statement = pg_insert(Inbox).on_conflict_do_nothing().returning(Inbox.platform, Inbox.app, Inbox.event_key)
        async with self._db.write() as tx:
            return {(row[0], row[1], row[2]) for row in await tx.execute(statement, rows)}


async def post(tx: AsyncSession, message: Received) -> None:
    """Writes a message of our own as part of a transaction; nothing when it is there already."""
    same = select(Inbox.id).where(Inbox.platform == message.platform, Inbox.app == message.app)
    if (await tx.scalars(same.where(Inbox.event_key == message.event_key))).first() is None:
        tx.add(Inbox(**asdict(message), state="new", attempts=0, error=""))
        await tx.flush()


async def head(tx: AsyncSession, mailbox: str) -> Inbox | None:
    """The oldest unhandled message of a mailbox."""
    query = select(Inbox).where(Inbox.state == "new", Inbox.mailbox == mailbox).order_by(Inbox.id).limit(1)
    return (await tx.scalars(query)).first()


async def waiting_mailboxes(tx: AsyncSession, now: datetime) -> list[str]:
    """Mailboxes with something to handle now."""
    first = select(func.min(Inbox.id)).where(Inbox.state == "new").group_by(Inbox.mailbox)
    ready = (Inbox.next_at.is_(None)) | (Inbox.next_at <= now)
    return list((await tx.scalars(select(Inbox.mailbox).where(Inbox.id.in_(first), ready))).all())


async def next_retry(tx: AsyncSession, now: datetime) -> datetime | None:
    """The next moment after now at which a failed message is to be tried again."""
    query = select(func.min(Inbox.next_at)).where(Inbox.state == "new", Inbox.next_at > now)
    return (await tx.scalars(query)).one()


async def claim(tx: AsyncSession, inbox_id: int, now: datetime) -> bool:
    """Marks a message handled, as part of the transaction that handles it. False: somebody else has handled it."""
    done = update(Inbox).where(Inbox.id == inbox_id, Inbox.state == "new").values(state="done", handled_at=now)
    return bool((await tx.execute(done)).rowcount == 1)  # type: ignore[attr-defined]  # CursorResult for DML


async def withdraw(tx: AsyncSession, platform: str, app: str, message: str, now: datetime) -> bool:
    """Takes a message out of the line, by its platform's id. True: it was still waiting."""
    named = (Inbox.platform == platform, Inbox.app == app, Inbox.event_key == message)
    taken = update(Inbox).where(*named, Inbox.state == "new").values(state="done", error="recalled", handled_at=now)
    return bool((await tx.execute(taken)).rowcount == 1)  # type: ignore[attr-defined]  # CursorResult for DML


async def failed(tx: AsyncSession, inbox_id: int, *, error: str, retry_at: datetime | None, now: datetime) -> None:
    """A handler raised: tried again at `retry_at`, or parked for an admin when that is None."""
    row = await tx.get_one(Inbox, inbox_id)
    row.attempts += 1
    row.error = error[:2000]
    row.next_at = retry_at
    if retry_at is None:
        row.state, row.handled_at = "parked", now


async def since(tx: AsyncSession, platform: str, app: str, moment: datetime) -> list[str]:
    """Payloads of what came in from one app since then, oldest first."""
    query = select(Inbox.payload).where(Inbox.platform == platform, Inbox.app == app, Inbox.received_at >= moment)
    return list((await tx.scalars(query.order_by(Inbox.id))).all())


async def parked(tx: AsyncSession) -> list[Inbox]:
    return list((await tx.scalars(select(Inbox).where(Inbox.state == "parked").order_by(Inbox.id))).all())


async def unpark(tx: AsyncSession, inbox_id: int) -> str | None:
    """Puts a parked message back in line; gives its mailbox, or None when it is not parked."""
    row = await tx.get(Inbox, inbox_id)
    if row is None or row.state != "parked":
        return None
    row.state, row.attempts, row.next_at, row.handled_at = "new", 0, None, None
    return row.mailbox


async def backlog(tx: AsyncSession, now: datetime) -> tuple[int, timedelta]:
    """How many messages wait, and for how long the oldest has."""
    query = select(func.count(), func.min(Inbox.received_at)).where(Inbox.state == "new")
    count, oldest = (await tx.execute(query)).one()
    return count, (now - oldest if oldest else timedelta(0))
