"""Customers with their other names, contacts, and what is being sold to them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Float, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Key, Name, Table, Word


class Customer(Table):
    __tablename__ = "customers"

    id: Mapped[Key]
    name: Mapped[Name] = mapped_column(unique=True)
    level: Mapped[Word] = mapped_column(default="")
    """A, B, C or empty."""
    industry: Mapped[Name] = mapped_column(default="")
    region: Mapped[Name] = mapped_column(default="")
    product_line: Mapped[Name] = mapped_column(default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    address: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    phone: Mapped[Word] = mapped_column(default="")
    licence: Mapped[Word] = mapped_column(default="")
    """Unified social credit code 统一社会信用代码."""
    created_at: Mapped[datetime]


class CustomerAlias(Table):
    """Another name a customer goes by: a short name, an old name, or how it was misheard."""

    __tablename__ = "customer_aliases"
    __table_args__ = (UniqueConstraint("customer_id", "alias"),)

    id: Mapped[Key]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    alias: Mapped[Name]
    kind: Mapped[Word] = mapped_column(default="short")


class Contact(Table):
    """One of the customer's people. Told of in a report, it goes again when the report is undone."""

    __tablename__ = "contacts"

    id: Mapped[Key]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    name: Mapped[Name]
    title: Mapped[Name] = mapped_column(default="")
    phone: Mapped[Word] = mapped_column(default="")
    department: Mapped[Name] = mapped_column(default="")
    left_at: Mapped[datetime | None]
    """Since when this person is no longer there."""
    undone_at: Mapped[datetime | None]


class Opportunity(Table):
    """Something being sold. `state`: open, won, lost. `stage` is one of the configured stages."""

    __tablename__ = "opportunities"
    __table_args__ = (Index("ix_opportunities_state_stage", "state", "stage"),)

    id: Mapped[Key]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    title: Mapped[Name]
    stage: Mapped[Word]
    stage_since: Mapped[datetime]
    amount: Mapped[Decimal | None]
    state: Mapped[Word] = mapped_column(default="open")


class StageChange(Table):
    __tablename__ = "stage_changes"

    id: Mapped[Key]
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunities.id"), index=True)
    before: Mapped[Word]
    after: Mapped[Word]
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Competitor(Table):
    __tablename__ = "competitors"

    id: Mapped[Key]
    name: Mapped[Name] = mapped_column(unique=True)


class Product(Table):
    __tablename__ = "products"

    id: Mapped[Key]
    name: Mapped[Name] = mapped_column(unique=True)
