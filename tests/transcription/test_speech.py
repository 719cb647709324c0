"""The worker pool with workers that have no model: crashes, time-outs, fairness, hints, stopping."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from transcription.speech import ABSENT, BROKEN, BUSY, CLOSED, LATE, SpeechSettings, Transcriber


@dataclass(frozen=True, slots=True)
class FakeSettings(SpeechSettings):
    def command(self) -> tuple[str, ...]:
        return (sys.executable, "-m", "tests.transcription.fake_worker", str(self.folder))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SpeechSettings:
    monkeypatch.setattr("transcription.speech.present", lambda folder, model: True)
    return FakeSettings(tmp_path)


@pytest.fixture
async def pool(settings: SpeechSettings) -> AsyncIterator[Transcriber]:
    pool = Transcriber(settings)
    await pool.start()
    yield pool
    await pool.close()


async def seen(folder: Path, *orders: str) -> None:
    """Wait until the worker has begun these."""
    log = folder / "order"
    async with asyncio.timeout(20):
        while not log.exists() or not set(orders) <= set(log.read_text().splitlines()):  # noqa: ASYNC110 - a process writes it
            await asyncio.sleep(0.01)


async def test_a_recording_is_heard_with_its_hotwords(pool: Transcriber, tmp_path: Path) -> None:
    assert (await pool.transcribe(b"one", hotwords=["宏达", "仁和"])).text == "one:宏达,仁和"
    path = tmp_path / "note.amr"
    path.write_bytes(b"two")
    assert (await pool.transcribe(path)).text == "two:"


async def test_a_crashed_worker_is_replaced_and_the_recording_tried_again(pool: Transcriber) -> None:
    assert (await pool.transcribe(b"crash once")).text == "crash once:"


async def test_what_crashes_every_time_gets_a_sentence_and_the_next_is_heard(pool: Transcriber) -> None:
    assert (await pool.transcribe(b"crash")).problem == BROKEN
    assert (await pool.transcribe(b"next")).text == "next:"


async def test_a_time_out_gets_a_sentence_and_the_next_is_heard(settings: SpeechSettings) -> None:
    pool = Transcriber(replace(settings, timeout=3.0))
    await pool.start()
    try:
        assert (await pool.transcribe(b"hang")).problem == LATE
        assert (await pool.transcribe(b"next")).text == "next:"
    finally:
        await pool.close()


async def test_turns_between_senders(pool: Transcriber, tmp_path: Path) -> None:
    jobs = [asyncio.create_task(pool.transcribe(b"wait", sender="a"))]
    await seen(tmp_path, "wait")
    jobs += [asyncio.create_task(pool.transcribe(f"a{n}".encode(), sender="a")) for n in range(3)]
    await asyncio.sleep(0)
    jobs.append(asyncio.create_task(pool.transcribe(b"b0", sender="b")))
    for _ in range(5):
        await asyncio.sleep(0)
    (tmp_path / "go").touch()
    await asyncio.gather(*jobs)
    assert (tmp_path / "order").read_text().split() == ["wait", "a0", "b0", "a1", "a2"]


async def test_who_waits_is_told_again_and_again(settings: SpeechSettings, tmp_path: Path) -> None:
    pool = Transcriber(replace(settings, hint_after=0.05))
    await pool.start()
    told: list[float] = []
    twice = asyncio.Event()

    def tell(waited: float) -> None:
        told.append(waited)
        if len(told) == 2:
            twice.set()

    job = asyncio.create_task(pool.transcribe(b"wait", on_progress=tell))
    async with asyncio.timeout(20):
        await twice.wait()
    (tmp_path / "go").touch()
    assert (await job).text == "wait:"
    assert told[:2] == [0.05, 0.1]
    await pool.close()


async def test_closing_answers_whoever_waits(settings: SpeechSettings, tmp_path: Path) -> None:
    pool = Transcriber(settings)
    await pool.start()
    jobs = [asyncio.create_task(pool.transcribe(b"wait")), asyncio.create_task(pool.transcribe(b"later"))]
    await seen(tmp_path, "wait")
    await pool.close()
    assert {job.problem for job in await asyncio.gather(*jobs)} == {CLOSED}
    assert (await pool.transcribe(b"after")).problem == CLOSED


async def test_too_many_waiting_are_told(settings: SpeechSettings, tmp_path: Path) -> None:
    pool = Transcriber(replace(settings, queue=1))
    await pool.start()
    jobs = [asyncio.create_task(pool.transcribe(b"wait"))]
    await seen(tmp_path, "wait")
    jobs.append(asyncio.create_task(pool.transcribe(b"second")))
    for _ in range(5):
        await asyncio.sleep(0)
    assert (await pool.transcribe(b"third")).problem == BUSY
    (tmp_path / "go").touch()
    await asyncio.gather(*jobs)
    await pool.close()


async def test_without_weights_a_sentence(tmp_path: Path) -> None:
    pool = Transcriber(SpeechSettings(tmp_path))
    await pool.start()
    assert (await pool.transcribe(b"one")).problem == ABSENT
    await pool.close()
