"""The organisation behind the emulator: people, conversations, and what each person sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.emulators.phone.spoken import Spoken

CORP = "dingcorp0001"


@dataclass(slots=True)
class Person:
    user: str
    name: str
    union: str = ""
    mobile: str = ""
    email: str = ""
    title: str = ""
    departments: list[int] = field(default_factory=lambda: [1])
    manager: str = ""
    active: bool = True
    outside: bool = False
    """Not of this organisation: messages lack senderStaffId."""
    contact: bool = False
    """Of another organisation, and in this one's list of outside contacts."""
    old_client: bool = False
    """Shows no form component."""


@dataclass(slots=True)
class Department:
    id: int
    name: str
    parent: int = 0
    managers: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Conversation:
    id: str
    kind: str
    """"1" direct, "2" group."""
    title: str = ""
    members: list[str] = field(default_factory=list)
    robot: bool = True


@dataclass(slots=True)
class Field:
    """One form field as a person sees it."""

    name: str
    label: str
    type: str
    value: Any = None
    required: bool = False
    read_only: bool = False
    options: list[tuple[str, str]] = field(default_factory=list)
    """(value, text)"""


@dataclass(slots=True)
class Shown:
    """A message or card as one person sees it now."""

    id: str
    kind: str
    """text, markdown, card, picture or file."""
    text: str = ""
    title: str = ""
    chat: str = ""
    """Conversation id of a group, "" for the direct chat."""
    fields: list[Field] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    edits: int = 0
    line: str = ""
    """What the chat list shows."""
    content: bytes = b""
    toast: str = ""
    """The last short notice the client showed, e.g. after a press nobody answered."""
    recalled: bool = False
    at: datetime | None = None
    submit: str = ""
    """The button that sends the form, while it is open."""
    colours: dict[str, str] = field(default_factory=dict)
    """Of buttons, where the card says one."""

    @property
    def labels(self) -> list[str]:
        return [*self.buttons, *self.links]


@dataclass(slots=True)
class Message:
    """A robot message as it was sent."""

    id: str
    to: list[str]
    chat: str
    key: str
    param: dict[str, Any]
    read: set[str] = field(default_factory=set)
    recalled: bool = False
    by_webhook: bool = False
    at: list[str] = field(default_factory=list)
    sent: datetime | None = None


@dataclass(slots=True)
class Instance:
    """A card instance."""

    id: str
    template: str
    params: dict[str, str]
    private: dict[str, dict[str, str]]
    callback: str
    route: str
    to: list[str] = field(default_factory=list)
    chat: str = ""
    line: str = ""
    spaces: dict[str, Any] = field(default_factory=dict)
    """Space models given when it was created."""
    edits: int = 0
    sent: datetime | None = None
    local: dict[str, dict[str, str]] = field(default_factory=dict)
    """What a callback's answer showed to the person who pressed, until the next update."""
    toast: dict[str, str] = field(default_factory=dict)

    def seen_by(self, user: str) -> dict[str, str]:
        return {**self.params, **self.private.get(user, {}), **self.local.get(user, {})}


@dataclass(slots=True)
class World:
    people: dict[str, Person] = field(default_factory=dict)
    departments: dict[int, Department] = field(default_factory=lambda: {1: Department(1, "公司")})
    conversations: dict[str, Conversation] = field(default_factory=dict)
    history: list[Message | Instance] = field(default_factory=list)
    """Everything the robot sent, in order."""
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """Uploaded: media id to (file name, content)."""
    files: dict[str, bytes] = field(default_factory=dict)
    """Sent by people: download code to content."""
    dings: list[dict[str, Any]] = field(default_factory=list)
    spoken: list[Spoken] = field(default_factory=list)
    """What people said, in order."""

    def instance(self, track: str) -> Instance | None:
        return next((item for item in self.history if isinstance(item, Instance) and item.id == track), None)

    def message(self, key: str) -> Message | None:
        return next((item for item in self.history if isinstance(item, Message) and item.id == key), None)

    def receivers(self, item: Message | Instance) -> list[str]:
        return self.conversations[item.chat].members if item.chat else item.to
