"""Live events of the web chat: who listens, and what they missed while their connection was down."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from storage.tables import ConsoleMessage

KEPT = 2_000
"""Events a reconnecting page can catch up on; past that it reads its conversations afresh."""

WAITING = 1_000
"""Events a slow page may be behind before it is cut off (it then reconnects and catches up)."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Seen by the members of `conversation`, or by `user` alone, or (neither) by everybody."""

    kind: Literal["message", "update", "read", "hint", "clock"]
    conversation: str = ""
    user: str = ""
    message: ConsoleMessage | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event with the id that a page names when it comes back."""

    id: str
    event: Event


class Listener:
    """One open page."""

    def __init__(self, at: str, fresh: bool, missed: list[Numbered]) -> None:
        self.at = at
        """The id of the newest event when it began to listen."""
        self.fresh = fresh
        """Nothing is known of what this page missed: it has to read its conversations."""
        self._events: asyncio.Queue[Numbered | None] = asyncio.Queue()
        self._ended = False
        for event in missed:
            self._events.put_nowait(event)

    def put(self, event: Numbered) -> None:
        if self._events.qsize() >= WAITING:
            self.end()
        if not self._ended:
            self._events.put_nowait(event)

    def end(self) -> None:
        if not self._ended:
            self._ended = True
            self._events.put_nowait(None)

    async def events(self, beat: float) -> AsyncIterator[Numbered | None]:
        """Events as they come; None after `beat` seconds of silence, so that a dead connection is noticed."""
        while True:
            try:
                event = await asyncio.wait_for(self._events.get(), beat)
            except TimeoutError:
                yield None
                continue
            if event is None:
                return
            yield event


class Hub:
    """Hands events to every listener, and remembers the last of them."""

    def __init__(self, kept: int = KEPT) -> None:
        self._boot = secrets.token_hex(4)
        self._count = 0
        self._recent: deque[tuple[int, Numbered]] = deque(maxlen=kept)
        self._listeners: set[Listener] = set()
        self._closed = False

    def publish(self, event: Event) -> None:
        self._count += 1
        numbered = Numbered(self._id(), event)
        self._recent.append((self._count, numbered))
        for listener in tuple(self._listeners):
            listener.put(numbered)

    @contextmanager
    def listen(self, after: str = "") -> Iterator[Listener]:
        """Listens from now on, or from the event after `after` when that is still remembered."""
        missed = self._missed(after)
        listener = Listener(self._id(), missed is None, missed or [])
        self._listeners.add(listener)
        if self._closed:
            listener.end()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def close(self) -> None:
        """Ends every connection, so that the server can stop."""
        self._closed = True
        for listener in tuple(self._listeners):
            listener.end()

    def _id(self) -> str:
        return f"{self._boot}-{self._count}"

    def _missed(self, after: str) -> list[Numbered] | None:
        boot, _, number = after.partition("-")
        if boot != self._boot or not number.isdecimal() or int(number) > self._count:
            return None
        missed = [numbered for count, numbered in self._recent if count > int(number)]
        return missed if len(missed) == self._count - int(number) else None
