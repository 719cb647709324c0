"""How fast the chat acknowledges typed messages while recordings are being transcribed.

Four people send a recording each; until all four have their draft, somebody types ten messages a second, and each POST
is timed from its first byte to its answer 200, which comes after the message is durable. Several rounds of this.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout, FormData

from benchmarks.main_job import cards

VOICE = Path(__file__).resolve().parent.parent / "tests" / "corpus" / "voice"
SPEAKERS = ("lilei", "hanmei", "zhoujie", "wangfang")
TYPIST = "chenli"
PACE = 0.1
"""Seconds between two typed messages."""
ROUNDS = 3
"""As many as there are different recordings: one that was heard before is not listened to again."""


class Unheard(Exception):
    """Not every recording was answered in time."""


@dataclass(slots=True)
class Acknowledgements:
    """Milliseconds each typed message took to be acknowledged; `heard` seconds until every recording was answered."""

    took: list[float] = field(default_factory=list)
    heard: float = 0.0

    def at(self, share: float) -> float:
        """A quantile in milliseconds."""
        return sorted(self.took)[min(len(self.took) - 1, int(len(self.took) * share))]


async def while_listening(address: str, patience: float = 120.0) -> Acknowledgements:
    """Rounds of four recordings, typing until they are answered. Raises Unheard where one takes `patience` seconds."""
    result = Acknowledgements()
    for number in range(ROUNDS):
        await _round(address, number, result, patience)
    return result


async def _round(address: str, turn: int, result: Acknowledgements, patience: float) -> None:
    answered = asyncio.Event()
    recordings = sorted((*VOICE.glob("*.opus"), *VOICE.glob("*.amr")))[
        turn * len(SPEAKERS) : (turn + 1) * len(SPEAKERS)
    ]
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession(address, timeout=ClientTimeout(None)))
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        waiting = set(SPEAKERS)
        listening = [tasks.create_task(_hears(session, user, waiting, answered)) for user in SPEAKERS]
        begun = time.perf_counter()
        for user, path in zip(SPEAKERS, recordings, strict=True):
            await _speak(session, user, f"{turn}-{path.name}", path.read_bytes())
        typing = tasks.create_task(_type(session, result, answered))
        try:
            await asyncio.wait_for(answered.wait(), patience)
        except TimeoutError as error:
            raise Unheard(f"{len(waiting)} of {len(SPEAKERS)} recordings unanswered after {patience} s") from error
        finally:
            result.heard += time.perf_counter() - begun
            answered.set()
            for task in listening:
                task.cancel()
        await typing


async def _speak(session: ClientSession, user: str, name: str, recording: bytes) -> None:
    form = FormData({"id": f"voice-{user}-{name[0]}-00000001", "conversation": f"user:{user}", "kind": "voice"})
    form.add_field("file", recording, filename=name, content_type="audio/ogg")
    async with session.post(f"/console/api/messages?as={user}", data=form) as answer:
        answer.raise_for_status()


async def _hears(session: ClientSession, user: str, waiting: set[str], answered: asyncio.Event) -> None:
    """Waits for the first card of a speaker."""
    async for _ in cards(session, user):
        waiting.discard(user)
        if not waiting:
            answered.set()
        return


async def _type(session: ClientSession, result: Acknowledgements, answered: asyncio.Event) -> None:
    while not answered.is_set():
        body = {"id": f"typed-{len(result.took):08}", "conversation": f"user:{TYPIST}", "text": "我今天要跟进谁"}
        begun = time.perf_counter()
        async with session.post(f"/console/api/messages?as={TYPIST}", json=body) as answer:
            answer.raise_for_status()
        result.took.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(PACE)
