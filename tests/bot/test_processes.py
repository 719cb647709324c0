"""Whether the process that held a lease still lives."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from bot import processes
from storage.leases import Holder
from storage.tables import Lease

NOW = datetime(2026, 3, 11, tzinfo=UTC)


def lease(holder: Holder) -> Lease:
    return Lease(name="feishu/main", fence=1, since=NOW, until=NOW, **asdict(holder))


def other_run(**changes: object) -> Lease:
    return lease(Holder(**{**asdict(processes.this_run()), **changes}))  # type: ignore[arg-type]  # fields of a Holder


def test_this_one_lives_and_every_run_has_its_own_id() -> None:
    assert not processes.is_dead(lease(processes.this_run()))
    assert processes.this_run().holder != processes.this_run().holder
    assert processes.this_run().pid == os.getpid()


def test_another_process_under_the_same_number_is_not_it() -> None:
    assert processes.is_dead(other_run(birth="1"))


def test_what_cannot_be_seen_from_here_counts_as_alive() -> None:
    assert not processes.is_dead(other_run(machine="another", birth="1"))


async def test_one_that_was_killed_is_dead_even_before_it_is_collected() -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE)
    _, birth = processes._state(child.pid)
    held = other_run(pid=child.pid, birth=birth)
    assert not processes.is_dead(held)
    child.kill()
    await child.wait()
    assert processes.is_dead(held)


def test_where_the_system_says_nothing_a_number_in_use_counts_as_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(pid: int) -> tuple[str, str]:
        raise FileNotFoundError("/proc")

    monkeypatch.setattr(processes, "_state", unknown)
    run = processes.this_run()
    assert run.birth == ""
    assert not processes.is_dead(lease(run))
    assert processes.is_dead(other_run(pid=2**22 + 1))
