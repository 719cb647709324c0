"""The benchmarks run, and their load generator counts what it should."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from itertools import islice

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from benchmarks import load
from benchmarks.main_job import REPS, Progress, _sayings
from benchmarks.processes import NotReady, free_port, server


def test_every_part_runs_with_tiny_sizes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick"], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    for part in ("of bare aiohttp", "2 jobs", "start-up", "resident memory"):
        assert part in done.stdout


@pytest.mark.parametrize(
    ("data", "leaves", "answers"),
    [(b"HTTP/1.1 200 OK\r\n\r\n{}", True, 1), (b'{"ok": true}', False, 0)],
)
async def test_an_answer_counts_once_and_lets_the_next_request_leave(data: bytes, leaves: bool, answers: int) -> None:
    counted = load.Load(load.requests("/x", "run"), asyncio.get_running_loop().create_future())
    assert counted.take(data) is leaves
    assert counted.answers == answers
    assert not counted.refused.done()


def test_requests_are_never_repeats() -> None:
    assert len(set(islice(load.requests("/x", "run"), 100))) == 100


async def test_a_refusing_server_has_no_rate() -> None:
    app = web.Application()
    async with TestServer(app) as refusing:
        assert refusing.port is not None
        with pytest.raises(load.Refused, match="404"):
            await load.rate(refusing.port, "/nothing-here", 5, "run", connections=1)


async def test_a_server_that_ends_is_named_with_its_log() -> None:
    with pytest.raises(NotReady, match=r"No module named benchmarks\.nothing"):
        async with server("benchmarks.nothing", [], free_port()):
            pass


def test_every_rep_has_work_with_own_customers() -> None:
    said = _sayings(7)
    assert [user for user, _ in said[:3]] == list(REPS)
    assert len({text for _, text in said}) == 7


def test_a_job_is_done_when_filed_and_asked() -> None:
    progress = Progress(1)
    for number, title in enumerate(("这样记，对吗？", "已记下 · 宏达机械 · 已报价")):
        progress.count({"id": number, "body": {"card": {"title": title}}})
    assert not progress.done.is_set()
    progress.count({"id": 9, "body": {"card": {"title": "支持请求 · 李雷 · 宏达机械"}}})
    assert progress.done.is_set()
    assert progress.pushes == 3
