"""The whole main job over HTTP: a typed message becomes a draft, is confirmed, filed, and asks the superior.

The demo company's three reps each say and confirm, their manager listens; every job is two messages in, a record, a
flow with its deadlines, and at least three pushes out. Pages listen as browsers do.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

import yaml
from aiohttp import ClientSession, ClientTimeout

from bot.demo import FILE as COMPANY

SAID = "{}今天已报价，竞品压价，希望总监帮忙申请特价"
DRAFT, FILED, ASKED = "这样记，对吗？", "已记下", "支持请求 · "
REPS, MANAGER = ("lilei", "hanmei", "zhoujie"), "wangfang"
MESSAGES_A_JOB = 2


class Stuck(Exception):
    """Not every job was finished in time."""


@dataclass(frozen=True, slots=True)
class MainJob:
    messages: float
    """A second; two to a job."""
    pushes: float
    """A second, cards and their changes, as pages got them."""
    jobs: int
    seconds: float


@dataclass(slots=True)
class Progress:
    """What has come so far."""

    wanted: int
    drafts: set[int] = field(default_factory=set)
    filed: set[int] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)
    pushes: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def count(self, message: dict[str, Any]) -> str:
        """Takes a card in; gives its title."""
        title = str(message["body"]["card"]["title"])
        self.pushes += 1
        if title.startswith(FILED):
            self.filed.add(message["id"])
        elif title.startswith(ASKED):
            self.asked.add(message["id"])
        if min(len(self.filed), len(self.asked)) >= self.wanted:
            self.done.set()
        return title


async def main_job(address: str, jobs: int, run: str = "bench", patience: float = 60.0) -> MainJob:
    """Does the job so many times, all reps at once; `run` is new for each call. Raises Stuck after `patience` seconds."""
    progress = Progress(jobs)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession(address, timeout=ClientTimeout(None)))
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        listening = [tasks.create_task(_sits_at(session, user, progress)) for user in (*REPS, MANAGER)]
        begun = time.perf_counter()
        said = [_say(session, user, text, f"{run}-{number:08}") for number, (user, text) in enumerate(_sayings(jobs))]
        await asyncio.gather(*said)
        try:
            await asyncio.wait_for(progress.done.wait(), patience)
        except TimeoutError as error:
            raise Stuck(
                f"{len(progress.filed)} of {jobs} filed, {len(progress.asked)} asked, in {patience} s"
            ) from error
        finally:
            for task in listening:
                task.cancel()
        seconds = time.perf_counter() - begun
    return MainJob(MESSAGES_A_JOB * jobs / seconds, progress.pushes / seconds, jobs, seconds)


def _sayings(jobs: int) -> list[tuple[str, str]]:
    """Who says what: the reps in turn, each of their own customers."""
    company = yaml.safe_load(COMPANY.read_text(encoding="utf-8"))
    customers = {user: cycle([entry[0] for entry in company["customers"] if entry[1] == user]) for user in REPS}
    return [(user, SAID.format(next(customers[user]))) for user in islice(cycle(REPS), jobs)]


async def _say(session: ClientSession, user: str, text: str, key: str) -> None:
    body = {"id": key, "conversation": f"user:{user}", "text": text}
    async with session.post(f"/console/api/messages?as={user}", json=body) as answer:
        answer.raise_for_status()


async def _sits_at(session: ClientSession, user: str, progress: Progress) -> None:
    """Reads what comes and confirms every draft."""
    async for message in cards(session, user):
        if progress.count(message) == DRAFT and message["id"] not in progress.drafts:
            progress.drafts.add(message["id"])
            await _confirm(session, user, message)


async def _confirm(session: ClientSession, user: str, message: dict[str, Any]) -> None:
    card = message["body"]["card"]
    answers = {one["name"]: one["value"] for one in card["blocks"] if one["block"] == "input" and one["value"]}
    action = next(button["action"] for button in card["buttons"] if button["style"] == "primary")
    body = {"id": f"press-{message['id']:08}", "message": message["id"], "action": action, "answers": answers}
    async with session.post(f"/console/api/presses?as={user}", json=body) as answer:
        answer.raise_for_status()


async def cards(session: ClientSession, user: str) -> AsyncIterator[dict[str, Any]]:
    """The bot's cards, new and redrawn, as the page of this person gets them."""
    async with session.get(f"/console/api/stream?as={user}") as stream:
        async for line in stream.content:
            if line.startswith(b"data: "):
                event = json.loads(line[6:])
                if event.get("kind") == "card":
                    yield event
