"""kill -9 between receiving a message and having sent its answer: nothing is lost, and nobody sees it twice."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from bot.clock import VirtualClock
from storage.database import Database
from storage.migrating import migrate
from tests.harness.company import START, settle
from tests.harness.crashing_live import POINTS, company_app, say
from tests.harness.platforms import DingTalk, Driver, Feishu, WeCom


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("platform", [Feishu, DingTalk, WeCom], ids=lambda platform: platform.name)
async def test_killed_between_receive_and_send(platform: Callable[[], Driver], point: str, tmp_path: Path) -> None:
    driver = platform()
    given = dict(await driver.start(VirtualClock(START)))
    await driver.connect("http://127.0.0.1:9")
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'genjin.db'}")
    await migrate(db)
    async with db.write() as tx:
        await settle(tx, driver.name, driver.app)
    await db.close()

    command = [sys.executable, "-m", "tests.harness.crashing_live", str(tmp_path), driver.name, plain(given), point]
    process = await asyncio.create_subprocess_exec(*command)
    assert await asyncio.wait_for(process.wait(), 120) == -signal.SIGKILL
    assert len(driver.inbox("lilei")) == (1 if point == "sent" else 0)

    app = company_app(tmp_path, driver.name, given)
    await app.runtime.open()
    await app.runtime.settle()
    await say(app, driver.name)
    await app.close()
    (draft,) = driver.inbox("lilei")
    assert "这样记，对吗？" in draft.words
    await driver.close()


def plain(given: dict[str, Any]) -> str:
    """An app's settings as its file would have them."""

    def written(value: Any) -> Any:
        if isinstance(value, BaseModel):
            return value.model_dump()
        return value.get_secret_value() if isinstance(value, SecretStr) else str(value)

    return json.dumps(given, default=written)
