"""Everything the emulated Feishu knows: one tenant, one app, its people, chats, messages and files."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.clock import Clock

ADMIN_SCOPES = frozenset(
    {
        "im:message",
        "im:message.p2p_msg:readonly",
        "im:message.group_at_msg:readonly",
        "im:message:send_as_bot",
        "im:resource",
        "im:chat:readonly",
        "im:chat.members:bot_access",
        "im:chat.access_event.bot_p2p_chat:read",
        "contact:contact.base:readonly",
        "contact:user.base:readonly",
        "contact:user.department:readonly",
        "contact:department.base:readonly",
        "contact:user.phone:readonly",
        "contact:user.employee:readonly",
        "contact:user.email:readonly",
    }
)
"""What a careful admin grants."""


@dataclass
class App:
    app_id: str = "cli_emulated"
    secret: str = "app-secret"
    encrypt_key: str = "test key"
    verification_token: str = "vtoken"
    bot: str = "ou_bot"
    name: str = "跟进"
    activate_status: int = 2
    scopes: set[str] = field(default_factory=lambda: set(ADMIN_SCOPES))
    callback_url: str = ""
    """Where events go by webhook; empty: by long connection."""


@dataclass
class Person:
    open_id: str
    name: str
    superior: str = ""
    department: str = ""
    mobile: str = ""
    email: str = ""
    title: str = ""
    visible: bool = True
    """Within the app's range."""
    resigned: bool = False
    tenant: str = "tenant"
    """Whose company they belong to; the app is of `tenant`."""


@dataclass
class Department:
    id: str
    name: str
    parent: str = "0"


@dataclass
class Chat:
    id: str
    kind: Literal["p2p", "group"]
    members: list[str]
    title: str = ""
    bot_in: bool = True
    dissolved: bool = False


@dataclass
class Message:
    id: str
    chat: str
    sender: str
    kind: str
    content: Any
    at: datetime
    uuid: str = ""
    edits: int = 0
    deleted: bool = False
    locked: bool = False
    """Somebody is pressing a button of this card right now."""
    history: list[Any] = field(default_factory=list)


@dataclass
class Blob:
    key: str
    content: bytes
    name: str
    mime: str
    by_bot: bool
    message: str = ""
    kind: Literal["image", "file"] = "file"


@dataclass
class CardToken:
    message: str
    until: datetime
    uses: int = 2
    answered: bool = False


@dataclass
class Fault:
    path: str
    code: int
    status: int
    times: int
    message: str
    headers: dict[str, str]


@dataclass
class World:
    clock: Clock
    app: App = field(default_factory=App)
    people: dict[str, Person] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    blobs: dict[str, Blob] = field(default_factory=dict)
    tokens: dict[str, datetime] = field(default_factory=dict)
    card_tokens: dict[str, CardToken] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    """Login codes not used yet, and whose they are."""
    faults: deque[Fault] = field(default_factory=deque)
    calls: list[tuple[str, str]] = field(default_factory=list)
    """Every API call: method and path."""
    stuck: asyncio.Event | None = None
    """While set to an unset event, API calls hang on it."""
    limits: bool = True
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def new(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):08d}"

    def ms(self, ahead: timedelta = timedelta(0)) -> str:
        return str(int((self.clock.now() + ahead).timestamp() * 1000))

    def p2p(self, open_id: str) -> Chat:
        """The chat of a person with the bot."""
        for chat in self.chats.values():
            if chat.kind == "p2p" and open_id in chat.members:
                return chat
        chat = Chat(self.new("oc_"), "p2p", [open_id])
        self.chats[chat.id] = chat
        return chat

    def in_chat(self, chat: str) -> list[Message]:
        return [message for message in self.messages.values() if message.chat == chat and not message.deleted]
