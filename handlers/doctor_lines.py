"""What the doctor looks at, each as a line in words."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import SystemClock
from bot.context import Context
from bot.leases import App, name_of
from cards.doctor import Line
from cards.texts import say
from rules.phrasing import span
from storage import migrating
from storage.doctor import Backlog
from storage.tables import Lease
from transcription import weights
from transcription.proposer import ModelSilent

PATIENCE = 4.0
"""Seconds a platform has to answer the doctor; the answer is awaited by a person."""

SLOW = timedelta(minutes=1)
LOW_DISK = 2.0
GIGABYTE = 1 << 30


async def of_machine(ctx: Context) -> list[Line]:
    """Database, clock, speech model, language model, disk."""
    return [await _database(ctx), _clock(ctx), _speech(ctx), await _language_model(ctx), _disk(ctx)]


def of_backlog(seen: Backlog) -> list[Line]:
    """What waits, and what has stopped."""
    remedy = say("doctor.retry_remedy")
    late = say("doctor.deadlines_late", late=seen.late_deadlines) if seen.late_deadlines else ""
    given_up = say("doctor.deadlines_failed", failed=seen.failed_deadlines) if seen.failed_deadlines else ""
    parked = say("doctor.parked_some", count=seen.parked) if seen.parked else ""
    failed = say("doctor.failed_some", count=seen.failed_pushes) if seen.failed_pushes else ""
    slow = say("doctor.inbox_slow", count=seen.messages, age=span(seen.age)) if seen.age > SLOW else ""
    behind = say("doctor.outbox_slow", count=seen.pushes) if seen.pushes else ""
    return [
        _line("inbox", slow, say("doctor.inbox_ok", count=seen.messages), say("doctor.inbox_remedy")),
        _line("parked", parked, say("doctor.parked_none"), remedy),
        _line("outbox", behind, say("doctor.outbox_ok"), say("doctor.outbox_remedy"), warn=True),
        _line("failed", failed, say("doctor.failed_none"), remedy, warn=True),
        _line("deadlines", "，".join(part for part in (late, given_up) if part), say("doctor.deadlines_ok"), remedy),
    ]


def of_leases(ctx: Context, held: Mapping[str, Lease]) -> list[Line]:
    """Which process listens and sends for each app, and since when."""
    return [_holder(ctx, app, held.get(name_of(app))) for app, one in ctx.services.platforms.items() if one.alone]


def _holder(ctx: Context, app: App, lease: Lease | None) -> Line:
    name = say("doctor.holder", name=say("me.platform", platform=app[0]), app=app[1])
    if lease is None:
        return Line(name, "warn", say("doctor.holder_none"), say("doctor.holder_remedy"))
    since = ctx.moment(lease.since)
    return Line(name, "ok", say("doctor.holder_ok", host=lease.host, pid=lease.pid, since=since))


async def of_platform(ctx: Context, place: tuple[str, str], delivered: Mapping[str, datetime]) -> list[Line]:
    """What a platform's own check finds; silence and errors are findings too. `place`: platform and app."""
    platform = ctx.services.platforms[place]
    name = say("doctor.platform", name=say("me.platform", platform=platform.name), app=platform.app)
    try:
        async with asyncio.timeout(PATIENCE):
            findings = await platform.client.check()
    except TimeoutError:
        return [Line(name, "fail", say("doctor.platform_silent"), say("doctor.platform_remedy"))]
    except Exception as error:  # noqa: BLE001 - whatever breaks a check is what the doctor is there to say
        words = say("doctor.platform_broken", error=f"{type(error).__name__}: {error}")
        return [Line(name, "fail", words, say("doctor.platform_remedy"))]
    at = delivered.get(platform.name)
    lines = [Line(f"{name} · {one.what}", one.state, one.words, one.remedy) for one in findings]
    if lines and at is not None:
        words = say("doctor.delivered", words=lines[0].words, at=ctx.moment(at))
        lines[0] = replace(lines[0], words=words)
    return lines


async def _database(ctx: Context) -> Line:
    db = ctx.services.db
    here, newest = await migrating.version(db)
    kind = "SQLite" if db.is_sqlite else "PostgreSQL"
    old = "" if here == newest else say("doctor.database_old", kind=kind, here=here, newest=newest)
    return _line("database", old, say("doctor.database_ok", kind=kind, here=here), say("doctor.database_remedy"))


def _clock(ctx: Context) -> Line:
    """Where the clock was moved ahead, as in the demo, it says so."""
    clock = ctx.services.clock
    moved = isinstance(clock, SystemClock) and bool(clock.offset)
    words = {"now": f"{ctx.local(ctx.now):%Y-%m-%d %H:%M:%S}", "zone": str(ctx.calendar.zone)}
    ahead = say("doctor.clock_moved", **words) if moved else ""
    return _line("clock", ahead, say("doctor.clock_ok", **words), warn=True)


def _speech(ctx: Context) -> Line:
    own, folder = ctx.services.settings.speech, ctx.services.settings.models
    if not own.enabled:
        return _line("speech", say("doctor.speech_off"), "", warn=True)
    missing = "" if weights.present(folder, own.model) else say("doctor.speech_missing", model=own.model)
    remedy = say("doctor.speech_remedy", folder=folder)
    return _line("speech", missing, say("doctor.speech_ok", model=own.model), remedy, warn=True)


async def _language_model(ctx: Context) -> Line:
    """Optional: without one everything holds, so its silence is no fault of the whole."""
    model = ctx.services.proposals.model
    if not model:
        return _line("proposer", "", say("doctor.proposer_off"))
    try:
        await ctx.services.proposals.check(PATIENCE)
    except ModelSilent as silent:
        return _line("proposer", str(silent), "", say("doctor.proposer_remedy"), warn=True)
    return _line("proposer", "", say("doctor.proposer_ok", model=model))


def _disk(ctx: Context) -> Line:
    free = shutil.disk_usage(ctx.services.settings.data).free / GIGABYTE
    low = say("doctor.disk_low", free=f"{free:.1f}") if free < LOW_DISK else ""
    return _line("disk", low, say("doctor.disk_ok", free=f"{free:.0f}"), say("doctor.disk_remedy"))


def _line(what: str, trouble: str, well: str, remedy: str = "", *, warn: bool = False) -> Line:
    """`trouble` in words, or nothing when it is well."""
    name = say(f"doctor.{what}")
    if not trouble:
        return Line(name, "ok", well)
    return Line(name, "warn" if warn else "fail", trouble, remedy)
