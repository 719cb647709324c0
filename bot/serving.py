"""Runs the product until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import structlog
from aiohttp import web

from bot import demo
from bot.app import App, build
from bot.clock import SystemClock
from bot.commands import allowed
from bot.emulating import Around, Emulated
from bot.platforms.console.ports import ConsoleCommand, Today, TodayLine
from bot.platforms.registry import ConsoleExtras, configured, console
from bot.services import Services
from bot.timemachine import TimeMachine, kept
from bot.web.server import web_app
from cards.model import Tone
from cards.texts import say
from config.settings import Settings
from storage import people
from storage.calendars import from_setting
from storage.database import Database
from storage.migrating import migrate
from transcription.understanding import warm_up

log = structlog.get_logger()


@asynccontextmanager
async def running(settings: Settings, around: Around | None = None) -> AsyncIterator[tuple[App, str]]:
    """The product at work, with its web server; gives it and the address it listens at.

    `around`: the demo has emulated platforms beside the web chat.
    """
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        emulated = await stack.enter_async_context(around(clock, demo.definition())) if around else None
        if emulated is not None:
            settings.platforms = emulated.settings()
        yield await stack.enter_async_context(_running(settings, clock, emulated))


@asynccontextmanager
async def _running(settings: Settings, clock: SystemClock, emulated: Emulated | None) -> AsyncIterator[tuple[App, str]]:
    settings.data.mkdir(parents=True, exist_ok=True)
    db = Database(settings.database_url)
    await migrate(db)
    app = await _composed(settings, clock, db, everywhere=emulated is not None)
    await asyncio.to_thread(warm_up, clock.now())
    await app.services.transcriber.start()
    await app.runtime.start()
    server = web_app(app.runtime)
    if emulated is not None:
        server.add_routes(emulated.routes(app))
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
        port = runner.addresses[0][1]
        if emulated is not None:
            await emulated.connect(f"http://127.0.0.1:{port}")
        yield app, f"http://{settings.host}:{port}"
    finally:
        await runner.cleanup()
        await app.close()


async def _composed(settings: Settings, clock: SystemClock, db: Database, *, everywhere: bool) -> App:
    """`everywhere`: the demo's people are on every platform, and its page shows the web chat in a frame."""
    machine = TimeMachine(clock, settings.data / "clock") if settings.demo else None
    made: list[App] = []
    extras = ConsoleExtras(
        title=demo.definition()["company"] if settings.demo else "跟进",
        time_machine=machine,
        commands=lambda user: _commands(made[0].services, user),
        today=lambda user: _today(made[0], user),
        framed=everywhere,
    )
    app = build(
        settings,
        clock=clock,
        db=db,
        platforms=lambda services: [console(services, extras), *configured(services)],
    )
    made.append(app)
    if machine is not None:
        await _open_demo(app, clock, machine, everywhere=everywhere)
    return app


async def serve(settings: Settings, started: Sequence[str], around: Around | None = None) -> None:
    """Serves until SIGINT or SIGTERM. `started` are lines to print, {url} being the address."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running(settings, around) as (_, url):
        for line in started:
            print(line.format(url=url), flush=True)
        await stop.wait()


async def _today(app: App, user: str) -> Today | None:
    """The column beside the chat: what somebody still lacks today."""
    gaps = await app.today("console", "web", user)
    if not gaps:
        return None
    lines = tuple(TodayLine(gap.customer, gap.what, say("day.waiting"), Tone.WARN) for gap in gaps)
    return Today(say("day.panel", count=len(gaps)), lines)


async def _commands(services: Services, user: str) -> list[ConsoleCommand]:
    """The slash commands somebody at the web chat may give."""
    async with services.db.read() as tx:
        person = await people.by_identity(tx, "console", "web", user)
        if person is None:
            return []
        return [
            ConsoleCommand(f"/{command.name}", command.summary)
            for command in services.routes.commands.values()
            if await allowed(tx, person, command.who)
        ]


async def _open_demo(app: App, clock: SystemClock, machine: TimeMachine, *, everywhere: bool) -> None:
    """Fills the demo company on first start, and sets the clock to a working hour."""
    settings, packs = app.settings, app.services.catalogues.packs
    calendar = from_setting(packs.settings["calendar"], settings.zone)
    ahead = kept(settings.data / "clock")
    start = demo.opening(clock.now(), calendar)
    clock.offset = ahead if ahead is not None else start - clock.now()
    async with app.services.db.write() as tx:
        if await demo.is_empty(tx):
            await demo.settle(tx, clock.now(), calendar)
            (settings.data / "clock").write_text(str(clock.offset / timedelta(seconds=1)), encoding="utf-8")
        if everywhere:
            await demo.put_on_all(tx)
    machine.attach(app.runtime)
