"""What stands in the conversations of the built-in web chat, and how far each person has read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import ConsoleMessage, ConsoleRead

BOT = "bot"
"""The author of what the bot says."""

UPLOAD, PRESS = "upload", "press"
UNSEEN = (UPLOAD, PRESS)
"""Kinds kept for repeats and for the audit; they do not stand in the conversation."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message about to be kept. The same `key` twice is one message."""

    key: str
    conversation: str
    author: str
    kind: str
    body: dict[str, Any]


async def add(tx: AsyncSession, message: NewMessage, now: datetime) -> tuple[ConsoleMessage, bool]:
    """Keeps a message; with it, whether it is new (False: a repeat, and the first one is given)."""
    fields = {
        "key": message.key,
        "conversation": message.conversation,
        "author": message.author,
        "kind": message.kind,
        "body": {**message.body, "rev": 1},
        "at": now,
        "changed_at": now,
    }
    insert = sqlite.insert if tx.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(ConsoleMessage).values(**fields).on_conflict_do_nothing(index_elements=["key"])
    new = (await tx.scalars(statement.returning(ConsoleMessage.id))).first() is not None
    row = (await tx.scalars(select(ConsoleMessage).where(ConsoleMessage.key == message.key))).one()
    return row, new


async def change(tx: AsyncSession, message_id: int, fields: dict[str, Any], now: datetime) -> ConsoleMessage | None:
    """Overwrites fields of a message's body and counts its revision up. None: there is no such message."""
    row = await tx.get(ConsoleMessage, message_id, with_for_update=True)
    if row is None:
        return None
    row.body = {**row.body, **fields, "rev": row.body.get("rev", 1) + 1}
    row.changed_at = now
    await tx.flush()
    return row


async def by_key(tx: AsyncSession, key: str) -> ConsoleMessage | None:
    return (await tx.scalars(select(ConsoleMessage).where(ConsoleMessage.key == key))).first()


async def by_id(tx: AsyncSession, message_id: int, *, lock: bool = False) -> ConsoleMessage | None:
    return await tx.get(ConsoleMessage, message_id, with_for_update=lock or None)


async def page(
    tx: AsyncSession, conversation: str, *, before: int | None = None, limit: int = 50
) -> list[ConsoleMessage]:
    """The newest `limit` messages of a conversation (older than message `before`), oldest first."""
    chosen = _seen(conversation).order_by(ConsoleMessage.id.desc()).limit(limit)
    if before is not None:
        chosen = chosen.where(ConsoleMessage.id < before)
    return list(reversed((await tx.scalars(chosen)).all()))


async def newest(tx: AsyncSession, conversations: Iterable[str]) -> dict[str, ConsoleMessage]:
    """The last message of each conversation that has one."""
    pages = {conversation: await page(tx, conversation, limit=1) for conversation in conversations}
    return {conversation: found[0] for conversation, found in pages.items() if found}


async def unread(tx: AsyncSession, user: str, conversation: str) -> int:
    """How many messages by others stand below what `user` has read there."""
    read = select(ConsoleRead.last_id).where(ConsoleRead.user == user, ConsoleRead.conversation == conversation)
    below = _seen(conversation).where(
        ConsoleMessage.author != user, ConsoleMessage.id > func.coalesce(read.scalar_subquery(), 0)
    )
    return (await tx.scalars(select(func.count()).select_from(below.subquery()))).one()


async def mark_read(tx: AsyncSession, user: str, conversation: str, upto: int) -> int:
    """Remembers that `user` has read up to message `upto`; never goes back. Gives what now holds."""
    chosen = select(ConsoleRead).where(ConsoleRead.user == user, ConsoleRead.conversation == conversation)
    row = (await tx.scalars(chosen.with_for_update())).first()
    if row is None:
        row = ConsoleRead(user=user, conversation=conversation, last_id=0)
        tx.add(row)
    row.last_id = max(row.last_id, upto)
    await tx.flush()
    return row.last_id


async def said_since(tx: AsyncSession, since: datetime, *, limit: int = 1_000) -> list[ConsoleMessage]:
    """The newest messages and presses by people since then, oldest first."""
    chosen = select(ConsoleMessage).where(
        ConsoleMessage.author != BOT, ConsoleMessage.kind != UPLOAD, ConsoleMessage.at >= since
    )
    return list(reversed((await tx.scalars(chosen.order_by(ConsoleMessage.id.desc()).limit(limit))).all()))


async def uploaded(tx: AsyncSession, user: str, keys: Collection[str]) -> set[str]:
    """Which of these attachment keys `user` has uploaded for a card."""
    wanted = [upload_key(user, key) for key in keys]
    found: Sequence[str] = (await tx.scalars(select(ConsoleMessage.key).where(ConsoleMessage.key.in_(wanted)))).all()
    return {key for key in keys if upload_key(user, key) in set(found)}


def upload_key(user: str, attachment: str) -> str:
    """The unique key of an upload's row."""
    return f"upload:{user}:{attachment}"


def _seen(conversation: str) -> Any:
    return select(ConsoleMessage).where(ConsoleMessage.conversation == conversation, ConsoleMessage.kind.not_in(UNSEEN))
