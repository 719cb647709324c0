"""A company in a process of its own that dies (SIGKILL) at a chosen point, for tests of what survives.

    python -m tests.harness.crashing FOLDER SCRIPT [POINT NTH]

SCRIPT is day or deadline. POINT is one of POINTS; the process kills itself at its NTH passage. What people were shown
is appended to FOLDER/shown.jsonl with its idempotency key, so that a platform which honours keys can be judged by it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.app import build
from bot.clock import VirtualClock
from bot.platforms.base import Chat, Inbound, Kind, Outgoing, Press, Receipt, UpdateBody
from config.settings import Settings
from storage import deadlines, inbox, outbox
from storage.database import Database
from storage.migrating import migrate
from storage.tables import CardSent
from tests.harness.company import START, settle
from tests.harness.platform import RecordingClient, RecordingPlatform
from tests.harness.team import Team
from tests.harness.voices import ScriptedTranscriber

SAID = "宏达机械今天已报价，竞品压价，希望总监帮忙申请特价"
POINTS = ("acknowledged", "claimed", "committed", "sending", "sent", "marked", "firing")


class LastingClient(RecordingClient):
    """Keeps what was shown in a file, which outlives the process, and honours keys across restarts."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file
        lines = file.read_text().splitlines() if file.exists() else []
        self.shown = {json.loads(line)["key"] for line in lines}

    async def send(self, message: Outgoing) -> Receipt:
        if message.key in self.shown:
            return Receipt(message_id=message.key)
        if isinstance(message.body, UpdateBody):
            return Receipt(message_id=message.key)
        receipt = await super().send(message)
        if message.key not in self.shown:
            with self.file.open("a") as file:
                file.write(
                    json.dumps(
                        {"key": message.key, "to": message.to.user, "title": _title(message)}, ensure_ascii=False
                    )
                    + "\n"
                )
                file.flush()
                os.fsync(file.fileno())
        self.shown.add(message.key)
        return receipt


def _title(message: Outgoing) -> str:
    card = getattr(message.body, "card", None)
    return card.title if card is not None else getattr(message.body, "text", "")


def arm(point: str, nth: int) -> None:
    """Lets the process die at the nth passage of a point."""
    where: dict[str, tuple[Any, str, bool]] = {
        "acknowledged": (inbox, "head", True),
        "claimed": (inbox, "claim", False),
        "committed": (outbox, "ready", True),
        "sending": (LastingClient, "send", True),
        "sent": (LastingClient, "send", False),
        "marked": (outbox, "sent", False),
        "firing": (deadlines, "fire", False),
    }
    owner, name, before = where[point]
    original: Callable[..., Awaitable[Any]] = getattr(owner, name)
    passages = 0

    async def dying(*args: Any, **kwargs: Any) -> Any:
        nonlocal passages
        passages += 1
        if before and passages == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        result = await original(*args, **kwargs)
        if not before and passages == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dying)


async def open_again(folder: Path) -> Team:
    """The company as the last process left it, its clock where the script says."""
    url = f"sqlite+aiosqlite:///{folder / 'genjin.db'}"
    fresh = not (folder / "genjin.db").exists()
    db = Database(url)
    await migrate(db)
    platform = RecordingPlatform(client=LastingClient(folder / "shown.jsonl"))
    if fresh:
        async with db.write() as tx:
            await settle(tx, platform.name, platform.app)
    clock = VirtualClock(START)
    settings = Settings(data=folder, database=url)
    app = build(settings, clock=clock, db=db, transcriber=ScriptedTranscriber(), platforms=lambda _: [platform])
    await app.runtime.open()
    return Team(app, platform, clock)


async def day(team: Team) -> None:
    """A report that asks for support, said and confirmed; each step only if it has not been done."""
    await team.rep.says(SAID, key="said-1")
    await team.app.runtime.settle()
    async with team.app.services.db.read() as tx:
        cards = (await tx.scalars(select(CardSent).where(CardSent.person_id == 3).order_by(CardSent.sent_at))).all()
    draft = next(
        card for card in cards if "progress.confirm" in json.dumps(card.card) or card.thread.startswith("report:")
    )
    answers = {
        entry["name"]: entry["value"] for entry in draft.card["blocks"] if entry["block"] == "input" and entry["value"]
    }
    press = Press(draft.key, {"a": "progress.confirm", "draft": 1}, answers)
    await team.app.runtime.sink(
        Inbound("console", "web", "press-1", Kind.PRESS, "lilei", Chat("lilei"), team.clock.now(), press=press)
    )
    await team.app.runtime.settle()


async def deadline(team: Team) -> None:
    """The day, and then the superior stays silent beyond the due moment."""
    await day(team)
    await team.clock.to("15:31")


SCRIPTS = {"day": day, "deadline": deadline}


async def main(folder: Path, script: str) -> None:
    team = await open_again(folder)
    await SCRIPTS[script](team)
    await team.app.close()


if __name__ == "__main__":
    if len(sys.argv) > 3:
        arm(sys.argv[3], int(sys.argv[4]))
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
