"""The web chat on SQLite, behind a real aiohttp server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from bot.clock import VirtualClock
from bot.platforms.console import ConsolePlatform, ConsoleSettings
from storage.database import Database
from storage.tables import Table
from tests.platforms.console.backstage import START, Company, MemoryAttachments, Sunk, Watch, commands_for, today_for
from tests.platforms.console.stage import Stage

OpenStage = Callable[..., Awaitable[Stage]]


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'console.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Table.metadata.create_all)
    yield database
    await database.close()


@pytest.fixture
async def open_stage(db: Database, aiohttp_client: Callable[..., Awaitable[TestClient[Any, Any]]]) -> OpenStage:
    """Opens the chat with settings of one's own."""

    async def open_with(**settings: Any) -> Stage:
        clock, attachments, sink = VirtualClock(START), MemoryAttachments(), Sunk()
        platform = ConsolePlatform(
            ConsoleSettings(**{"demo": True, **settings}),
            db,
            clock,
            attachments,
            Company(),
            Watch(clock),
            commands=commands_for,
            today=today_for,
        )
        app = web.Application()
        app.add_routes(platform.routes(sink))
        return Stage(platform, db, clock, attachments, sink, await aiohttp_client(app))

    return open_with


@pytest.fixture
async def stage(open_stage: OpenStage) -> AsyncIterator[Stage]:
    """The demo."""
    opened = await open_stage()
    yield opened
    await opened.platform.client.close()
