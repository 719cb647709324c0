"""Days in somebody's life: people who say and press things, and what they get, on a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any

from bot.app import App
from bot.clock import VirtualClock
from bot.platforms.base import Chat, Inbound, Kind, Media, MediaRef, Position, Press
from cards.model import Button, Card, Chain, Due, Facts, Input, Table, Tags, Text
from tests.harness.platform import Delivered, RecordingPlatform

_serial = count(1)


def words_of(message: Delivered) -> str:
    """Everything a person could read of a message."""
    return message.words or (card_words(message.card) if message.card else message.file)


def card_words(card: Card) -> str:
    parts = [card.title, card.lead]
    for block in card.blocks:
        match block:
            case Text():
                parts.append(block.text)
            case Facts():
                parts += [f"{fact.label} {fact.value}" for fact in block.facts]
            case Tags():
                parts += [tag.text for tag in block.tags]
            case Chain():
                parts.append(" › ".join(f"{link.who} {link.what}".strip() for link in block.links))
            case Due():
                parts.append(block.text)
            case Table():
                parts += [" ".join(row) for row in block.rows]
            case Input():
                parts += [block.label, block.problem, block.source.text if block.source else ""]
                parts += [option.label for option in block.options if option.value == block.value]
                parts += [block.value] if isinstance(block.value, str) and not block.options else []
    return "\n".join(part for part in [*parts, *(button.label for button in card.buttons)] if part)


@dataclass
class Got:
    """A message somebody got, with shortcuts for asserting on it."""

    message: Delivered

    @property
    def text(self) -> str:
        return words_of(self.message)

    @property
    def card(self) -> Card:
        assert self.message.card is not None, f"no card but: {self.message.words}"
        return self.message.card

    def field(self, name: str) -> Input:
        return next(entry for entry in self.card.inputs if entry.name == name)

    def shows(self, *words: str) -> Got:
        for word in words:
            assert word in self.text, f"{word!r} is not in:\n{self.text}"
        return self

    def lacks(self, *words: str) -> Got:
        for word in words:
            assert word not in self.text, f"{word!r} is in:\n{self.text}"
        return self

    def buttons(self) -> list[str]:
        return [button.label for button in self.card.buttons]


@dataclass
class Actor:
    """Somebody at the chat."""

    user: str
    name: str
    team: Team

    @property
    def messages(self) -> list[Delivered]:
        return [message for message in self.team.platform.client.messages if message.to.user == self.user]

    async def says(self, text: str, *, group: bool = False, key: str = "") -> None:
        chat = Chat("east", "group", "华东一组") if group else Chat(self.user)
        mentioned = group and "@跟进" in text
        await self._send(Kind.TEXT, chat=chat, text=text.replace("@跟进", "").strip(), mentioned=mentioned, key=key)

    async def sends(
        self, kind: Kind, content: bytes, *, name: str = "file", mime: str = "", seconds: float | None = None
    ) -> None:
        ref = f"media{next(_serial)}"
        self.team.platform.client.media[ref] = Media(content, name, mime)
        what: Any = {Kind.VOICE: "voice", Kind.PHOTO: "photo"}.get(kind, "file")
        await self._send(kind, media=(MediaRef(ref, what, name=name, mime=mime, seconds=seconds),))

    async def stands_at(self, latitude: float, longitude: float) -> None:
        await self._send(Kind.POSITION, position=Position(latitude, longitude, 20.0))

    async def opens_chat(self) -> None:
        await self._send(Kind.ENTERED)

    async def presses(self, label: str, *, on: str = "", answers: dict[str, Any] | None = None, **more: Any) -> None:
        """Presses a button of the newest card that has it (and shows `on`); inputs keep what stands in them."""
        message, button = self._button(label, on)
        await self.presses_button(message, button, {**(answers or {}), **more})

    async def presses_button(self, message: Delivered, button: Button, answers: dict[str, Any]) -> None:
        assert message.card is not None and button.action is not None
        shown = {entry.name: entry.value for entry in message.card.inputs if entry.value} if button.submits else {}
        await self._send(Kind.PRESS, press=Press(message.card_key, button.action, {**shown, **answers}))

    def gets(self, *words: str) -> Got:
        """The oldest message not yet looked at that shows these words; fails when there is none."""
        for message in self.messages:
            if not message.read and all(word in words_of(message) for word in words):
                message.read = True
                return Got(message)
        waiting = "\n---\n".join(words_of(message) for message in self.messages if not message.read)
        raise AssertionError(f"{self.name} got nothing with {words}; unread:\n{waiting or '(nothing)'}")

    def sees(self, *words: str) -> Got:
        """The newest message, read or not, that shows these words."""
        for message in reversed(self.messages):
            if all(word in words_of(message) for word in words):
                message.read = True
                return Got(message)
        everything = "\n---\n".join(words_of(message) for message in self.messages)
        raise AssertionError(f"{self.name} sees nothing with {words}; has:\n{everything}")

    def finds(self, *words: str) -> None:
        """As `sees`, of a card that was sent before and has changed: on lines whose cards cannot, nothing is found."""
        self.sees(*words)

    def heard_nothing(self) -> None:
        unread = [words_of(message) for message in self.messages if not message.read]
        assert not unread, f"{self.name} unexpectedly got:\n" + "\n---\n".join(unread)

    def _button(self, label: str, on: str) -> tuple[Delivered, Button]:
        for message in reversed(self.messages):
            if message.card is None or on not in words_of(message):
                continue
            for button in message.card.buttons:
                if button.label.startswith(label):
                    return message, button
        raise AssertionError(f"{self.name} has no button {label!r} (on {on!r})")

    async def _send(self, kind: Kind, *, chat: Chat | None = None, key: str = "", **fields: Any) -> None:
        inbound = Inbound(
            platform=self.team.platform.name,
            app=self.team.platform.app,
            event_key=key or f"e{next(_serial)}",
            kind=kind,
            sender=self.user,
            chat=chat or Chat(self.user),
            at=self.team.clock.now(),
            message_id=f"in{next(_serial)}",
            **fields,
        )
        await self.team.app.runtime.sink(inbound)
        if self.team.settles:
            await self.team.app.runtime.settle()


@dataclass
class TeamClock:
    """The team's clock: moving it lets everything that falls due on the way happen."""

    team: Team

    def now(self) -> datetime:
        return self.team.virtual.now()

    async def forward(self, **amount: float) -> None:
        await self.pass_until(self.now() + timedelta(**amount))

    async def to(self, clock: str, *, days: int = 0) -> None:
        """To a time of day in the team's zone, today or some days on."""
        zone = self.team.zone
        day = self.now().astimezone(zone).date() + timedelta(days=days)
        await self.pass_until(datetime.combine(day, time.fromisoformat(clock), zone))

    async def pass_until(self, moment: datetime) -> None:
        await self.team.app.runtime.forward(moment)


