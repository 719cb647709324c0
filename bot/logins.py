"""Login links for the built-in web chat."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.platforms.console.settings import ConsoleSettings
from bot.platforms.console.signing import Signer
from bot.platforms.registry import secret_of
from config.settings import Settings
from storage import people
from storage.database import Database
from storage.migrating import migrate
from storage.tables import Identity, Person

PLATFORM, APP = "console", "web"


async def login_link(settings: Settings, name: str) -> str:
    """A link with which this person opens the web chat as themselves.

    On an empty installation the person named becomes its first admin. Raises Refused for an unknown or double name.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    db = Database(settings.database_url)
    try:
        await migrate(db)
        async with db.write() as tx:
            person = await _first(tx, name) if await people.nobody(tx) else await _named(tx, name)
            user = await _user(tx, person)
    finally:
        await db.close()
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    token = Signer(ConsoleSettings(secret=secret_of(settings))).login_token(user)
    return f"{address}/console/login?token={token}"


async def _first(tx: AsyncSession, name: str) -> Person:
    """Whoever sets the product up: somebody has to let the others in."""
    person = Person(name=name, role="admin", admin=True, joined_at=datetime.now(UTC))
    tx.add(person)
    await tx.flush()
    return person


async def _named(tx: AsyncSession, name: str) -> Person:
    found = await people.named(tx, name)
    if len(found) != 1:
        raise Refused(f"叫「{name}」的有 {len(found)} 位，请写全名" if found else f"没有叫「{name}」的同事")
    return found[0]


async def _user(tx: AsyncSession, person: Person) -> str:
    for identity in await people.identities(tx, person.id):
        if identity.platform == PLATFORM:
            return identity.user
    user = f"p{person.id}"
    tx.add(Identity(person_id=person.id, platform=PLATFORM, app=APP, user=user, last_seen_at=datetime.now(UTC)))
    return user
