"""What reps do: contacts with customers, visits with their evidence, progress reports, support requests, tasks."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Key, Name, Table, Word


class Interaction(Table):
    """One contact with a customer. A customer's last contact is the newest of these, never a typed date."""

    __tablename__ = "interactions"
    __table_args__ = (
        Index("ix_interactions_customer_id_at", "customer_id", "at"),
        Index("ix_interactions_person_id_at", "person_id", "at"),
    )

    id: Mapped[Key]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[Word]
    """visit, call, meeting, mail, message, progress."""
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    source_kind: Mapped[Word] = mapped_column(default="")
    source_id: Mapped[int | None]
    undone_at: Mapped[datetime | None]


class Draft(Table):
    """What was understood and waits for the rep's nod. `state`: open, filed, dropped."""

    __tablename__ = "drafts"

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    form: Mapped[Word]
    text: Mapped[str]
    answers: Mapped[dict[str, Any]]
    sources: Mapped[dict[str, Any]]
    """Field name to where its value came from: words, span, seconds, confidence, candidates, note."""
    findings: Mapped[list[Any]] = mapped_column(default=list)
    """What it tells for the customer's file: people, competitors, policies, each with words and seconds."""
    audio: Mapped[Word] = mapped_column(default="")
    inbox_id: Mapped[int | None]
    state: Mapped[Word] = mapped_column(default="open")
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id"))
    created_at: Mapped[datetime]


class ProgressReport(Table):
    """客户推进: today's key action, the obstacle, the support needed, and what comes next."""

    __tablename__ = "progress_reports"
    __table_args__ = (Index("ix_progress_reports_person_id_at", "person_id", "at"),)

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    at: Mapped[datetime]
    action: Mapped[Word] = mapped_column(default="")
    obstacle: Mapped[Word] = mapped_column(default="")
    support: Mapped[str] = mapped_column(default="")
    decision: Mapped[Word] = mapped_column(default="")
    signal: Mapped[Word] = mapped_column(default="")
    contact: Mapped[Name] = mapped_column(default="")
    competitor: Mapped[Name] = mapped_column(default="")
    deal: Mapped[Decimal | None]
    target: Mapped[Decimal | None]
    next_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class SupportRequest(Table):
    """支持请求, carried by a flow. `state`: open, paused, answered, withdrawn."""

    __tablename__ = "support_requests"

    id: Mapped[Key]
    report_id: Mapped[int] = mapped_column(ForeignKey("progress_reports.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    text: Mapped[str]
    flow_id: Mapped[int | None] = mapped_column(ForeignKey("flow_instances.id"))
    state: Mapped[Word] = mapped_column(default="open")
    at: Mapped[datetime]


class Visit(Table):
    """拜访: start, arrive, leave. `state`: open, verified, incomplete (待验证), cancelled."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_person_id_started_at", "person_id", "started_at"),)

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    kind: Mapped[Word]
    flow_id: Mapped[int | None] = mapped_column(ForeignKey("flow_instances.id"))
    state: Mapped[Word] = mapped_column(default="open")
    started_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    evidence: Mapped[dict[str, Any]]
    """Evidence name to what was given (attachment keys, position, words)."""
    missing: Mapped[list[Any]]
    """Names of the evidence still missing."""
    next_at: Mapped[datetime | None]


class Task(Table):
    """Something a person has to do. `state`: open, done, dropped."""

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_person_id_state_due_at", "person_id", "state", "due_at"),)

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[Word]
    title: Mapped[str]
    due_at: Mapped[datetime]
    state: Mapped[Word] = mapped_column(default="open")
    done_at: Mapped[datetime | None]
    origin_kind: Mapped[Word] = mapped_column(default="")
    origin_id: Mapped[int | None]
    created_at: Mapped[datetime]
