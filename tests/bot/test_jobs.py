"""Scheduled jobs: catch-up after downtime, too late is too late, a failing job does not end the schedule."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from storage.tables import Deadline, Event
from tests.harness.team import Team


def at(team: Team, clock: str, days: int = 0) -> datetime:
    day = team.clock.now().astimezone(team.zone).date() + timedelta(days=days)
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=team.zone)


async def down_until(team: Team, moment: datetime) -> None:
    """The process was down: time passed and nobody swept."""
    team.virtual.move_to(moment)
    await team.app.runtime.settle()


async def test_a_job_missed_while_down_runs_at_start_when_it_still_makes_sense(team: Team) -> None:
    await down_until(team, at(team, "09:40", days=1))
    team.rep.gets("3月12日 周四")
    await team.app.runtime.settle()
    await team.clock.to("10:00")
    assert len([one for one in team.rep.messages if one.card and "3月12日" in one.card.title]) == 1


async def test_a_morning_card_is_not_sent_in_the_afternoon(team: Team) -> None:
    await down_until(team, at(team, "15:00", days=1))
    assert not [one for one in team.rep.messages if one.card and "件事" in one.card.title]
    async with team.app.services.db.read() as tx:
        skipped = (await tx.scalars(select(Event).where(Event.kind == "job.skipped"))).all()
    assert "morning" in {event.payload["job"] for event in skipped}
    await team.clock.to("08:31", days=1)
    team.rep.gets("3月13日 周五")


async def test_a_job_that_keeps_failing_is_told_and_comes_again_the_next_day(team: Team) -> None:
    jobs = team.app.services.routes.jobs
    working = jobs["morning_card"]

    async def broken(ctx: object, occurrence: object) -> None:
        raise RuntimeError("no paper")

    jobs["morning_card"] = broken
    await team.clock.to("09:00", days=1)
    team.admin.gets("一个到点要做的事没做成", "no paper")
    jobs["morning_card"] = working
    await team.clock.to("08:31", days=1)
    team.rep.gets("3月13日 周五")


async def test_every_job_has_exactly_one_next_occurrence(team: Team) -> None:
    await team.app.runtime.jobs.arm()
    await team.app.runtime.jobs.arm()
    async with team.app.services.db.read() as tx:
        rows = (await tx.scalars(select(Deadline).where(Deadline.kind == "job", Deadline.state == "open"))).all()
    keys = [row.payload["key"] for row in rows]
    assert len(keys) == len(set(keys))
    assert {"morning", "evening"} <= set(keys)
