"""Who sits at the web chat, from the people and groups on record."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.platforms.console.ports import ConsoleGroup, ConsolePerson
from storage import people
from storage.database import Database
from storage.tables import Group, Identity, Person, Team

PLATFORM = "console"


class PeopleRoster:
    """People with an identity on the web chat, and the groups of their team and of the teams below them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def people(self) -> Sequence[ConsolePerson]:
        query = (
            select(Identity.user, Person, Team.name)
            .join(Person, Person.id == Identity.person_id)
            .outerjoin(Team, Team.id == Person.team_id)
            .where(Identity.platform == PLATFORM, Person.active)
            .order_by(Person.id)
        )
        async with self._db.read() as tx:
            rows = (await tx.execute(query)).all()
        return [
            ConsolePerson(user, person.name, person.title or person.role, team or person.department)
            for user, person, team in rows
        ]

    async def groups(self, user: str) -> Sequence[ConsoleGroup]:
        async with self._db.read() as tx:
            found = await tx.scalars(
                select(Person).join(Identity).where(Identity.platform == PLATFORM, Identity.user == user)
            )
            person = found.first()
            if person is None:
                return []
            teams = {person.team_id, *(one.team_id for one in await people.below(tx, person))} - {None}
            query = select(Group).where(Group.platform == PLATFORM, Group.active).order_by(Group.id)
            groups = (await tx.scalars(query)).all()
        return [ConsoleGroup(group.chat, group.title) for group in groups if person.admin or group.team_id in teams]
