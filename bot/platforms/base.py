"""The narrow boundary every platform stands behind.

`inbound` turns the platform's bytes into `Inbound` values (after signature, decryption and time window) and hands
them to a `Sink`, which returns only when the message is durable. `client` delivers `Outgoing` values and draws the
neutral card. `Capabilities` says what the platform cannot do, from which the fallback follows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, Protocol, runtime_checkable

from aiohttp import web

from cards.model import Card


class Kind(StrEnum):
    """What came in."""

    TEXT = "text"
    VOICE = "voice"
    PHOTO = "photo"
    FILE = "file"
    POSITION = "position"
    PRESS = "press"
    ENTERED = "entered"
    """A person opened the chat with the bot (for the first time, or at all, as the platform says)."""
    BOT_ADDED = "bot_added"
    BOT_REMOVED = "bot_removed"
    RECALLED = "recalled"
    DIRECTORY = "directory"
    """People or departments changed; `text` says which in the platform's words."""
    NOTICE = "notice"
    """The platform says something about the app itself, such as that it will be suspended; `text` is for an admin."""
    UNSUPPORTED = "unsupported"
    """A message the platform has and we do not; kept, and answered in words."""
    WITHHELD = "withheld"
    """A message whose content the platform kept back because its monthly quota is used up."""


@dataclass(frozen=True, slots=True)
class Chat:
    """Where it was said. `id` is what the platform needs to answer there."""

    id: str
    kind: Literal["direct", "group"] = "direct"
    title: str = ""


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A voice note, picture or file as the platform names it; fetched later with `Client.fetch`."""

    ref: str
    kind: Literal["voice", "photo", "file"]
    name: str = ""
    mime: str = ""
    size: int | None = None
    seconds: float | None = None
    words: str = ""
    """The platform's own recognition of a voice note, kept beside ours."""
    context: Mapping[str, str] = field(default_factory=dict)
    """Whatever else the platform wants for the download (message id, download code …)."""


@dataclass(frozen=True, slots=True)
class Position:
    latitude: float
    longitude: float
    accuracy: float | None = None
    """Radius in metres."""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button. `card` is the key we gave the card when we sent it; empty when the platform lost it."""

    card: str
    action: Mapping[str, Any]
    answers: Mapping[str, Any] = field(default_factory=dict)
    """Input name to string, or to a list of strings for multiple values, in the neutral formats of cards.model.Input."""
    reply_token: str = ""
    """What the platform wants for updating the pressed card (response_code, callback token), if anything."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message or event, verified, in neutral form. `event_key` is unique per (platform, app) across repeats."""

    platform: str
    app: str
    event_key: str
    kind: Kind
    sender: str
    """The platform's user id; empty for events without a person."""
    chat: Chat
    at: datetime
    """When the platform says it happened, aware UTC."""
    text: str = ""
    media: tuple[MediaRef, ...] = ()
    position: Position | None = None
    press: Press | None = None
    mentioned: bool = False
    """In a group: the bot was addressed."""
    outside: bool = False
    """The platform does not vouch for the sender as one of the organisation's own people."""
    reply_to: str = ""
    """Key or platform id of the message this one quotes, if any."""
    message_id: str = ""
    """The platform's own message id."""
    answer_at: str = ""
    """The address at which this message, and only it, may be answered, where the platform has no other way."""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values. Written out: `asdict` copies deeply, and this stands before every acknowledgement."""
        press, place = self.press, self.position
        return {
            "platform": self.platform,
            "app": self.app,
            "event_key": self.event_key,
            "kind": self.kind.value,
            "sender": self.sender,
            "chat": {"id": self.chat.id, "kind": self.chat.kind, "title": self.chat.title},
            "at": self.at.isoformat(),
            "text": self.text,
            "media": [asdict(ref) for ref in self.media],
            "position": asdict(place) if place else None,
            "press": asdict(press) if press else None,
            "mentioned": self.mentioned,
            "outside": self.outside,
            "reply_to": self.reply_to,
            "message_id": self.message_id,
            "answer_at": self.answer_at,
        }

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Inbound:
        media = tuple(MediaRef(**ref) for ref in fields.get("media", ()))
        position = Position(**fields["position"]) if fields.get("position") else None
        press = Press(**fields["press"]) if fields.get("press") else None
        plain = dict(
            fields, kind=Kind(fields["kind"]), chat=Chat(**fields["chat"]), at=datetime.fromisoformat(fields["at"])
        )
        return cls(**dict(plain, media=media, position=position, press=press))


Sink = Callable[[Inbound], Awaitable[bool]]
"""Makes a message durable. True: new; False: a repeat of one we have. Only after it returns may the platform be answered."""


@dataclass(frozen=True, slots=True)
class Address:
    """A person (`user`) or a group (`group`) on one app of one platform."""

    platform: str
    app: str
    user: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class TextBody:
    text: str


@dataclass(frozen=True, slots=True)
class MarkdownBody:
    """Long text with **bold**, lists and links; split at sentence ends where the platform is short."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class CardBody:
    card: Card
    card_key: str
    """Our key for this card, random; comes back in `Press.card`."""


@dataclass(frozen=True, slots=True)
class UpdateBody:
    """A new state for a card already sent. `receipt` is what `send` returned for it."""

    card: Card
    card_key: str
    receipt: Mapping[str, Any]
    reply_token: str = ""


@dataclass(frozen=True, slots=True)
class FileBody:
    name: str
    mime: str
    content: bytes
    picture: bool = False


Body = TextBody | MarkdownBody | CardBody | UpdateBody | FileBody


