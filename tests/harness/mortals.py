"""A company whose product runs in mortal processes, one after the other, on one database and one platform."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import re
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from bot.clock import VirtualClock
from storage.database import Database
from storage.migrating import migrate
from tests.harness import mortal
from tests.harness.company import PEOPLE, START, settle
from tests.harness.platforms import Driver, Screen

WITHIN = 20.0
"""Real seconds after which a test that waits for a process fails."""

UNSETTLED = """
SELECT (SELECT count(*) FROM inbox WHERE state = 'new') + (SELECT count(*) FROM outbox WHERE state = 'pending')
"""
KEPT = ("progress_reports", "support_requests", "interactions", "events", "cards_sent", "inbox", "deadlines")
"""Tables whose rows tell one life from another."""

Arm = Callable[[], None]

forks = multiprocessing.get_context("forkserver")
forks.set_forkserver_preload(["tests.harness.mortal_warm"])


class Mortals:
    """`open` brings one to life; the next one takes up where it died."""

    def __init__(self, folder: Path, driver: Driver) -> None:
        self.folder = folder
        self.driver = driver
        self.clock = VirtualClock(START)
        self._platforms: dict[str, Any] = {}
        self._port = 0
        """Chosen by the first one; the address people entered in the console stays."""
        self._process: BaseProcess | None = None
        self._says: Connection | None = None

    async def settle_company(self) -> None:
        given = dict(await self.driver.start(self.clock))
        self._platforms = {self.driver.name: {self.driver.app: json.loads(plain(given))}}
        db = Database(f"sqlite+aiosqlite:///{self.folder / 'genjin.db'}")
        await migrate(db)
        async with db.write() as tx:
            await settle(tx, self.driver.name, self.driver.app)
        await db.close()

    async def open(self, arm: Arm | None = None, *, later: timedelta = timedelta(0)) -> None:
        """A process that listens. It starts `later` than now, and what the platform has waited for comes then."""
        self.begin(arm, later=later)
        assert self._says is not None
        async with asyncio.timeout(WITHIN):
            url = await asyncio.to_thread(self._says.recv)
            self._port = int(url.rpartition(":")[2])
            await self.driver.connect(url)
            await self.driver.online()
        self.clock.move_to(self.clock.now() + later)

    def begin(self, arm: Arm | None = None, *, later: timedelta = timedelta(0)) -> None:
        """As `open`, not waiting until it listens."""
        self._says, ready = forks.Pipe(duplex=False)
        start = (self.clock.now() + later).isoformat()
        given = (str(self.folder), self._platforms, self._port, start, arm, ready)
        self._process = forks.Process(target=mortal.serve, args=given, daemon=True)
        self._process.start()
        ready.close()

    async def dies(self) -> None:
        """Returns when it has killed itself."""
        assert self._process is not None
        await asyncio.to_thread(self._process.join, WITHIN)
        assert self._process.exitcode == -signal.SIGKILL

    async def killed(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self.dies()

    async def settled(self, heard: int) -> None:
        """Returns when `heard` messages have come in and nothing is left to handle or to send."""
        async with asyncio.timeout(WITHIN):
            while not self._is_settled(heard):  # noqa: ASYNC110 - another process has no event to wait for
                await asyncio.sleep(0.01)

    def _is_settled(self, heard: int) -> bool:
        with self._reading() as rows:
            came = rows.execute("SELECT count(*) FROM inbox").fetchone()[0]
            return came >= heard and rows.execute(UNSETTLED).fetchone()[0] == 0

    def heard(self) -> int:
        with self._reading() as rows:
            return int(rows.execute("SELECT count(*) FROM inbox").fetchone()[0])

    def records(self) -> dict[str, int]:
        with self._reading() as rows:
            return {table: rows.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in KEPT}

    def screens(self) -> Counter[tuple[str, str]]:
        """(who, what stands there now) of every message, moments left out."""
        shown = [(user, screen) for user, *_ in PEOPLE for screen in self.driver.inbox(user)]
        shown += [("group", screen) for screen in self.driver.group()]
        return Counter((user, re.sub(r"\d+", "#", screen.words)) for user, screen in shown)

    def card(self, user: str, button: str) -> Screen | None:
        """The newest message of `user` with such a button."""
        return next((one for one in reversed(self.driver.inbox(user)) if button in one.buttons), None)

    async def close(self) -> None:
        if self._process is not None and self._process.is_alive():
            await self.killed()
        await self.driver.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        path = f"file:{self.folder / 'genjin.db'}?mode=ro"
        with closing(sqlite3.connect(path, uri=True, isolation_level=None, timeout=WITHIN)) as rows:
            rows.execute("BEGIN")
            yield rows


def plain(given: Mapping[str, Any]) -> str:
    """An app's settings as its file would have them."""

    def written(value: Any) -> Any:
        if isinstance(value, BaseModel):
            return value.model_dump()
        return value.get_secret_value() if isinstance(value, SecretStr) else str(value)

    return json.dumps(dict(given), default=written)
