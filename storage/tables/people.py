"""People, however many platforms they are on, their teams, groups and leave."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Key, Name, Table, Word


class Team(Table):
    __tablename__ = "teams"

    id: Mapped[Key]
    name: Mapped[Name] = mapped_column(unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    zone: Mapped[Word] = mapped_column(default="Asia/Shanghai")


class Person(Table):
    """One person. `superior_id` is a relation; `role` is what they are (rep, manager, director, vp, owner …)."""

    __tablename__ = "people"

    id: Mapped[Key]
    name: Mapped[Name]
    role: Mapped[Word]
    title: Mapped[Name] = mapped_column(default="")
    department: Mapped[Name] = mapped_column(default="")
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"), index=True)
    superior_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    admin: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    mobile: Mapped[Word] = mapped_column(default="")
    email: Mapped[Name] = mapped_column(default="")
    joined_at: Mapped[datetime]


class Identity(Table):
    """Who a person is on one app of one platform. The one used last is where pushes go."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("platform", "app", "user"),)

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    platform: Mapped[Word]
    app: Mapped[Word]
    user: Mapped[Name]
    last_seen_at: Mapped[datetime]


class Group(Table):
    """A group chat the bot is in. Its digest settings belong to the team's settings, not here."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("platform", "app", "chat"),)

    id: Mapped[Key]
    platform: Mapped[Word]
    app: Mapped[Word]
    chat: Mapped[Name]
    title: Mapped[Name] = mapped_column(default="")
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)


class Leave(Table):
    """Days somebody is away, both ends included, and who stands in."""

    __tablename__ = "leaves"
    __table_args__ = (Index("ix_leaves_person_id_first", "person_id", "first"),)

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Preference(Table):
    """What one person chose for themselves, e.g. filing drafts without asking."""

    __tablename__ = "preferences"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    key: Mapped[Word]
    value: Mapped[dict[str, Any]]
