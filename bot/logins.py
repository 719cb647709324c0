"""Login links for the built-in web chat."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.errors import Refused
from bot.platforms.console.settings import ConsoleSettings
from bot.platforms.console.signing import Signer
from bot.platforms.registry import secret_of
from config.settings import Settings
from storage import people
from storage.database import Database
from storage.tables import Identity

PLATFORM, APP = "console", "web"


async def login_link(settings: Settings, name: str) -> str:
    """A link with which this person opens the web chat as themselves. Raises Refused for an unknown or double name."""
    db = Database(settings.database_url)
    try:
        user = await _user(db, name)
    finally:
        await db.close()
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    token = Signer(ConsoleSettings(secret=secret_of(settings))).login_token(user)
    return f"{address}/console/login?token={token}"


async def _user(db: Database, name: str) -> str:
    async with db.write() as tx:
        found = await people.named(tx, name)
        if len(found) != 1:
            raise Refused(f"叫「{name}」的有 {len(found)} 位，请写全名" if found else f"没有叫「{name}」的同事")
        for identity in await people.identities(tx, found[0].id):
            if identity.platform == PLATFORM:
                return identity.user
        user = f"p{found[0].id}"
        tx.add(Identity(person_id=found[0].id, platform=PLATFORM, app=APP, user=user, last_seen_at=datetime.now(UTC)))
        return user
