"""What a page needs of an emulator: one person's chats with the bot, and what that person can do there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Json = dict[str, Any]

MOST = 80
"""Messages shown of one chat, the newest."""


@dataclass(frozen=True, slots=True)
class Said:
    """A file that was chosen on the page."""

    content: bytes
    name: str
    kind: str
    """picture, voice or file."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Happened:
    """What the client shows after something was done: a short notice, or an address it opens."""

    notice: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the person on the page pretends to stand."""

    latitude: float = 31.2304
    longitude: float = 121.4737
    address: str = "上海市黄浦区人民大道 200 号"


class NotThere(Exception):
    """The platform's client has nothing of the kind. The text says so to the person."""


class Phone(Protocol):
    """One platform's client. `user` is the person's id there, `chat` a group's id or empty for the chat with the bot."""

    platform: str
    """feishu, dingtalk or wecom: how the page draws."""
    can: frozenset[str]
    """Which of picture, voice, file, position its chat sends."""

    def people(self) -> list[Json]:
        """{id, name, title} of everybody."""
        ...

    def chats(self, user: str) -> list[Json]:
        """{id, title}: the bot first."""
        ...

    def online(self) -> bool:
        """Whether a bot listens."""
        ...

    def messages(self, user: str, chat: str) -> list[Json]:
        """Oldest first: {id, mine, kind, text, at, …}, cards with `card` as the platform knows it."""
        ...

    def got(self, user: str) -> int:
        """How many messages the bot has sent to the person alone."""
        ...

    def media(self, key: str) -> bytes | None: ...

    async def says(self, user: str, chat: str, text: str) -> Happened: ...

    async def sends(self, user: str, chat: str, said: Said) -> Happened: ...

    async def stands_at(self, user: str, chat: str, place: Place) -> Happened: ...

    async def presses(self, user: str, message: str, label: str, answers: Mapping[str, Any]) -> Happened: ...

    async def enters(self, user: str) -> Happened:
        """Opens the chat with the bot, where the platform tells of it."""
        ...


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole state of one person's phone."""

    phone: Phone
    user: str
    chat: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> Json:
        return {
            "platform": self.phone.platform,
            "can": sorted(self.phone.can),
            "online": self.phone.online(),
            "chats": self.phone.chats(self.user),
            "messages": self.phone.messages(self.user, self.chat)[-MOST:],
            **self.more,
        }