class Notes(dict[str, str]):
    """What a repeat of a delivery has to know of earlier attempts. The sender's own outlive the process."""

    async def keep(self, name: str, value: str) -> None:
        """Returns when the note is as safe as it can be."""
        self[name] = value


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One delivery. `key` is the idempotency key: the same key twice must reach the person once where the platform allows."""

    key: str
    to: Address
    body: Body
    quiet: bool = False
    """No sound on the phone, where the platform has that."""
    begun: datetime | None = None
    """Since when an earlier attempt may have arrived without our knowing; None: none did. A client whose platform
    would not recognise the repeat says in words that it may be one."""
    notes: Notes = field(default_factory=Notes)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform needs later to update or find this message (message id, response_code, outTrackId …)."""

    message_id: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Media:
    content: bytes
    name: str
    mime: str


@dataclass(frozen=True, slots=True)
class DirectoryPerson:
    """A person as the platform's directory knows them. `superior` is a user id of the same platform."""

    user: str
    name: str
    mobile: str = ""
    email: str = ""
    title: str = ""
    departments: tuple[str, ...] = ()
    superior: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: what was looked at, whether it is well, and what to press if not."""

    what: str
    state: Literal["ok", "warn", "fail"]
    words: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` deliveries `per` window, for each member of `scope`."""

    scope: Literal["app", "receiver", "group", "webhook", "card"]
    """The whole app, each person, each group, each group webhook (a group named `webhook:…`), changes of each card."""
    count: int
    per: timedelta
    silent: bool = False
    """The excess vanishes without an error: only our own pacing can keep the promise."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform's cards and chats can do. What it cannot is asked in chat, or on a phone page."""

    inputs: frozenset[str] = frozenset()
    """InputKind values that can stand on a card."""
    max_inputs: int = 0
    alone: Mapping[str, int] = field(default_factory=dict)
    """InputKind value to how many of them a card holds whose one button submits them, where that is more."""
    max_options: int = 0
    max_buttons: int = 0
    card_bytes: int = 0
    text_bytes: int = 0
    update_within: timedelta = timedelta(0)
    """How long after sending a card may be changed; zero: never."""
    group_cards: bool = False
    group_presses: bool = False
    files: bool = False
    file_bytes: int = 0
    limits: tuple[Limit, ...] = ()
    """What the platform allows; the sender paces itself by it."""
    remembers: bool = False
    """Every repeat is recognised by its key, for ever: nothing has to be noted before an attempt."""


class Client(Protocol):
    """Delivers to one app of one platform. Every method raises the typed errors of bot.errors and nothing else on purpose."""

    @property
    def capabilities(self) -> Capabilities: ...

    async def send(self, message: Outgoing) -> Receipt: ...

    async def fetch(self, media: MediaRef) -> Media:
        """The bytes behind a reference, only from the platform's hosts. Raises MediaRefused, RetryAfter, Permanent."""
        ...

    def people(self) -> AsyncIterator[DirectoryPerson]: ...

    async def check(self) -> Sequence[Finding]:
        """What the doctor sees of this app: credentials, permissions, callback, clock skew."""
        ...

    async def close(self) -> None: ...


@runtime_checkable
class Annotates(Protocol):
    """A client that can write under a person's own message, e.g. the transcript under a voice note."""

    async def annotate(self, message_id: str, text: str) -> None:
        """`message_id` is Inbound.message_id; `text` may use **bold**. Writing again replaces it; empty: nothing was heard."""
        ...


@runtime_checkable
class Hints(Protocol):
    """A client that can say what the bot is doing just now."""

    async def hint(self, to: Address, text: str) -> None:
        """`text` e.g. 正在转写…; empty takes the hint away. It goes by itself when the bot's next message arrives."""
        ...


@runtime_checkable
class Boards(Protocol):
    """A client that speaks to groups it does not hear, so that nobody can bind them from inside."""

    def boards(self) -> Mapping[str, str]:
        """The name the settings give a group, to its address."""
        ...


@runtime_checkable
class MakesGroups(Protocol):
    """A client that can make a group of its own."""

    async def make_group(self, name: str, users: Sequence[str], key: str) -> str:
        """Its address. The same key (letters and digits, at most 32) makes no second group."""
        ...


@runtime_checkable
class Recalls(Protocol):
    """A platform that needs what came in lately to be able to answer it."""

    @property
    def recalls(self) -> timedelta:
        """How far back; zero: nothing is needed."""
        ...

    def recall(self, inbound: Inbound) -> None:
        """A message that came in before this process was there, oldest first."""
        ...


@runtime_checkable
class Weighs(Protocol):
    """A client whose one push may become several messages that count against its limits."""

    def weigh(self, body: Body) -> int:
        """How many, at least 1."""
        ...


class Health(Protocol):
    """What an app's doctor has to be told about the process it looks from."""

    aside: bool
    """The product runs in another process altogether: nothing that only a running one sees is judged."""
    elsewhere: bool
    """Another process listens and sends for this app."""


@runtime_checkable
class HasHealth(Protocol):
    """A platform whose doctor tells apart what this process sees and what another one does."""

    @property
    def health(self) -> Health: ...


class Platform(Protocol):
    """One configured app of one platform."""

    @property
    def name(self) -> str: ...

    @property
    def app(self) -> str: ...

    @property
    def client(self) -> Client: ...

    @property
    def alone(self) -> bool:
        """Whether one process at a time listens and sends for it, under a lease. False: every process may."""
        ...

    def routes(self, sink: Sink) -> Sequence[web.RouteDef]:
        """Callback and page routes, e.g. POST|GET /callbacks/feishu/{app}."""
        ...

    async def listen(self, sink: Sink) -> None:
        """Holds the long connection, reconnecting with back-off, until cancelled. Returns at once where there is none.

        Cancelled when this process ends, or no longer holds the app's lease; called again when it does again.
        """
        ...
