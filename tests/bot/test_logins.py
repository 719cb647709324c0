"""Login links of the web chat: the first one makes the first admin."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.errors import Refused
from bot.logins import login_link
from config.settings import Settings
from storage.database import Database
from storage.tables import Identity, Person


async def people(settings: Settings) -> list[tuple[str, bool]]:
    db = Database(settings.database_url)
    async with db.read() as tx:
        found = [(person.name, person.admin) for person in (await tx.scalars(select(Person))).all()]
        assert len((await tx.scalars(select(Identity))).all()) == len(found)
    await db.close()
    return found


async def test_the_first_to_log_in_on_an_empty_installation_is_its_admin(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "new", public_url="https://crm.example.com")
    first = await login_link(settings, "周敏")
    assert first.startswith("https://crm.example.com/console/login?token=")
    assert await people(settings) == [("周敏", True)]
    await login_link(settings, "周敏")
    assert await people(settings) == [("周敏", True)]


async def test_nobody_else_is_let_in_by_name(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    await login_link(settings, "周敏")
    with pytest.raises(Refused, match="没有叫「李雷」的同事"):
        await login_link(settings, "李雷")
    assert await people(settings) == [("周敏", True)]
