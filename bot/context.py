"""What a handler is given: who, when, the transaction, and the ways to answer, push and tell.

Everything a handler does through its context is a row in one transaction; nothing has left the house until that
commits. Two handlers never share a context.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.platforms.base import Inbound
from cards.model import Card
from rules.calendar import BusinessCalendar
from rules.phrasing import moment
from storage import deadlines, events, outbox, people
from storage.deadlines import Alarm
from storage.outbox import Push, Receiver
from storage.tables import Attachment, CardSent, Event, Group, Outbox, Person
from transcription.transcript import Transcript

if TYPE_CHECKING:
    from bot.catalogue import Catalogue
    from bot.flows import Flows
    from bot.forms import Forms
    from bot.services import Services

Why = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A plain message, made ready: media fetched and kept, speech turned into words."""

    text: str
    transcript: Transcript | None = None
    audio: str = ""
    attachments: tuple[Attachment, ...] = ()
    problem: str = ""
    """What was wrong with the media, in words for the sender."""
    proposals: Mapping[str, Any] = field(default_factory=dict)
    """What the optional language model proposes, unchecked."""


@dataclass
class Context:
    """One thing being handled. `cause` names it in the events it makes: inbox:17, deadline:4, job:…"""

    services: Services
    tx: AsyncSession
    now: datetime
    catalogue: Catalogue
    cause: str
    person: Person | None = None
    inbound: Inbound | None = None
    inbox_id: int | None = None
    group: Group | None = None
    card: CardSent | None = None
    """The card that was pressed."""
    message: Message | None = None
    drawn: set[str] = field(default_factory=set)
    """Keys of the cards redrawn so far."""
    told: set[str] = field(default_factory=set)
    """Who gets a message of their own."""
    changes: list[Outbox] = field(default_factory=list)
    """New states of cards on their way to whoever holds them."""

    @property
    def actor(self) -> Person:
        """Who acts. Only where there is a person: never in deadlines and jobs."""
        if self.person is None:
            raise LookupError(f"{self.cause} has no actor")
        return self.person

    @property
    def flows(self) -> Flows:
        return self.services.flows

    @property
    def forms(self) -> Forms:
        return self.services.forms

    # Answering and pushing

    async def reply(self, words: str | Card, *, thread: str = "", why: Why | None = None, key: str = "") -> None:
        """Answers where it was said: the private chat, or the group. `key` makes it once only."""
        await self._send(self._speaker(), words, thread=thread, why=why, urgent=True, key=key)

    async def push(
        self,
        to: Person,
        words: str | Card,
        *,
        thread: str = "",
        why: Why | None = None,
        urgent: bool = False,
        key: str = "",
        form: tuple[str, int] = ("", 0),
    ) -> CardSent | None:
        """Pushes to a person. `key` makes it once only; what is not urgent waits out the quiet hours."""
        receiver = Receiver(person_id=to.id)
        return await self._send(receiver, words, thread=thread, why=why, urgent=urgent, key=key, form=form)

    async def post(self, group: Group, words: str | Card, *, why: Why | None = None, key: str = "") -> None:
        await self._send(Receiver(group_id=group.id), words, thread="", why=why, urgent=True, key=key)

    async def _send(
        self,
        to: Receiver,
        words: str | Card,
        *,
        thread: str,
        why: Why | None,
        urgent: bool,
        key: str = "",
        form: tuple[str, int] = ("", 0),
    ) -> CardSent | None:
        is_card = isinstance(words, Card)
        later = None if urgent else self.catalogue.quiet.until(self.now, self.calendar)
        if later is not None:
            words = _held(words, self.moment(self.now))
        payload = words.model_dump(mode="json") if isinstance(words, Card) else {"text": words}
        push = Push(
            to=to,
            kind="card" if is_card else "text",
            payload=payload,
            key=key,
            thread=thread,
            why=why or {},
            urgent=urgent,
            not_before=later,
        )
        self.told.add(to.key)
        for change in self.changes:
            if change.receiver == to.key:
                outbox.told_anyway(change)
        if is_card:
            return await outbox.enqueue_card(self.tx, push, self.now, form=form[0], form_version=form[1])
        await outbox.enqueue(self.tx, push, self.now)
        return None

    def _speaker(self) -> Receiver:
        if self.group is not None:
            return Receiver(group_id=self.group.id)
        if self.person is not None:
            return Receiver(person_id=self.person.id)
        if self.inbound is None:
            raise LookupError(f"{self.cause}: nobody to reply to")
        place = self.inbound
        return Receiver(address={"platform": place.platform, "app": place.app, "user": place.sender, "group": ""})

    async def send_file(self, name: str, mime: str, sha256: str, *, picture: bool = False) -> None:
        """Answers with a kept attachment as a file or a picture."""
        payload = {"name": name, "mime": mime, "sha256": sha256, "picture": picture}
        await outbox.enqueue(self.tx, Push(to=self._speaker(), kind="file", payload=payload, urgent=True), self.now)

    # Cards already on somebody's phone

    async def redraw(self, card: CardSent, new: Card, *, close: bool = False) -> None:
        """A new state for a sent card. `close`: nothing on it works any more."""
        self.drawn.add(card.key)
        token = self.inbound.press.reply_token if self.inbound and self.inbound.press and self.card is card else ""
        body = new.model_dump(mode="json")
        change = await outbox.redraw(self.tx, card, body, self.now, reply_token=token, close=close)
        if change is not None:
            self.changes.append(change)
            if change.receiver in self.told:
                outbox.told_anyway(change)

    async def redraw_thread(self, thread: str, draw: Callable[[Person | None], Card], *, close: bool = False) -> None:
        """Redraws every live card about one thing, for the person who holds it."""
        for card in await outbox.cards_about(self.tx, thread):
            holder = await people.person(self.tx, card.person_id) if card.person_id else None
            await self.redraw(card, draw(holder), close=close)

    # Facts

    async def event(
        self,
        kind: str,
        subject: tuple[str, int | None],
        payload: dict[str, Any] | None = None,
        *,
        by: Person | None = None,
    ) -> Event:
        """Appends a domain event and lets whoever listens act on it, in this transaction."""
        person = by or self.person
        row = events.event(
            kind, subject, at=self.now, person_id=person.id if person else None, payload=payload, cause=self.cause
        )
        await events.append(self.tx, row)
        for handler in self.services.routes.events.get(kind, ()):
            await handler(self, row)
        return row

    async def alarm(self, alarm: Alarm) -> bool:
        return await deadlines.arm(self.tx, alarm)

    @property
    def calendar(self) -> BusinessCalendar:
        """The company's working time."""
        return self.catalogue.calendar

    async def calendar_of(self, person: Person) -> BusinessCalendar:
        """The company's working time less the person's leave."""
        since = (self.now - timedelta(days=60)).astimezone(self.calendar.zone).date()
        away = [(leave.first, leave.last) for leave in await people.leaves(self.tx, person.id, since)]
        return self.calendar.without(away) if away else self.calendar

    def moment(self, at: datetime) -> str:
        """A moment as a person says it: 今天 15:39."""
        return moment(at, self.now, self.calendar.zone)

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.calendar.zone)

    def acting(self, person: Person) -> Context:
        """The same handling on behalf of somebody, e.g. a scheduled job going through people."""
        return replace(self, person=person)


def _held(words: str | Card, since: str) -> str | Card:
    note = f"（{since} 的消息，安静时段里先留着）"
    if isinstance(words, Card):
        return words.model_copy(update={"lead": f"{words.lead}\n{note}".strip()})
    return f"{words}\n{note}"


def names(people_: Sequence[Person]) -> str:
    """李雷、王芳"""
    return "、".join(person.name for person in people_)
