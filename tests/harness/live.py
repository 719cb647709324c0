"""The company on a real platform's emulator: the same days as on the web chat, through HTTP, signatures and drawn cards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import select

from bot.app import build
from bot.clock import VirtualClock
from bot.platforms.base import Kind
from bot.platforms.registry import configured
from bot.web.server import web_app
from config.settings import Settings
from storage.database import Database
from storage.migrating import migrate
from storage.tables import Outbox
from tests.harness.company import START, settle
from tests.harness.platforms import Driver, Screen
from tests.harness.team import Actor, Team, TeamClock
from tests.harness.voices import ScriptedTranscriber

QUESTION = "回复 取消 就不填了"
RETRIES = timedelta(seconds=20)
"""A push that met a busy platform leaves again within this time."""


@dataclass
class LiveActor(Actor):
    """Somebody with the platform's app on their phone."""

    team: LiveTeam

    @property
    def driver(self) -> Driver:
        return self.team.driver

    async def says(self, text: str, *, group: bool = False, key: str = "") -> None:
        await self.driver.says(self.user, text.replace("@跟进", "").strip(), group=group)
        await self.team.settle()

    async def sends(self, kind: Kind, content: bytes, **more: Any) -> None:
        assert kind is Kind.PHOTO
        await self.driver.sends_photo(self.user, content)
        await self.team.settle()

    async def stands_at(self, latitude: float, longitude: float) -> None:
        await self.driver.stands_at(self.user, latitude, longitude)
        await self.team.settle()

    async def presses(self, label: str, *, on: str = "", answers: dict[str, Any] | None = None, **more: Any) -> None:
        """Presses the newest such button; what the card cannot hold is answered in the chat."""
        given = {**(answers or {}), **more}
        screen, button = self._pressable(label, on)
        on_card = {name: value for name, value in given.items() if name in screen.fields}
        rest = {name: value for name, value in given.items() if name not in on_card}
        # What is missing is asked for anyway; only what is understood already has to be opened for change.
        if rest and "改一下" in screen.buttons and "还要填" not in screen.words:
            button = "改一下"
        await self.driver.presses(self.user, screen, button, {} if button == "改一下" else on_card)
        await self.team.settle()
        await self.answers({**rest, **(on_card if button == "改一下" else {})})

    def finds(self, *words: str) -> None:
        if self.driver.cards_change:
            super().finds(*words)

    async def answers(self, given: dict[str, Any]) -> None:
        """Answers the questions that came, each by its title; what is not given is skipped or kept."""
        for _ in range(20):
            question = next((one for one in self.messages if not one.read and QUESTION in one.words), None)
            if question is None:
                return
            question.read = True
            title = next((title for title in self.team.titles if _asks(question.words, title)), "")
            await self._answer(question.words, given.get(self.team.titles.get(title, "")))
        raise AssertionError("the questions do not end")

    async def _answer(self, question: str, value: Any) -> None:
        if value is None:
            await self.says("不变" if "现在是 " in question else "无")
        elif isinstance(value, list):
            for key in value:
                await self.sends(Kind.PHOTO, await self.team.app.services.attachments.get(key))
        elif "," in str(value) and self.driver.holds_position and "位置" in question:
            latitude, longitude = str(value).split(",")[:2]
            await self.stands_at(float(latitude), float(longitude))
        else:
            await self.says(str(value))

    def _pressable(self, label: str, on: str) -> tuple[Screen, str]:
        for message in reversed(self.messages):
            assert isinstance(message, Screen)
            for button in message.buttons if on in message.words else ():
                if button.startswith(label):
                    return message, button
        raise AssertionError(
            f"{self.name} has no button {label!r} (on {on!r}) but {[m.buttons for m in self.messages]}"
        )  # type: ignore[attr-defined]  # all are screens


def _asks(question: str, title: str) -> bool:
    return any(line.startswith((f"{title}（", f"{title} 必填", f"{title} 可填")) for line in question.splitlines())


@dataclass
class LiveClock(TeamClock):
    """Lets the platform's connection live through the time that passes."""

    team: LiveTeam

    async def pass_until(self, to: datetime) -> None:
        while (due := await self.team.app.runtime.next_due()) is not None and self.now() < due < to:
            await self._on(due)
        await self._on(to)

    async def _on(self, to: datetime) -> None:
        await self.team.driver.passes(self.team.virtual, to)
        await self.team.app.runtime.forward(to)


@dataclass
class LiveTeam(Team):
    """The company, with the emulator in front of it and the product's own web server behind."""

    driver: Driver = field(kw_only=True)
    server: web.AppRunner = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.actors = {user: LiveActor(user, one.name, self) for user, one in self.actors.items()}
        forms = self.app.services.catalogues.packs.forms
        self.clock = LiveClock(self)
        self.titles = {one.title: one.name for form in forms.values() for one in form.fields}

    async def settle(self) -> None:
        """Until nothing is left to do now; what a limit held back or a busy platform sent back leaves a little later."""
        await self.app.runtime.settle()
        until = self.virtual.now() + RETRIES
        while (due := await self._retry()) is not None and due <= until:
            await self.clock.pass_until(due)

    async def _retry(self) -> Any:
        query = select(Outbox.not_before).where(Outbox.state == "pending", Outbox.attempts > 0)
        async with self.app.services.db.read() as tx:
            again = (await tx.scalars(query.order_by(Outbox.not_before))).first()
        return min((at for at in (again, self.app.runtime.sender.next_at) if at is not None), default=None)

    async def close(self) -> None:
        await self.server.cleanup()
        await self.app.close()
        await self.driver.close()


async def open_live(folder: Path, driver: Driver) -> LiveTeam:
    """The company on this platform, on a fresh database, configured as an admin would configure it."""
    clock = VirtualClock(START)
    given = await driver.start(clock)
    url = f"sqlite+aiosqlite:///{folder / 'genjin.db'}"
    db = Database(url)
    await migrate(db)
    async with db.write() as tx:
        await settle(tx, driver.name, driver.app)
    settings = Settings(data=folder, database=url, platforms={driver.name: {driver.app: dict(given)}})
    app = build(settings, clock=clock, db=db, transcriber=ScriptedTranscriber(), platforms=configured)
    await app.runtime.open()
    await driver.attach(app)
    server = web.AppRunner(web_app(app.runtime), access_log=None, shutdown_timeout=0.1)
    await server.setup()
    await web.TCPSite(server, "127.0.0.1", 0).start()
    await driver.connect(f"http://127.0.0.1:{server.addresses[0][1]}")
    return LiveTeam(app, driver, clock, driver=driver, server=server)  # type: ignore[arg-type]  # reads like the web chat's