@dataclass
class Team:
    """A company at work."""

    app: App
    platform: RecordingPlatform
    virtual: VirtualClock
    settles: bool = True
    actors: dict[str, Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = {"lilei": "李雷", "han": "韩梅", "wang": "王主管", "chen": "陈总监", "tech": "赵工", "admin": "周管理"}
        self.actors = {user: Actor(user, name, self) for user, name in names.items()}
        self.clock = TeamClock(self)

    @property
    def zone(self) -> Any:
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.app.settings.zone)

    @property
    def rep(self) -> Actor:
        return self.actors["lilei"]

    @property
    def other_rep(self) -> Actor:
        return self.actors["han"]

    @property
    def manager(self) -> Actor:
        return self.actors["wang"]

    @property
    def director(self) -> Actor:
        return self.actors["chen"]

    @property
    def tech(self) -> Actor:
        return self.actors["tech"]

    @property
    def admin(self) -> Actor:
        return self.actors["admin"]

    @property
    def group(self) -> list[Delivered]:
        return [message for message in self.platform.client.messages if message.to.group == "east"]

    def group_gets(self, *words: str) -> Got:
        for message in self.group:
            if not message.read and all(word in words_of(message) for word in words):
                message.read = True
                return Got(message)
        raise AssertionError(f"the group got nothing with {words}: {[words_of(one) for one in self.group]}")

    def everybody_has_read(self) -> None:
        """What came so far is of no concern to the test."""
        for message in self.platform.client.messages:
            message.read = True

    def nobody_else_heard_anything(self) -> None:
        """Every message of the day has been expected by name."""
        for actor in self.actors.values():
            actor.heard_nothing()
        unread = [words_of(message) for message in self.group if not message.read]
        assert not unread, f"the group unexpectedly got: {unread}"
