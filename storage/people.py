"""People, who stands above whom, and where they can be reached."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from rules.listing import CASELESS
from storage.tables import Group, Identity, Leave, Person, Preference, Team

CHAIN_LIMIT = 20
"""More levels than any company has; a longer chain is a circle in the directory."""


async def by_identity(tx: AsyncSession, platform: str, app: str, user: str) -> Person | None:
    """Whose account this is. Where a platform's user ids have no case, the same letters are the same account."""
    there = select(Person).join(Identity).where(Identity.platform == platform, Identity.app == app)
    for spelled in _spellings(platform, user):
        if found := (await tx.scalars(there.where(spelled))).first():
            return found
    return None


def _spellings(platform: str, user: str) -> list[ColumnElement[bool]]:
    """As it is written, which the index finds; then, only where case means nothing, in any case."""
    exact = Identity.user == user
    return [exact, func.lower(Identity.user) == user.lower()] if platform == CASELESS else [exact]


async def person(tx: AsyncSession, person_id: int) -> Person | None:
    return await tx.get(Person, person_id)


async def named(tx: AsyncSession, name: str) -> list[Person]:
    """Active people of this name, or, when none has it, whose name contains it."""
    active = select(Person).where(Person.active)
    exact = list((await tx.scalars(active.where(Person.name == name))).all())
    if exact:
        return exact
    return list((await tx.scalars(active.where(Person.name.contains(name, autoescape=True)).order_by(Person.id))).all())


async def nobody(tx: AsyncSession) -> bool:
    """Whether the installation is empty."""
    return (await tx.scalars(select(Person.id).limit(1))).first() is None


async def everybody(tx: AsyncSession) -> list[Person]:
    return list((await tx.scalars(select(Person).where(Person.active).order_by(Person.id))).all())


async def admins(tx: AsyncSession) -> list[Person]:
    return list((await tx.scalars(select(Person).where(Person.active, Person.admin).order_by(Person.id))).all())


async def of_department(tx: AsyncSession, department: str) -> list[Person]:
    """The owners of a department; everybody of it when it names none."""
    query = select(Person).where(Person.active, Person.department == department).order_by(Person.id)
    people = list((await tx.scalars(query)).all())
    return [one for one in people if one.role == "owner"] or people


async def superior(tx: AsyncSession, of: Person) -> Person | None:
    return await tx.get(Person, of.superior_id) if of.superior_id else None


async def superiors(tx: AsyncSession, of: Person) -> list[Person]:
    """From the direct superior upwards."""
    chain: list[Person] = []
    above = await superior(tx, of)
    while above is not None and above not in chain and above.id != of.id and len(chain) < CHAIN_LIMIT:
        chain.append(above)
        above = await superior(tx, above)
    return chain


async def below(tx: AsyncSession, of: Person) -> list[Person]:
    """Everybody under a person, at any depth."""
    under = select(Person.id).where(Person.superior_id == of.id).cte("under", recursive=True)
    under = under.union(select(Person.id).join(under, Person.superior_id == under.c.id))
    query = select(Person).where(Person.id.in_(select(under.c.id)), Person.active, Person.id != of.id)
    return list((await tx.scalars(query.order_by(Person.id))).all())


async def oversees(tx: AsyncSession, actor: Person, person_id: int | None) -> bool:
    """Whether somebody is this person, or stands above them."""
    if person_id is None or actor.id == person_id:
        return True
    target = await tx.get(Person, person_id)
    return target is not None and actor.id in {one.id for one in await superiors(tx, target)}


async def reps(tx: AsyncSession, team_id: int | None = None) -> list[Person]:
    query = select(Person).where(Person.active, Person.role.in_(("rep", "assistant"))).order_by(Person.id)
    if team_id is not None:
        query = query.where(Person.team_id == team_id)
    return list((await tx.scalars(query)).all())


async def identities(tx: AsyncSession, person_id: int) -> list[Identity]:
    """The one used last comes first."""
    query = select(Identity).where(Identity.person_id == person_id)
    return list((await tx.scalars(query.order_by(Identity.last_seen_at.desc(), Identity.id))).all())


async def seen(tx: AsyncSession, platform: str, app: str, user: str, at: datetime) -> None:
    there = select(Identity).where(Identity.platform == platform, Identity.app == app)
    for spelled in _spellings(platform, user):
        if found := (await tx.scalars(there.where(spelled))).first():
            found.last_seen_at = max(found.last_seen_at, at)
            return


async def team(tx: AsyncSession, team_id: int | None) -> Team | None:
    return await tx.get(Team, team_id) if team_id else None


async def teams(tx: AsyncSession) -> list[Team]:
    return list((await tx.scalars(select(Team).order_by(Team.id))).all())


async def group(tx: AsyncSession, platform: str, app: str, chat: str) -> Group | None:
    query = select(Group).where(Group.platform == platform, Group.app == app, Group.chat == chat)
    return (await tx.scalars(query)).first()


async def groups_of(tx: AsyncSession, team_id: int) -> list[Group]:
    query = select(Group).where(Group.team_id == team_id, Group.active).order_by(Group.id)
    return list((await tx.scalars(query)).all())


async def leave_on(tx: AsyncSession, person_id: int, day: date) -> Leave | None:
    query = select(Leave).where(Leave.person_id == person_id, Leave.first <= day, Leave.last >= day)
    return (await tx.scalars(query)).first()


async def leaves(tx: AsyncSession, person_id: int, since: date) -> list[Leave]:
    query = select(Leave).where(Leave.person_id == person_id, Leave.last >= since).order_by(Leave.first)
    return list((await tx.scalars(query)).all())


async def preference(tx: AsyncSession, person_id: int, key: str) -> dict[str, object]:
    query = select(Preference).where(Preference.person_id == person_id, Preference.key == key)
    row = (await tx.scalars(query)).first()
    return dict(row.value) if row else {}


async def prefer(tx: AsyncSession, person_id: int, key: str, value: dict[str, object]) -> None:
    query = select(Preference).where(Preference.person_id == person_id, Preference.key == key)
    row = (await tx.scalars(query)).first()
    if row is None:
        tx.add(Preference(person_id=person_id, key=key, value=value))
    else:
        row.value = value
