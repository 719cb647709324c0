"""Scheduled jobs of the packs: morning cards, digests, rule scans. Each next occurrence is a deadline row.

A job that came due while the process was down runs at start-up, once, when that still makes sense (`late` in its
timetable); otherwise it is skipped with an event, and the next occurrence is set either way.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.context import Context
from bot.router import Router
from bot.services import Services
from config.packs import JobDef
from storage import deadlines
from storage.deadlines import Alarm
from storage.tables import Deadline

if TYPE_CHECKING:
    from bot.dispatch import Dispatcher

KIND = "job"

router = Router("jobs")
log = structlog.get_logger()


class Jobs:
    def __init__(self, services: Services, dispatcher: Dispatcher) -> None:
        self._services = services
        self._dispatcher = dispatcher
        self._patrolled: dict[str, datetime] = {}

    async def arm(self) -> None:
        """Sets the next occurrence of every job that has none, and drops those whose timetable changed or is gone."""
        async with self._services.db.write() as tx:
            await rearm(await self._dispatcher.context(tx, "start"))

    async def patrol(self) -> None:
        """Runs the jobs that look after the product itself, each as often as its timetable says."""
        now = self._services.clock.now()
        for job in self._services.catalogues.packs.jobs.values():
            every = job.timetable().every
            if job.scope != "process" or every is None or now - self._patrolled.get(job.name, now - every) < every:
                continue
            self._patrolled[job.name] = now
            async with self._services.db.write() as tx:
                occurrence = Deadline(key=job.name, kind=KIND, at=now, payload={"job": job.name})
                await self._services.routes.jobs[job.handler](
                    await self._dispatcher.context(tx, f"job:{job.name}"), occurrence
                )


async def rearm(ctx: Context) -> None:
    """Makes the open occurrences agree with the timetables in force."""
    wanted = {key: (job, scope) for each in ctx.catalogue.jobs for key, job, scope in await _scopes(ctx, each)}
    for row in await deadlines.open_of_kind(ctx.tx, KIND):
        key = row.payload["key"]
        if key in wanted and row.payload["timetable"] == wanted[key][0].fingerprint():
            del wanted[key]
        else:
            row.state = "cancelled"
    for key, (job, scope) in wanted.items():
        await _arm_next(ctx, job, key, scope)


async def _scopes(ctx: Context, job: JobDef) -> list[tuple[str, JobDef, dict[str, Any]]]:
    """A job runs once for the company, or once for each team, at the team's own time, unless the team switched it off."""
    if job.scope == "process" or job.handler not in ctx.services.routes.jobs:
        return []
    if job.scope == "company":
        return [(job.name, job, {})]
    teams = await ctx.catalogue.team_ids(ctx.tx)
    own = [(team, ctx.catalogue.job(job.name, team)) for team in teams]
    return [(f"{job.name}:{team}", held, {"team": team}) for team, held in own if held is not None]


async def _arm_next(ctx: Context, job: JobDef, key: str, scope: dict[str, Any]) -> None:
    at = job.timetable().next_after(ctx.now, ctx.calendar)
    payload = {"job": job.name, "key": key, "timetable": job.fingerprint(), **scope}
    serial = await deadlines.last_id(ctx.tx)
    await ctx.alarm(Alarm(key=f"{KIND}:{key}:{at.isoformat()}:{serial}", kind=KIND, at=at, payload=payload))


@router.due(KIND)
async def run(ctx: Context, deadline: Deadline) -> None:
    """A job's moment has come: sets the next one, then runs it unless it is too late for it."""
    job = ctx.catalogue.job(deadline.payload["job"], deadline.payload.get("team"))
    if job is None:
        return
    scope = {"team": deadline.payload["team"]} if "team" in deadline.payload else {}
    await _arm_next(ctx, job, deadline.payload["key"], scope)
    if ctx.now - deadline.at > job.timetable().late:
        await ctx.event("job.skipped", ("deadline", deadline.id), {"job": job.name, "at": deadline.at.isoformat()})
        log.warning("job skipped, too late", job=job.name, at=deadline.at.isoformat())
        return
    handler = ctx.services.routes.jobs.get(job.handler)
    if handler is None:
        raise LookupError(f"the schedule names {job.handler}, which no feature handles")
    await handler(ctx, deadline)


async def pending(tx: AsyncSession) -> list[Deadline]:
    """The next occurrences, for people to see."""
    return await deadlines.open_of_kind(tx, KIND)
