"""The product served by a process of its own, its web server listening, that dies (SIGKILL) at a chosen point.

It is what `genjin serve` runs (`bot.serving.running`); only the clock starts at a given moment and the point is armed.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bot import attempts, serving
from bot.clock import SystemClock
from bot.dispatch import Dispatcher
from bot.platforms.base import Outgoing, UpdateBody
from bot.platforms.dingtalk.client import DingTalkClient
from bot.platforms.feishu.client import FeishuClient
from bot.platforms.http import Http
from bot.platforms.wecom.aibot_client import AibotClient
from bot.platforms.wecom.client import AppClient
from bot.platforms.wecom.socket import AibotSocket
from bot.runtime import Runtime
from config.settings import Settings
from storage import outbox
from storage.inbox import SqliteInboxWriter

SENDING = (
    ("POST", "/open-apis/im/v1/messages"),
    ("POST", "/v1.0/card/instances/createAndDeliver"),
    ("POST", "/v1.0/robot/oToMessages/batchSend"),
    ("POST", "/cgi-bin/message/send"),
    ("POST", "/cgi-bin/aibot/response"),
)
"""Calls by which something appears on a phone, and by which it changes."""
CHANGING = (
    ("PATCH", "/open-apis/im/v1/messages"),
    ("PUT", "/v1.0/card/instances"),
    ("POST", "/cgi-bin/message/update_template_card"),
)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before_commit() -> None:
    """The message has been read and nothing of it is on disk."""
    SqliteInboxWriter._commit = lambda *_: die()  # type: ignore[assignment]  # dies instead


def before_answer() -> None:
    """The message is on disk, and the platform has not heard so."""
    kept = Runtime.sink

    async def sink(*given: Any) -> bool:
        await kept(*given)
        die()
        return True

    Runtime.sink = sink  # type: ignore[method-assign]  # dies behind the original


def before_handling() -> None:
    """The platform has heard "received"; the message stays unhandled until somebody kills the process."""

    async def never(*_: Any) -> None:
        await asyncio.Event().wait()

    Dispatcher.handle = never  # type: ignore[method-assign]  # waits instead


def while_handling() -> None:
    """In the middle of the handler's transaction: rows are written and not committed."""
    _die_behind(outbox, "enqueue_card")
    _die_behind(outbox, "enqueue")


def before_noting() -> None:
    """The handler's transaction is committed, and no attempt to send was noted."""
    begin = attempts.begin

    async def dying(db: Any, clock: Any, platforms: Any, chosen: Any) -> None:
        if chosen:
            die()
        await begin(db, clock, platforms, chosen)

    attempts.begin = dying  # type: ignore[assignment]  # dies when there is something to send


def before_sending() -> None:
    """The attempt is noted and not made."""
    _at_client(lambda update: not update, behind=False)


def in_flight() -> None:
    """The platform has taken the message; its answer is not read."""
    _at_answer(SENDING)
    _at_robot_answer("aibot_send_msg")


def before_marking() -> None:
    """The platform's answer is read, and not noted."""
    _at_client(lambda update: not update, behind=True)


def change_in_flight() -> None:
    """As `in_flight`, for the change of a card."""
    _at_answer(CHANGING)


def change_before_marking() -> None:
    """As `before_marking`, for the change of a card."""
    _at_client(lambda update: update, behind=True)


def _die_behind(owner: Any, name: str) -> None:
    original: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def dying(*given: Any, **more: Any) -> Any:
        await original(*given, **more)
        die()

    setattr(owner, name, dying)


def _at_client(which: Callable[[bool], bool], *, behind: bool) -> None:
    for client in (FeishuClient, DingTalkClient, AppClient, AibotClient):
        _arm_client(client, which, behind=behind)


def _arm_client(client: Any, which: Callable[[bool], bool], *, behind: bool) -> None:
    send = client.send

    async def dying(self: Any, message: Outgoing) -> Any:
        armed = which(isinstance(message.body, UpdateBody))
        if armed and not behind:
            die()
        receipt = await send(self, message)
        if armed:
            die()
        return receipt

    client.send = dying


def _at_answer(calls: tuple[tuple[str, str], ...]) -> None:
    once = Http._once

    async def dying(self: Http, method: str, url: str, limit: int, request: Any) -> Any:
        if any(method == by and path in url for by, path in calls):
            async with self.session.request(method, url, allow_redirects=False, **request):
                die()
        return await once(self, method, url, limit, request)

    Http._once = dying  # type: ignore[method-assign]  # dies with the answer unread


def _at_robot_answer(cmd: str) -> None:
    sort = AibotSocket._sort

    async def dying(self: Any, data: str, put: Any) -> None:
        if f'"{cmd}_' in data:
            die()
        await sort(self, data, put)

    AibotSocket._sort = dying  # type: ignore[method-assign]  # dies with the answer unread


def serve(
    folder: str,
    platforms: dict[str, Any],
    port: int,
    start: str,
    arm: Callable[[], None] | None,
    ready: Connection,
) -> None:
    """Serves for ever; says its address through `ready` when it listens."""
    log = os.open(Path(folder) / "mortal.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(log, stream)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    ahead = datetime.fromisoformat(start) - datetime.now(UTC)
    serving.SystemClock = lambda: SystemClock(ahead)  # type: ignore[assignment,misc]  # the same clock, set
    if arm is not None:
        arm()
    asyncio.run(_serve(Settings(data=Path(folder), port=port, platforms=platforms), ready))


async def _serve(settings: Settings, ready: Connection) -> None:
    async with serving.running(settings) as (_, url):
        ready.send(url)
        await asyncio.Event().wait()
