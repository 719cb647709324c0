"""What the emulated enterprise holds: people, departments, apps, robots, messages, media."""

from __future__ import annotations

import itertools
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from tests.emulators.phone.spoken import Spoken
from tests.emulators.wecom.card_rules import Line, labels, visible

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060"))
"""Characters without width: nobody sees them."""


@dataclass(slots=True)
class User:
    id: str
    name: str
    departments: list[int] = field(default_factory=lambda: [1])
    leader: str = ""
    status: int = 1
    position: str = ""
    visible: bool = True
    licensed: bool = True


@dataclass(slots=True)
class CardCopy:
    """One card sent to some people; each holds a copy that may have been changed."""

    task: str
    line: Line
    sent: dict[str, Any]
    copies: dict[str, dict[str, Any]] = field(default_factory=dict)
    edits: int = 0


@dataclass(slots=True)
class Seen:
    """A message as a person finds it in the chat; for a card always its present state."""

    user: str
    kind: str
    id: str
    at: datetime
    body: Mapping[str, Any] = field(default_factory=dict)
    card: CardCopy | None = None
    group: str = ""
    media: bytes = b""
    name: str = ""

    @property
    def template(self) -> dict[str, Any]:
        """The card's JSON as this person has it now."""
        assert self.card is not None, f"{self.kind} is no card"
        return self.card.copies.get(self.user, self.card.sent)

    @property
    def text(self) -> str:
        if self.card is not None:
            return visible(self.template, self.card.line)
        return str(self.body.get("content", "")).translate(INVISIBLE)

    @property
    def buttons(self) -> list[str]:
        return [] if self.card is None else labels(self.template)

    @property
    def edited(self) -> bool:
        return self.card is not None and self.user in self.card.copies


@dataclass(slots=True)
class Code:
    """A response_code: one use, 72 hours."""

    card: CardCopy
    until: datetime
    used: bool = False


@dataclass(slots=True)
class App:
    agent: int
    secret: str
    token: str = ""
    aes_key: str = ""
    callback: str = ""
    root_visible: bool = True


@dataclass(slots=True)
class Bot:
    id: str
    secret: str
    name: str = "跟进"
    token: str = ""
    aes_key: str = ""
    callback: str = ""


@dataclass(slots=True)
class Group:
    id: str
    name: str
    members: list[str]
    agent: int = 0
    owner: str = ""


@dataclass(slots=True)
class Media:
    content: bytes
    name: str
    kind: str
    until: datetime


class Tenant:
    """One enterprise."""

    def __init__(self, corp: str, clock: Clock) -> None:
        self.corp = corp
        self.clock = clock
        self.users: dict[str, User] = {}
        self.departments: dict[int, dict[str, Any]] = {
            1: {"id": 1, "name": "公司", "parentid": 0, "department_leader": []}
        }
        self.apps: dict[int, App] = {}
        self.bots: dict[str, Bot] = {}
        self.groups: dict[str, Group] = {}
        self.webhooks: dict[str, list[Seen]] = defaultdict(list)
        self.media: dict[str, Media] = {}
        self.inbox: dict[str, list[Seen]] = defaultdict(list)
        self.spoken: list[Spoken] = []
        """What people said, in order."""
        self.codes: dict[str, Code] = {}
        self.tasks: dict[tuple[str, str], CardCopy] = {}
        self.dropped: dict[str, int] = defaultdict(int)
        self.recalled: set[str] = set()
        self._numbers = itertools.count(1)

    def number(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):06d}"

    def person(self, user: str) -> User | None:
        """User ids are not case-sensitive."""
        return self.users.get(user.lower())

    def show(self, seen: Seen) -> None:
        self.inbox[seen.user.lower()].append(seen)

    def keep(self, content: bytes, name: str, kind: str) -> str:
        media = self.number("MEDIA")
        self.media[media] = Media(content, name, kind, self.clock.now() + timedelta(days=3))
        return media

    def says(self, user: str, kind: str, text: str = "", *, content: bytes = b"", chat: str = "") -> None:
        """Puts a person's own message on their screen."""
        number = f"said-{len(self.spoken)}"
        self.spoken.append(Spoken(number, user.lower(), kind, self.clock.now(), text, content, chat))

    def new_code(self, card: CardCopy) -> str:
        code = self.number("CODE")
        self.codes[code] = Code(card, self.clock.now() + timedelta(hours=72))
        return code

    def spend(self, code: str) -> CardCopy | None:
        """The card a code changes; None when it is unknown, old or used."""
        entry = self.codes.get(code)
        if entry is None or entry.used or self.clock.now() > entry.until:
            return None
        entry.used = True
        return entry.card


class Window:
    """Counts per key over minutes and hours."""

    def __init__(self, clock: Clock, *limits: tuple[int, timedelta]) -> None:
        self._clock = clock
        self._limits = limits
        self._times: dict[str, deque[datetime]] = defaultdict(deque)

    def admits(self, key: str) -> bool:
        """Counts one more; False when a limit is reached (and then it does not count)."""
        now, times = self._clock.now(), self._times[key]
        longest = max(span for _, span in self._limits)
        while times and now - times[0] >= longest:
            times.popleft()
        if any(sum(now - one < span for one in times) >= most for most, span in self._limits):
            return False
        times.append(now)
        return True
