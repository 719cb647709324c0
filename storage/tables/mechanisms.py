"""The four mechanisms' rows: form versions and submissions, flows and steps, deadlines, rules and firings, settings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Key, Name, Table, Word
from storage.types import Json


class Definition(Table):
    """A version of something an admin may change: a form, a flow, a rule, a setting. The newest version holds."""

    __tablename__ = "definitions"
    __table_args__ = (UniqueConstraint("kind", "name", "version"),)

    id: Mapped[Key]
    kind: Mapped[Word]
    name: Mapped[Name]
    version: Mapped[int]
    body: Mapped[Any] = mapped_column(Json)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")


class Submission(Table):
    """A form filled in, kept as it was given, with the version it was drawn from."""

    __tablename__ = "submissions"

    id: Mapped[Key]
    form: Mapped[Word]
    version: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    answers: Mapped[dict[str, Any]]
    about: Mapped[dict[str, Any]]
    inbox_id: Mapped[int | None]
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class FlowInstance(Table):
    """A flow under way. `definition` is the snapshot it started with; later edits never change it."""

    __tablename__ = "flow_instances"
    __table_args__ = (Index("ix_flow_instances_about", "about_kind", "about_id"),)

    id: Mapped[Key]
    flow: Mapped[Word]
    version: Mapped[int]
    definition: Mapped[dict[str, Any]]
    reporter_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    about_kind: Mapped[Word]
    about_id: Mapped[int]
    context: Mapped[dict[str, Any]]
    """What its cards say: subject, facts."""
    progress: Mapped[dict[str, Any]]
    """Where every step stands, as the pure engine keeps it (rules.flow.FlowState)."""
    state: Mapped[Word] = mapped_column(default="open")
    """open, done, cancelled."""
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class FlowStep(Table):
    """One step of a flow. `state`: open, paused, done, cancelled."""

    __tablename__ = "flow_steps"

    id: Mapped[Key]
    instance_id: Mapped[int] = mapped_column(ForeignKey("flow_instances.id"), index=True)
    name: Mapped[Word]
    round: Mapped[int] = mapped_column(default=1)
    owner_ids: Mapped[list[Any]]
    calendar: Mapped[dict[str, Any]]
    """The business calendar's snapshot the clock of this step runs on."""
    state: Mapped[Word] = mapped_column(default="open", index=True)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    remaining: Mapped[timedelta | None]
    """What was left on the clock when it paused, in the limit's own kind of time; below zero when it was late."""
    escalated_ids: Mapped[list[Any]]
    """People the ladder has told so far, in order."""
    outcome: Mapped[Word] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Deadline(Table):
    """A moment at which something must happen once. `state`: open, fired, cancelled."""

    __tablename__ = "deadlines"
    __table_args__ = (
        Index("ix_deadlines_state_at", "state", "at"),
        Index("ix_deadlines_subject", "subject_kind", "subject_id"),
        UniqueConstraint("key"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(200))
    """What makes it the same deadline; a second one with this key is not made."""
    kind: Mapped[Word]
    subject_kind: Mapped[Word] = mapped_column(default="")
    subject_id: Mapped[int | None]
    at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]
    state: Mapped[Word] = mapped_column(default="open")
    attempts: Mapped[int] = mapped_column(default=0)
    fired_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")


class RuleFiring(Table):
    """A rule that was true for somebody at a moment, with the values it saw. Unique on what it fired for."""

    __tablename__ = "rule_firings"
    __table_args__ = (UniqueConstraint("rule", "key"),)

    id: Mapped[Key]
    rule: Mapped[Name]
    version: Mapped[int]
    key: Mapped[str] = mapped_column(String(200))
    subject_kind: Mapped[Word]
    subject_id: Mapped[int]
    at: Mapped[datetime]
    inputs: Mapped[dict[str, Any]]


class Event(Table):
    """A state change: what, whom, who, when. The audit trail is these rows; nothing ever edits them."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_subject", "subject_kind", "subject_id"),
        Index("ix_events_kind_at", "kind", "at"),
    )

    id: Mapped[Key]
    kind: Mapped[Word]
    subject_kind: Mapped[Word]
    subject_id: Mapped[int | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]
    cause: Mapped[Word] = mapped_column(default="")
    """inbox:17, deadline:4, rule:…, command:…: what made it happen."""
