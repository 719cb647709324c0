"""Prints the figures, ratios first: python -m benchmarks [--quick]"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import understanding
from benchmarks.acknowledging import Acknowledged, acknowledged
from benchmarks.listening import SPEAKERS, while_listening
from benchmarks.main_job import MainJob, main_job
from benchmarks.processes import Server, free_port, server
from transcription.weights import present

NO_SPEECH = {"GENJIN_SPEECH__ENABLED": "false"}
"""The speech model lives in worker processes that start with the first recording; here there is none."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    seconds: float = 2.0
    rounds: int = 3
    jobs: int = 30


WARM_UP = 3
"""Jobs before those that count: dictionaries are read with the first message."""

QUICK = Size(seconds=0.1, rounds=1, jobs=2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny sizes: shows that everything runs, not how fast")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(figures(Path(folder), QUICK if quick else Size()))
    if not quick:
        understanding.main()
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(listening(Path(folder)))


async def listening(folder: Path) -> None:
    """The chat's acknowledgements while recordings are transcribed, beside the same without any."""
    if not present(understanding.MODELS):
        print("while listening: no speech model, run make weights")
        return
    async with product(folder, "demo", GENJIN_SPEECH__FOLDER=str(understanding.MODELS)) as demo:
        await main_job(demo.address, WARM_UP, "warm-up")
        took = await while_listening(demo.address)
    print(f"acknowledging while {len(SPEAKERS)} recordings are transcribed (wanted: p99 < 50 ms)")
    print(f"  p99 {took.at(0.99):.1f} ms, median {took.at(0.5):.1f} ms", end=", ")
    print(f"{len(took.took)} messages in the {took.heard:.1f} s until all were answered", flush=True)


async def figures(folder: Path, size: Size) -> None:
    """Measures part after part and prints each as soon as it is known."""
    (folder / "taking-in").mkdir()
    taken = await acknowledged(folder / "taking-in", size.seconds, size.rounds)
    print("taking in: durable (SQLite, synchronous=FULL), then 200")
    print(f"  {taken.share:.0%} of bare aiohttp: {taken.durable:,.0f}/s against {taken.bare:,.0f}/s", flush=True)
    print_job(await at_work(folder / "demo", size.jobs), taken)
    first, again = await start(folder / "serve"), await start(folder / "serve")
    print("start-up of genjin serve until /readyz is ok (a bare server: 1)")
    print(
        f"  first start {first.seconds / taken.bare_start:.1f}, then {again.seconds / taken.bare_start:.1f}", end=": "
    )
    print(f"{first.seconds:.2f} s with all migrations, then {again.seconds:.2f} s", flush=True)
    print("resident memory, without the speech model (a bare server: 1)")
    print(f"  {again.memory / taken.bare_memory:.1f}: {again.memory / 1e6:.0f} MB", flush=True)


def print_job(job: MainJob, taken: Acknowledged) -> None:
    """The main job beside mere taking in."""
    print("whole main job: message, draft, confirm, record, support flow, pushes")
    print(f"  {job.messages / taken.durable:.1%} of taking in: {job.messages:.1f} messages/s", end=", ")
    print(f"{job.pushes:.1f} pushes/s ({job.jobs} jobs in {job.seconds:.1f} s)", flush=True)


@dataclass(frozen=True, slots=True)
class Started:
    seconds: float
    memory: int


async def at_work(folder: Path, jobs: int) -> MainJob:
    """The main job against the demo company in a process of its own."""
    async with product(folder, "demo") as demo:
        await main_job(demo.address, WARM_UP, "warm-up")
        return await main_job(demo.address, jobs)


async def start(folder: Path) -> Started:
    async with product(folder, "serve") as served:
        return Started(served.seconds, served.memory())


def product(folder: Path, command: str, **environment: str) -> AbstractAsyncContextManager[Server]:
    """`genjin demo` or `genjin serve` on a data folder of its own."""
    port = free_port()
    arguments = [command, "--port", str(port), *(["--data", str(folder)] if command == "demo" else [])]
    return server("bot.cli", arguments, port, GENJIN_DATA=str(folder), **(environment or NO_SPEECH))


if __name__ == "__main__":
    main()
