"""The runtime's rows: what came in, what goes out, cards that live on people's phones, dialogues, attachments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Key, Name, Table, Word


class Inbox(Table):
    """A message made durable before it was acknowledged. `state`: new, done, parked."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("platform", "app", "event_key"),
        Index("ix_inbox_state_mailbox_id", "state", "mailbox", "id"),
    )

    id: Mapped[Key]
    platform: Mapped[Word]
    app: Mapped[Word]
    event_key: Mapped[str] = mapped_column(String(200))
    mailbox: Mapped[str] = mapped_column(String(200))
    """Messages of one mailbox are handled one after another."""
    payload: Mapped[str]
    """The Inbound as JSON text."""
    received_at: Mapped[datetime]
    state: Mapped[Word] = mapped_column(default="new")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    handled_at: Mapped[datetime | None]


class Outbox(Table):
    """A push to deliver. `state`: pending, sent, failed, superseded.

    Exactly one of person_id, group_id and address names the receiver; a person's platform is chosen at delivery.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_outbox_state_not_before", "state", "not_before"),
        Index("ix_outbox_receiver_state_id", "receiver", "state", "id"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(80))
    receiver: Mapped[str] = mapped_column(String(200))
    """person:3, group:1 or a platform address: pushes of one receiver leave in order."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    address: Mapped[dict[str, Any] | None]
    kind: Mapped[Word]
    """text, card, update, file."""
    payload: Mapped[dict[str, Any]]
    thread: Mapped[str] = mapped_column(String(200), default="")
    why: Mapped[dict[str, Any]]
    """For /why: which rule, flow step or schedule, which version, which inputs, which clock."""
    urgent: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    state: Mapped[Word] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    begun_at: Mapped[datetime | None]
    """Since when it may have reached the platform without our knowing: an attempt began and its end was never noted."""
    notes: Mapped[dict[str, Any] | None]
    """What a repeat has to know of earlier attempts: pieces that arrived, files already uploaded."""
    sent_at: Mapped[datetime | None]
    receipt: Mapped[dict[str, Any] | None]
    sent_to: Mapped[dict[str, Any] | None]
    """The platform address it went to."""


class CardSent(Table):
    """A card on somebody's phone, findable by what it is about. `state`: live, closed."""

    __tablename__ = "cards_sent"
    __table_args__ = (Index("ix_cards_sent_thread_receiver", "thread", "receiver"),)

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))
    receiver: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    thread: Mapped[str] = mapped_column(String(200), default="")
    card: Mapped[dict[str, Any]]
    form: Mapped[Word] = mapped_column(default="")
    form_version: Mapped[int] = mapped_column(default=0)
    state: Mapped[Word] = mapped_column(default="live")
    sent_at: Mapped[datetime]


class Lease(Table):
    """Which process speaks and listens for an app, and until when. The row stays when nobody does: its fence only grows."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    fence: Mapped[int]
    """Grows with every new holder: whoever shows an older one holds nothing."""
    holder: Mapped[Word]
    """Random, one for each run of the program; empty when it was given back."""
    host: Mapped[Name]
    pid: Mapped[int]
    machine: Mapped[Name]
    """Where `pid` names a process: bot.processes."""
    birth: Mapped[Word]
    since: Mapped[datetime]
    until: Mapped[datetime]


class Conversation(Table):
    """Where a dialogue with a person stands; one per person, whichever platform they speak from."""

    __tablename__ = "conversations"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    state: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class Attachment(Table):
    """Bytes kept under their hash (sha256 hex)."""

    __tablename__ = "attachments"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[Word]
    name: Mapped[Name]
    mime: Mapped[Word]
    size: Mapped[int]
    seconds: Mapped[float | None] = mapped_column(Float)
    fingerprint: Mapped[Word] = mapped_column(default="", index=True)
    """Perceptual hash of a picture, hex; empty for anything else."""
    taken_at: Mapped[datetime | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]


class TranscriptRow(Table):
    """What was heard in a recording, so that a retry never transcribes twice."""

    __tablename__ = "transcripts"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class ConsoleMessage(Table):
    """The built-in web chat's own message store: what stands in a conversation, as a person sees it."""

    __tablename__ = "console_messages"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_console_messages_conversation_id", "conversation", "id"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(200))
    conversation: Mapped[str] = mapped_column(String(200))
    """user:<id> for the private chat with the bot, group:<id> for a group."""
    author: Mapped[Name]
    """The user id who said it; "bot" for us."""
    kind: Mapped[Word]
    """text, card, voice, photo, file, position, press."""
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    changed_at: Mapped[datetime]


class ConsoleRead(Table):
    """How far somebody has read a conversation of the web chat."""

    __tablename__ = "console_reads"
    __table_args__ = (UniqueConstraint("user", "conversation"),)

    id: Mapped[Key]
    user: Mapped[Name]
    conversation: Mapped[str] = mapped_column(String(200))
    last_id: Mapped[int] = mapped_column(default=0)
