"""What a process does while it holds an app, and how it notices that it does not any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import VirtualClock
from bot.leases import TTL, App, Leases
from bot.processes import this_run
from storage import leases
from storage.database import Database
from storage.leases import Holder
from storage.migrating import migrate
from tests.harness.company import START
from tests.harness.platform import RecordingPlatform

APP: App = ("feishu", "main")
SECOND = timedelta(seconds=1)


class Unsteady(Database):
    """A database whose connection to one process can break, or hang."""

    broken = False
    hangs = False

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        if self.broken:
            raise ConnectionError("no route to the database")
        if self.hangs:
            await asyncio.Event().wait()
        async with super().write() as tx:
            yield tx


@dataclass
class Process:
    """A process of the program, as far as leases go, with something it does while it holds the app."""

    db: Unsteady
    leases: Leases
    told: list[bool]
    working: int = 0
    begun: int = 0
    alive: bool = True
    defect: Exception | None = None
    task: asyncio.Task[None] | None = None

    async def work(self) -> None:
        self.begun += 1
        self.working += 1
        try:
            if self.defect is not None:
                raise self.defect
            await asyncio.Event().wait()
        finally:
            self.working -= 1

    async def close(self) -> None:
        """As a process that is told to stop."""
        self.alive = False
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        await self.leases.release()


async def turns() -> None:
    """What was begun or broken off gets its turn."""
    for _ in range(5):
        await asyncio.sleep(0)


class House:
    """Several processes on one database, and the time they share."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = VirtualClock(START)
        self.processes: list[Process] = []

    async def process(self, holder: Holder | None = None) -> Process:
        """One more, started now."""
        db, told = Unsteady(self.url), list[bool]()
        platforms = {APP: RecordingPlatform(*APP, alone=True)}
        made = Process(db, Leases(db, self.clock, platforms, lambda _, held: told.append(held), holder=holder), told)
        made.task = asyncio.create_task(made.leases.while_held(APP, made.work))
        self.processes.append(made)
        await self.rounds()
        return made

    async def held_by(self, holder: Holder) -> None:
        db = Database(self.url)
        async with db.write() as tx:
            await leases.acquire(tx, "feishu/main", holder, START, TTL)
        await db.close()

    async def forward(self, seconds: int, still: Callable[[], bool] = lambda: True) -> None:
        """Second by second."""
        for _ in range(seconds):
            self.clock.move_to(self.clock.now() + SECOND)
            await self.rounds()
            assert still()

    async def rounds(self) -> None:
        for process in self.processes:
            if process.alive:
                await process.leases.round()
        await turns()

    async def close(self) -> None:
        for process in self.processes:
            process.db.broken = process.db.hangs = False
            await process.close()
            await process.db.close()


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    db = Database(database_url)
    await migrate(db)
    await db.close()
    opened = House(database_url)
    yield opened
    await opened.close()


async def test_one_works_and_goes_on_working(house: House) -> None:
    one, other = await house.process(), await house.process()
    await house.forward(60, lambda: (one.working, other.working) == (1, 0))
    assert (one.begun, other.begun) == (1, 0)
    assert (one.told, other.told) == ([True], [])
    assert one.leases.ours() == {APP: 1} and other.leases.ours() == {}


async def test_who_ends_is_followed_at_once(house: House) -> None:
    one, other = await house.process(), await house.process()
    await one.close()
    await house.rounds()
    assert (one.working, other.working) == (0, 1)
    assert other.leases.ours() == {APP: 2}


async def test_who_hangs_is_followed_when_the_lease_has_lapsed_and_not_before(house: House) -> None:
    one, other = await house.process(), await house.process()
    await house.forward(7)  # renewed five seconds in
    one.alive = False
    await house.forward(12, lambda: other.working == 0)
    await house.forward(1)
    assert other.working == 1
    assert not one.leases.holds(APP), "what it holds has lapsed, whether it looks or not"


async def test_who_wakes_up_too_late_stops_at_once(house: House) -> None:
    one, other = await house.process(), await house.process()
    one.alive = False
    await house.forward(15)
    assert (one.working, other.working) == (1, 1), "it does not know yet"
    one.alive = True
    await house.rounds()
    assert (one.working, other.working) == (0, 1)
    await house.forward(30, lambda: (one.working, other.working) == (0, 1))
    assert one.told == [True, False]


async def test_who_wakes_up_before_anybody_came_goes_on(house: House) -> None:
    """A laptop that slept, or the demo's clock moved on by half a day."""
    one = await house.process()
    house.clock.move_to(START + timedelta(hours=12))
    assert not one.leases.holds(APP)
    await house.rounds()
    assert (one.working, one.begun) == (1, 1)
    assert one.told == [True, True], "what waited meanwhile may go"
    assert one.leases.ours() == {APP: 1}


async def test_without_its_database_it_stops_when_the_lease_lapses(house: House) -> None:
    one, other = await house.process(), await house.process()
    one.db.broken = True
    await house.forward(14, lambda: (one.working, other.working) == (1, 0))
    await house.forward(1)
    assert one.working == 0
    one.db.broken = False
    await house.forward(30)
    assert other.working == 1, "and whoever has a database follows"


async def test_no_call_begins_that_might_end_in_anothers_time(house: House) -> None:
    one = await house.process()
    one.db.broken = True
    await house.forward(9)
    assert one.leases.may_call(APP) and one.leases.ours() == {APP: 1}
    await house.forward(1)
    assert one.leases.holds(APP) and not one.leases.may_call(APP) and one.leases.ours() == {}
    assert one.working == 1, "listening goes on to the end"


async def test_a_database_that_does_not_answer_is_one_that_failed(house: House) -> None:
    one = await house.process()
    one.db.hangs = True
    await house.forward(4)
    house.clock.move_to(START + 5 * SECOND)
    hanging = asyncio.create_task(one.leases.round())
    for seconds in range(6, 15):
        await turns()
        house.clock.move_to(START + seconds * SECOND)
        assert one.working == 1
    house.clock.move_to(START + TTL)
    await hanging
    await turns()
    assert one.working == 0
    one.db.hangs = False
    await house.forward(1)
    assert (one.working, one.leases.ours()) == (1, {APP: 2})


async def test_a_holder_that_was_killed_here_is_followed_at_once(house: House) -> None:
    """The next start after a crash waits for nobody: the machine knows that the process is gone."""
    here = this_run()
    gone = Holder("gone", here.host, 2**22 + 1, here.machine, "1")
    await house.held_by(gone)
    one = await house.process()
    assert one.working == 1


async def test_a_holder_on_another_machine_is_waited_for(house: House) -> None:
    there = Holder("there", "elsewhere", 2**22 + 1, "another machine", "1")
    await house.held_by(there)
    one = await house.process()
    await house.forward(14, lambda: one.working == 0)
    await house.forward(1)
    assert one.working == 1


async def test_an_app_without_need_of_a_lease_is_always_ours(house: House) -> None:
    console: App = ("console", "web")
    db = Unsteady(house.url)
    db.broken = True
    free = Leases(db, house.clock, {console: RecordingPlatform()})
    await free.round()
    assert free.ours() == {console: 0} and free.holds(console)
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    await free.while_held(console, work)
    await db.close()
    assert done == [1]


async def test_a_defect_in_the_work_is_not_swallowed(house: House) -> None:
    one = await house.process()
    await one.close()
    one.defect = KeyError("defect")
    again = asyncio.create_task(one.leases.while_held(APP, one.work))
    await one.leases.round()
    with pytest.raises(KeyError):
        await again
