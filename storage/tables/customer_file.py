"""A customer's file beyond its master data: changes of its key people, competitors' moves, policies that touch it.

Each row says where it came from: whose record, which draft (with its text and recording), which words, which seconds.
A row of an undone record stays, marked. N8's graph of a customer is these rows between names.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Float, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Key, Name, Table, Word


class Evidenced:
    """Where a row of the file came from."""

    id: Mapped[Key]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    """Who reported it."""
    at: Mapped[datetime]
    source_kind: Mapped[Word]
    """progress_report; later contract, mail, service."""
    source_id: Mapped[int]
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("drafts.id"))
    """The message or recording it was said in."""
    words: Mapped[str] = mapped_column(default="")
    starts: Mapped[float | None] = mapped_column(Float)
    """Seconds of the recording the words begin and end at."""
    ends: Mapped[float | None] = mapped_column(Float)
    undone_at: Mapped[datetime | None]


class ContactChange(Evidenced, Table):
    """What happened to one of the customer's people. `kind`: 新联系人, 接手, 换职务, 离开."""

    __tablename__ = "contact_changes"
    __table_args__ = (
        Index("ix_contact_changes_customer_id_at", "customer_id", "at"),
        Index("ix_contact_changes_source", "source_kind", "source_id"),
    )

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    kind: Mapped[Word]
    before: Mapped[Name] = mapped_column(default="")
    """The title before, or who was in charge before."""
    after: Mapped[Name] = mapped_column(default="")
    """The title now, or who is in charge now."""
    made: Mapped[bool] = mapped_column(default=False)
    """Whether the contact was unknown before."""


class CompetitorMove(Evidenced, Table):
    """What was said of a competitor at a customer. `kind` is one of config/lexicon/rival_moves.yaml, or 提到."""

    __tablename__ = "competitor_moves"
    __table_args__ = (
        Index("ix_competitor_moves_customer_id_at", "customer_id", "at"),
        Index("ix_competitor_moves_competitor_at", "competitor", "at"),
        Index("ix_competitor_moves_source", "source_kind", "source_id"),
    )

    competitor: Mapped[Name]
    kind: Mapped[Word]
    price: Mapped[Decimal | None]
    """The price they named, yuan."""


class PolicyEffect(Evidenced, Table):
    """A policy, standard or document number that touches a customer. `effect`: 利好, 不利 or empty."""

    __tablename__ = "policy_effects"
    __table_args__ = (
        Index("ix_policy_effects_customer_id_at", "customer_id", "at"),
        Index("ix_policy_effects_policy", "policy"),
        Index("ix_policy_effects_source", "source_kind", "source_id"),
    )

    policy: Mapped[Name]
    effect: Mapped[Word] = mapped_column(default="")
