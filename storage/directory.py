"""People as the directory's rules see them, and what those decided written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from rules.directory import Change, Decisions
from rules.listing import Account, Known
from storage import flows
from storage.tables import Customer, Deadline, Identity, Person, Task, Team

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When an account was used that a directory told us of: pushes go on to where the person really is."""

PLAIN = ("name", "mobile", "email", "title", "department", "role", "admin", "active")


@dataclass(frozen=True, slots=True)
class Left:
    """What somebody leaves behind: titles of what waits for them, counts of tasks and customers."""

    waiting: tuple[str, ...]
    tasks: int
    customers: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.waiting or self.tasks or self.customers)


async def known(tx: AsyncSession) -> list[Known]:
    """Everybody, those who have left too."""
    accounts: dict[int, set[Account]] = {}
    for one in (await tx.scalars(select(Identity))).all():
        accounts.setdefault(one.person_id, set()).add((one.platform, one.app, one.user))
    query = select(Person, Team.name).outerjoin(Team, Team.id == Person.team_id).order_by(Person.id)
    return [_known(person, team, accounts) for person, team in (await tx.execute(query)).all()]


def _known(person: Person, team: str | None, accounts: dict[int, set[Account]]) -> Known:
    return Known(
        id=person.id,
        superior=person.superior_id,
        team=team or "",
        accounts=frozenset(accounts.get(person.id, ())),
        **{name: getattr(person, name) for name in PLAIN},
    )


async def apply(tx: AsyncSession, decided: Decisions, now: datetime) -> dict[int, int]:
    """Writes the decisions; gives the id of every new person by the one below zero."""
    ids = {one.id: await _add(tx, one, now) for one in decided.new}
    for one in decided.new:
        await _place(tx, ids, one)
    for change in decided.changed:
        await _change(tx, ids, change)
    await tx.flush()
    return ids


async def _add(tx: AsyncSession, one: Known, now: datetime) -> int:
    values = {name: getattr(one, name) for name in PLAIN}
    person = Person(team_id=await _team(tx, one.team), joined_at=now, **values)
    tx.add(person)
    await tx.flush()
    _link(tx, person.id, one.accounts)
    return person.id


async def _place(tx: AsyncSession, ids: dict[int, int], one: Known) -> None:
    """Under the superior, and in the superior's team where no other is named."""
    person = await tx.get_one(Person, ids[one.id])
    person.superior_id = _real(ids, one.superior)
    above = await tx.get(Person, person.superior_id) if person.superior_id else None
    if person.team_id is None and above is not None:
        person.team_id = above.team_id
    await tx.flush()


async def _change(tx: AsyncSession, ids: dict[int, int], change: Change) -> None:
    person, after = await tx.get_one(Person, change.after.id), change.after
    for name in change.fields:
        if name in PLAIN:
            setattr(person, name, getattr(after, name))
    if "team" in change.fields:
        person.team_id = await _team(tx, after.team)
    person.superior_id = _real(ids, after.superior)
    _link(tx, person.id, after.accounts - change.before.accounts)
    for platform, app, user in change.before.accounts - after.accounts:
        query = delete(Identity).where(Identity.platform == platform, Identity.app == app, Identity.user == user)
        await tx.execute(query)


def _real(ids: dict[int, int], superior: int | None) -> int | None:
    return ids.get(superior, superior) if superior is not None else None


def _link(tx: AsyncSession, person_id: int, accounts: frozenset[Account]) -> None:
    for platform, app, user in sorted(accounts):
        tx.add(Identity(person_id=person_id, platform=platform, app=app, user=user, last_seen_at=NEVER))


async def _team(tx: AsyncSession, name: str) -> int | None:
    """A team nobody has named before is made."""
    if not name:
        return None
    found = (await tx.scalars(select(Team).where(Team.name == name))).first()
    if found is None:
        found = Team(name=name)
        tx.add(found)
        await tx.flush()
    return found.id


async def left_open(tx: AsyncSession, person_id: int) -> Left:
    """What waits for somebody, what they had to do, and whose customers are theirs."""
    waiting = [
        f"{flows.definition(flow).title} · {flow.context.get('subject', '')}".strip(" ·")
        for flow, _ in await flows.waiting_for(tx, person_id)
    ]
    tasks = select(func.count()).select_from(Task).where(Task.person_id == person_id, Task.state == "open")
    owned = select(Customer.name).where(Customer.owner_id == person_id).order_by(Customer.id)
    return Left(tuple(waiting), (await tx.scalars(tasks)).one(), tuple((await tx.scalars(owned)).all()))


async def newest_alarm(tx: AsyncSession, prefix: str) -> Deadline | None:
    """The deadline of the latest moment whose key begins so, in whatever state."""
    query = select(Deadline).where(Deadline.key.startswith(prefix, autoescape=True)).order_by(Deadline.at.desc())
    return (await tx.scalars(query.limit(1))).first()
