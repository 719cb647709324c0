"""The company in a process of its own, sending to an emulator elsewhere, that dies (SIGKILL) at a chosen point.

    python -m tests.harness.crashing_live FOLDER PLATFORM SETTINGS POINT

SETTINGS is the app's part of the settings as JSON. POINT is one of POINTS, between receiving a message and having noted
that its answer was sent.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from bot.app import App, build
from bot.clock import VirtualClock
from bot.platforms.base import Chat, Inbound, Kind
from bot.platforms.registry import configured
from config.settings import Settings
from storage import inbox, outbox
from storage.database import Database
from tests.harness.company import START
from tests.harness.voices import ScriptedTranscriber

SAID = "宏达机械今天已报价，竞品压价，希望总监帮忙申请特价"
POINTS = ("acknowledged", "committed", "sending", "sent")


def company_app(folder: Path, platform: str, given: Mapping[str, Any]) -> App:
    """The product on a database that is there already, its clock standing."""
    url = f"sqlite+aiosqlite:///{folder / 'genjin.db'}"
    settings = Settings(data=folder, database=url, platforms={platform: {"main": dict(given)}})
    clock, heard = VirtualClock(START), ScriptedTranscriber()
    return build(settings, clock=clock, db=Database(url), transcriber=heard, platforms=configured)


async def say(app: App, platform: str) -> None:
    """What the platform hands over, and hands over again when nobody answers in time."""
    said = Inbound(platform, "main", "said-1", Kind.TEXT, "lilei", Chat("lilei"), START, text=SAID)
    await app.runtime.sink(said)
    await app.runtime.settle()


def arm(point: str, client: type) -> None:
    """Lets the process die at the first passage of a point."""
    where: dict[str, tuple[Any, str, bool]] = {
        "acknowledged": (inbox, "head", True),
        "committed": (outbox, "ready", True),
        "sending": (client, "send", True),
        "sent": (client, "send", False),
    }
    owner, name, before = where[point]
    original: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def dying(*args: Any, **kwargs: Any) -> Any:
        if not before:
            await original(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, dying)


async def main(folder: Path, platform: str, given: Mapping[str, Any], point: str) -> None:
    app = company_app(folder, platform, given)
    await app.runtime.open()
    arm(point, type(app.services.platforms[platform, "main"].client))
    await say(app, platform)
    await app.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]), sys.argv[4]))
