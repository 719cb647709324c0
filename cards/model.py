"""The platform-neutral card: what a person sees and may press, before any platform draws it.

A card is a plain value (frozen pydantic models), kept as JSON in the outbox and drawn natively at delivery.
Every adapter must draw every block, or fall back as its capability record says (field on the card, then a
question in chat, then a phone page).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Action",
    "Block",
    "Button",
    "Card",
    "Chain",
    "Due",
    "Fact",
    "Facts",
    "Input",
    "InputKind",
    "Link",
    "Option",
    "Picture",
    "Source",
    "Style",
    "Table",
    "Tag",
    "Tags",
    "Text",
    "Tone",
    "UnknownAction",
    "parse_action",
]


class Tone(StrEnum):
    """What a colour means; the word beside it always says it too."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    LATE = "late"


class Style(StrEnum):
    DEFAULT = "default"
    PRIMARY = "primary"
    DANGER = "danger"


class Value(BaseModel):
    """Base of everything on a card: immutable, strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class UnknownAction(Exception):
    """A button carries an action no feature knows, e.g. from a version before or after this one."""


class Action(Value):
    """A typed button value. Subclasses live beside their feature's card and set `name`.

    On the wire: {"a": name, **fields}. Only routing data belongs here; who pressed is the platform's word.
    """

    name: ClassVar[str] = ""
    registry: ClassVar[dict[str, type[Action]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        if not cls.name:
            return
        other = Action.registry.setdefault(cls.name, cls)
        if other is not cls and other.__qualname__ != cls.__qualname__:
            raise TypeError(f"two actions are named {cls.name}: {other.__qualname__} and {cls.__qualname__}")

    def wire(self) -> dict[str, Any]:
        return {"a": self.name, **self.model_dump(mode="json")}


def parse_action(wire: dict[str, Any]) -> Action:
    """The typed action of a pressed button. Raises UnknownAction for names or fields nobody knows."""
    fields = dict(wire)
    kind = Action.registry.get(str(fields.pop("a", "")))
    if kind is None:
        raise UnknownAction(str(wire.get("a", "")))
    try:
        return kind.model_validate(fields)
    except ValueError as error:
        raise UnknownAction(str(wire.get("a", ""))) from error


class Text(Value):
    """A paragraph. `text` may use **bold** and line breaks, nothing else; adapters escape the rest."""

    block: Literal["text"] = "text"
    text: str
    soft: bool = False


class Fact(Value):
    label: str
    value: str
    tone: Tone = Tone.PLAIN


class Facts(Value):
    """Label and value pairs, at most three on a card a person must act on."""

    block: Literal["facts"] = "facts"
    facts: tuple[Fact, ...]


class Tag(Value):
    text: str
    tone: Tone = Tone.PLAIN


class Tags(Value):
    block: Literal["tags"] = "tags"
    tags: tuple[Tag, ...]


class Link(Value):
    """One station of a chain: who, what (with its moment), and whether it is done, now, or later."""

    who: str
    what: str = ""
    state: Literal["done", "now", "late", "later"] = "later"


class Chain(Value):
    """Who holds a thing, from first to last: 你 10:09 › 王主管 15:39 前答复 › 陈总监."""

    block: Literal["chain"] = "chain"
    links: tuple[Link, ...]


class Due(Value):
    """The moment a thing is due, absolute and remaining. `elapsed` is the share of the time gone, 0-1."""

    block: Literal["due"] = "due"
    text: str
    elapsed: float = Field(default=0.0, ge=0.0, le=1.0)
    tone: Tone = Tone.PLAIN


class Picture(Value):
    """A picture kept as an attachment; `attachment` is its storage key (sha256 hex)."""

    block: Literal["picture"] = "picture"
    attachment: str
    alt: str


class Table(Value):
    block: Literal["table"] = "table"
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class InputKind(StrEnum):
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    PHOTO = "photo"
    FILE = "file"
    POSITION = "position"
    CODE = "code"


class Option(Value):
    value: str
    label: str


class Source(Value):
    """Where a filled-in value came from: a line for people, and the second of the recording where there is one."""

    text: str
    audio: str = ""
    """Attachment key of the recording, or empty."""
    start: float = 0.0
    end: float = 0.0


class Input(Value):
    """A field to fill. `value` is a string; a list of strings for multi_choice, photo and file (attachment keys).

    date "2026-03-18", datetime "2026-03-18T15:00" (local to the person's team), position "31.23,121.47,25" (metres).
    """

    block: Literal["input"] = "input"
    name: str
    label: str
    kind: InputKind
    value: str | tuple[str, ...] = ""
    options: tuple[Option, ...] = ()
    required: bool = False
    max_length: int | None = None
    placeholder: str = ""
    source: Source | None = None
    problem: str = ""
    """What was wrong with the last value, in words; empty when nothing is."""


Block = Annotated[
    Text | Facts | Tags | Chain | Due | Picture | Table | Input,
    Field(discriminator="block"),
]


class Button(Value):
    """A verb to press. Exactly one of `action` and `url` is set.

    `submits` sends the card's inputs along; `confirm` asks once before what cannot be undone.
    """

    label: str
    action: dict[str, Any] | None = None
    url: str = ""
    style: Style = Style.DEFAULT
    submits: bool = False
    confirm: str = ""

    @classmethod
    def does(
        cls, label: str, action: Action, *, style: Style = Style.DEFAULT, submits: bool = False, confirm: str = ""
    ) -> Self:
        return cls(label=label, action=action.wire(), style=style, submits=submits, confirm=confirm)


class Card(Value):
    """What is shown. The title says what happened, to whom, with whom; then facts; then the moment; then verbs."""

    title: str
    lead: str = ""
    tone: Tone = Tone.PLAIN
    blocks: tuple[Block, ...] = ()
    buttons: tuple[Button, ...] = ()
    summary: str = ""
    """One line for the chat list and the phone's notification; the title when empty."""

    @property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Input))

    def line(self) -> str:
        return self.summary or self.title
