"""The speech worker pool: sound in, transcript out, the chat stays responsive."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import struct
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from transcription.transcript import Transcript
from transcription.turns import Turns
from transcription.weights import present
from transcription.worker import frame, unpack

ABSENT = "语音识别还没有准备好（缺语音模型）。请先打字，并请管理员运行 genjin weights。"
LATE = "这段语音识别超时了。请分成短一点的几段再发，或者打字。"
BROKEN = "这段语音没能识别，原文件已保留。请再发一次，或者打字。"
CLOSED = "服务正在重启，这段语音还没有识别。请稍后再发一次。"
BUSY = "等待识别的语音太多了，请过几分钟再发，或者打字。"
_TRIES = 2
_ROOT = str(Path(__file__).resolve().parent.parent)

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """How to listen. `folder` holds one folder per model size; times are in seconds.

    `timeout` is the longest one recording may work, `hint_after` when a sender is told that it takes longer,
    `longest` the longest recording taken, `queue` how many recordings may wait.
    """

    folder: Path
    model: str = "base"
    device: str = "cpu"
    compute_type: str = "int8"
    workers: int = 1
    threads: int = 2
    longest: float = 600.0
    timeout: float = 300.0
    hint_after: float = 5.0
    queue: int = 200

    def command(self) -> tuple[str, ...]:
        """The command of a worker process."""
        place = str(self.folder / self.model)
        return (sys.executable, "-m", "transcription.worker", place, self.device, self.compute_type, str(self.threads))


@dataclass(slots=True)
class _Job:
    data: bytes
    hotwords: tuple[str, ...]
    result: asyncio.Future[Transcript]
    tries: int = 0


@dataclass(slots=True)
class _Worker:
    """A worker process and the task that feeds it."""

    process: asyncio.subprocess.Process | None = None
    task: asyncio.Task[None] | None = field(default=None)


class Transcriber:
    """Turns recordings into transcripts in worker processes, fair between senders.

    Workers start with the first recording. One that dies or runs out of time is replaced; its recording is tried once
    more after a crash, and answered with a sentence after a time-out.
    """

    def __init__(self, settings: SpeechSettings) -> None:
        self._settings = settings
        self._turns: Turns[_Job] = Turns()
        self._wake = asyncio.Condition()
        self._workers: list[_Worker] = []
        self._open = False

    async def start(self) -> None:
        """Accept recordings. Processes come up when the first one arrives."""
        self._open = True

    async def close(self) -> None:
        """Stop the worker processes; waiting recordings get a sentence."""
        self._open = False
        while (job := self._turns.next()) is not None:
            _answer(job, Transcript("", problem=CLOSED))
        for worker in self._workers:
            if worker.task is not None:
                worker.task.cancel()
        await asyncio.gather(*(worker.task for worker in self._workers if worker.task), return_exceptions=True)
        self._workers.clear()

    async def transcribe(
        self,
        audio: bytes | Path,
        *,
        hotwords: Sequence[str] = (),
        sender: str = "",
        on_progress: Progress | None = None,
    ) -> Transcript:
        """The transcript of one recording.

        `on_progress` is called with the seconds waited so far, first after `hint_after` and then as often again.
        """
        if not present(self._settings.folder, self._settings.model):
            return Transcript("", problem=ABSENT)
        if not self._open:
            return Transcript("", problem=CLOSED)
        if len(self._turns) >= self._settings.queue:
            return Transcript("", problem=BUSY)
        data = audio if isinstance(audio, bytes) else await asyncio.to_thread(audio.read_bytes)
        job = _Job(data, tuple(hotwords), asyncio.get_running_loop().create_future())
        self._hire()
        await self._queue(sender, job)
        return await self._wait(job, on_progress)

    def _hire(self) -> None:
        while len(self._workers) < self._settings.workers:
            worker = _Worker()
            worker.task = asyncio.create_task(self._work(worker), name=f"speech-{len(self._workers)}")
            self._workers.append(worker)

    async def _queue(self, sender: str, job: _Job) -> None:
        async with self._wake:
            self._turns.put(sender, job)
            self._wake.notify()

    async def _wait(self, job: _Job, on_progress: Progress | None) -> Transcript:
        waited = 0.0
        while not job.result.done():
            done, _ = await asyncio.wait({job.result}, timeout=self._settings.hint_after)
            waited += self._settings.hint_after
            if not done and on_progress is not None:
                on_progress(waited)
        return job.result.result()

    async def _work(self, worker: _Worker) -> None:
        """Take turns for ever; the process is started when needed and replaced when it failed."""
        try:
            while True:
                job = await self._next()
                if job.result.done():
                    continue
                await self._do(worker, job)
        finally:
            await _stop(worker)

    async def _next(self) -> _Job:
        async with self._wake:
            while (job := self._turns.next()) is None:
                await self._wake.wait()
            return job

    async def _do(self, worker: _Worker, job: _Job) -> None:
        job.tries += 1
        try:
            async with asyncio.timeout(self._settings.timeout):
                _answer(job, await self._ask(worker, job))
        except TimeoutError:
            await _stop(worker)
            _answer(job, Transcript("", problem=LATE))
        except (OSError, EOFError, asyncio.IncompleteReadError, ValueError, struct.error):
            await _stop(worker)
            if job.tries < _TRIES:
                await self._do(worker, job)
            else:
                _answer(job, Transcript("", problem=BROKEN))
        except asyncio.CancelledError:
            _answer(job, Transcript("", problem=CLOSED))
            raise

    async def _ask(self, worker: _Worker, job: _Job) -> Transcript:
        process = worker.process
        if process is None or process.returncode is not None:
            process = await self._spawn(worker)
        assert process.stdin is not None
        assert process.stdout is not None
        head = {"hotwords": job.hotwords, "longest": self._settings.longest}
        process.stdin.write(frame(json.dumps(head).encode()) + frame(job.data))
        await process.stdin.drain()
        return unpack(await _read(process.stdout))

    async def _spawn(self, worker: _Worker) -> asyncio.subprocess.Process:
        path = os.pathsep.join(part for part in (_ROOT, os.environ.get("PYTHONPATH", "")) if part)
        process = await asyncio.create_subprocess_exec(
            *self._settings.command(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": str(self._settings.threads)},
        )
        worker.process = process
        assert process.stdout is not None
        await _read(process.stdout)
        return process


def _answer(job: _Job, transcript: Transcript) -> None:
    if not job.result.done():
        job.result.set_result(transcript)


async def _stop(worker: _Worker) -> None:
    process, worker.process = worker.process, None
    if process is None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()


async def _read(stream: asyncio.StreamReader) -> bytes:
    head = await stream.readexactly(4)
    return await stream.readexactly(int.from_bytes(head, "big"))
