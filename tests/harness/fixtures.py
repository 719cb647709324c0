"""The company as fixtures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import build
from bot.clock import VirtualClock
from config.settings import Settings
from storage.database import Database
from storage.migrating import migrate
from storage.tables import Identity
from tests.harness.company import START, settle
from tests.harness.platform import RecordingPlatform
from tests.harness.team import Team
from tests.harness.voices import ScriptedTranscriber


async def open_team(
    folder: Path, url: str, platform: RecordingPlatform | None = None, start: datetime = START, **more: Any
) -> Team:
    """A company on a fresh database, its clock standing at Wednesday 10:00 unless told otherwise; `more` are settings."""
    platform = platform or RecordingPlatform()
    db = Database(url)
    await migrate(db)
    async with db.write() as tx:
        await settle(tx, platform.name, platform.app, start)
    settings = Settings(data=folder, database=url, **more)
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
async def on_two(tmp_path: Path) -> AsyncIterator[tuple[Team, Team]]:
    """The same company twice: its people as they are seen on DingTalk, where they were last, and on Feishu."""
    ding, feishu = RecordingPlatform("dingtalk", "main"), RecordingPlatform("feishu", "main")
    url = f"sqlite+aiosqlite:///{tmp_path / 'genjin.db'}"
    db, clock, before = Database(url), VirtualClock(START), START - timedelta(days=1)
    await migrate(db)
    async with db.write() as tx:
        for user, person in (await settle(tx, ding.name, ding.app)).items():
            tx.add(Identity(person_id=person, platform="feishu", app="main", user=user, last_seen_at=before))
    settings = Settings(data=tmp_path, database=url)
    voices = ScriptedTranscriber()
    app = build(settings, clock=clock, db=db, transcriber=voices, platforms=lambda _: [ding, feishu])
    await app.runtime.open()
    yield Team(app, ding, clock), Team(app, feishu, clock)
    await app.close()


@pytest.fixture
async def company(tmp_path: Path, database_url: str) -> AsyncIterator[Team]:
    """The company on SQLite and on PostgreSQL."""
    opened = await open_team(tmp_path, database_url)
    yield opened
    await opened.app.close()
