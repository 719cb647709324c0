"""What the web chat wants from the rest of the product, as small protocols."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cards.model import Tone


@dataclass(frozen=True, slots=True)
class ConsolePerson:
    """Somebody who may sit at the chat. `user` is their id on this platform."""

    user: str
    name: str
    role_title: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class ConsoleGroup:
    """A group chat the bot is in. `chat` is its id on this platform."""

    chat: str
    title: str


@dataclass(frozen=True, slots=True)
class ConsoleCommand:
    """A slash command to suggest: "/visit", and what it does in a few words."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class TodayLine:
    """An open item of today: whom it is about, what is open, and its state in a word with a colour."""

    title: str
    note: str = ""
    state: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Today:
    """The column beside the chat, e.g. titled 今天还差 2 条."""

    title: str
    lines: tuple[TodayLine, ...] = ()


class Attachments(Protocol):
    """Bytes kept under their hash."""

    async def put(self, content: bytes, *, name: str, mime: str) -> str:
        """Keeps the bytes; gives their sha256 in hex."""
        ...

    async def get(self, sha256: str) -> bytes:
        """Raises KeyError when nothing is kept under this hash."""
        ...


class Roster(Protocol):
    """Who may sit at the chat, and which groups each of them is in."""

    async def people(self) -> Sequence[ConsolePerson]: ...

    async def groups(self, user: str) -> Sequence[ConsoleGroup]: ...


class TimeMachine(Protocol):
    """The demo's clock, which a visitor may move forward."""

    def now(self) -> datetime: ...

    async def move(self, to: str) -> datetime:
        """Moves to "+1h", "18:00", "next-8:30" or "friday-17:00" and gives the new time. Raises ValueError for others."""
        ...


CommandsFor = Callable[[str], Awaitable[Sequence[ConsoleCommand]]]
"""The slash commands a user may give."""

TodayFor = Callable[[str], Awaitable[Today | None]]
"""What a user still has open today; None hides the column."""
