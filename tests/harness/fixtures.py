"""The company as fixtures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.app import build
from bot.clock import VirtualClock
from config.settings import Settings
from storage.database import Database
from storage.migrating import migrate
from tests.harness.company import START, settle
from tests.harness.platform import RecordingPlatform
from tests.harness.team import Team
from tests.harness.voices import ScriptedTranscriber


async def open_team(folder: Path, url: str, platform: RecordingPlatform | None = None, start: datetime = START) -> Team:
    """A company on a fresh database, its clock standing at Wednesday 10:00 unless told otherwise."""
    platform = platform or RecordingPlatform()
    db = Database(url)
    await migrate(db)
    async with db.write() as tx:
        await settle(tx, platform.name, platform.app, start)
    settings = Settings(data=folder, database=url)
    clock = VirtualClock(start)
    app = build(settings, clock=clock, db=db, transcriber=ScriptedTranscriber(), platforms=lambda _: [platform])
    await app.runtime.open()
    return Team(app, platform, clock)


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    """The company on SQLite."""
    opened = await open_team(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'genjin.db'}")
    yield opened
    await opened.app.close()


@pytest.fixture
async def company(tmp_path: Path, database_url: str) -> AsyncIterator[Team]:
    """The company on SQLite and on PostgreSQL."""
    opened = await open_team(tmp_path, database_url)
    yield opened
    await opened.app.close()
