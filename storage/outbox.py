"""Pushes to deliver, and the cards that live on people's phones."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import CardSent, Outbox


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom a push is for: a person, a group, or an address of a platform (somebody not yet known)."""

    person_id: int | None = None
    group_id: int | None = None
    address: dict[str, Any] | None = None

    @property
    def key(self) -> str:
        if self.person_id is not None:
            return f"person:{self.person_id}"
        if self.group_id is not None:
            return f"group:{self.group_id}"
        place = self.address or {}
        return "address:" + ":".join(str(place.get(part, "")) for part in ("platform", "app", "user", "group"))


@dataclass(frozen=True, slots=True)
class Push:
    """A push as the deciding transaction writes it."""

    to: Receiver
    kind: str
    payload: dict[str, Any]
    key: str = ""
    thread: str = ""
    why: dict[str, Any] = field(default_factory=dict)
    urgent: bool = False
    not_before: datetime | None = None


async def enqueue(tx: AsyncSession, push: Push, now: datetime) -> Outbox | None:
    """Writes a push. None: one with the same key is there already."""
    key = push.key or secrets.token_hex(16)
    if push.key and (await tx.scalars(select(Outbox.id).where(Outbox.key == key))).first() is not None:
        return None
    row = Outbox(
        key=key,
        receiver=push.to.key,
        person_id=push.to.person_id,
        group_id=push.to.group_id,
        address=push.to.address,
        kind=push.kind,
        payload=push.payload,
        thread=push.thread,
        why=push.why,
        urgent=push.urgent,
        created_at=now,
        not_before=push.not_before or now,
    )
    tx.add(row)
    await tx.flush()
    return row


async def enqueue_card(
    tx: AsyncSession, push: Push, now: datetime, *, form: str = "", form_version: int = 0
) -> CardSent | None:
    """Writes a card push (payload is the card's JSON) and the card's own row. None: the key is there already."""
    card_key = secrets.token_urlsafe(15)
    addressed = Push(
        to=push.to,
        kind="card",
        payload={"card": push.payload, "card_key": card_key},
        key=push.key,
        thread=push.thread,
        why=push.why,
        urgent=push.urgent,
        not_before=push.not_before,
    )
    row = await enqueue(tx, addressed, now)
    if row is None:
        return None
    card = CardSent(
        key=card_key,
        outbox_id=row.id,
        receiver=row.receiver,
        person_id=push.to.person_id,
        thread=push.thread,
        card=push.payload,
        form=form,
        form_version=form_version,
        sent_at=now,
    )
    tx.add(card)
    await tx.flush()
    return card


async def redraw(
    tx: AsyncSession, card: CardSent, body: dict[str, Any], now: datetime, *, reply_token: str = "", close: bool = False
) -> Outbox | None:
    """A new state for a card: rewrites it where it still waits, otherwise queues an update (one at a time per card)
    and gives it."""
    card.card = body
    if close:
        card.state = "closed"
    first = await tx.get_one(Outbox, card.outbox_id)
    if first.state == "pending" and first.attempts == 0 and first.begun_at is None:
        first.payload = dict(first.payload, card=body)
        return None
    for older in await _changes_waiting(tx, card):
        older.state = "superseded"
    payload = {"card": body, "card_key": card.key, "reply_token": reply_token}
    to = Receiver(person_id=first.person_id, group_id=first.group_id, address=first.address)
    push = Push(to=to, kind="update", payload=payload, thread=f"card:{card.key}", why=first.why, urgent=True)
    return await enqueue(tx, push, now)


def told_anyway(change: Outbox) -> None:
    """Whoever holds the card hears of it in a message of its own: where the card cannot change, nothing is missed."""
    change.payload = dict(change.payload, told=True)


async def _changes_waiting(tx: AsyncSession, card: CardSent) -> list[Outbox]:
    waiting = select(Outbox).where(
        Outbox.receiver == card.receiver,
        Outbox.state == "pending",
        Outbox.kind == "update",
        Outbox.thread == f"card:{card.key}",
    )
    return list((await tx.scalars(waiting)).all())


async def cards_about(tx: AsyncSession, thread: str) -> list[CardSent]:
    """Live cards about one thing, newest first."""
    query = select(CardSent).where(CardSent.thread == thread, CardSent.state == "live")
    return list((await tx.scalars(query.order_by(CardSent.outbox_id.desc()))).all())


async def card(tx: AsyncSession, key: str) -> CardSent | None:
    return await tx.get(CardSent, key)


async def ready(
    tx: AsyncSession, now: datetime, limit: int = 200, *, but: Collection[int] = (), idle: Collection[str] = ()
) -> list[Outbox]:
    """Pushes due now, the oldest of each receiver only, so that each receiver gets them in order; urgent ones first.

    Without those numbered in `but`, and none to the receivers in `idle`.
    """
    heads = (
        select(func.min(Outbox.id))
        .where(Outbox.state == "pending", (Outbox.not_before <= now) | (Outbox.attempts > 0))
        .group_by(Outbox.receiver)
    )
    query = select(Outbox).where(
        Outbox.id.in_(heads), Outbox.not_before <= now, Outbox.id.not_in(but), Outbox.receiver.not_in(idle)
    )
    query = query.order_by(Outbox.urgent.desc(), Outbox.id).limit(limit)
    return list((await tx.scalars(query)).all())


@dataclass(frozen=True, slots=True)
class Gone:
    """A push that reached its platform: where to, when, and how many messages it was there."""

    to: dict[str, Any]
    at: datetime
    kind: str
    thread: str
    messages: int


async def sent_since(tx: AsyncSession, since: datetime) -> list[Gone]:
    """What was sent since then, oldest first."""
    columns = (Outbox.sent_to, Outbox.sent_at, Outbox.kind, Outbox.thread, Outbox.receipt)
    query = select(*columns).where(Outbox.state == "sent", Outbox.sent_at > since, Outbox.sent_to.is_not(None))
    return [
        Gone(to or {}, at or since, kind, thread, _messages((receipt or {}).get("details") or {}))
        for to, at, kind, thread, receipt in (await tx.execute(query.order_by(Outbox.sent_at))).all()
    ]


def _messages(details: dict[str, Any]) -> int:
    """How many messages a push was. Earlier releases kept their ids under this name for some."""
    messages = details.get("messages") or 1
    return len(messages) if isinstance(messages, list) else int(messages)


async def next_due(tx: AsyncSession, now: datetime) -> datetime | None:
    """The next moment after now at which a push may leave. What is due but waits behind a retry leaves after that."""
    query = select(func.min(Outbox.not_before)).where(Outbox.state == "pending", Outbox.not_before > now)
    return (await tx.scalars(query)).one()


async def begin(tx: AsyncSession, outbox_ids: Sequence[int], now: datetime) -> None:
    """Notes that attempts are under way, before they are made; those begun earlier keep their first moment."""
    waiting = update(Outbox).where(Outbox.id.in_(outbox_ids), Outbox.begun_at.is_(None))
    await tx.execute(waiting.values(begun_at=now))


async def note(tx: AsyncSession, outbox_id: int, name: str, value: str, now: datetime) -> None:
    """Keeps what a repeat has to know. What was under way is settled by it; what follows begins now."""
    row = await tx.get_one(Outbox, outbox_id)
    row.notes, row.begun_at = {**(row.notes or {}), name: value}, now


async def sent(tx: AsyncSession, outbox_id: int, *, receipt: dict[str, Any], to: dict[str, Any], now: datetime) -> None:
    done = update(Outbox).where(Outbox.id == outbox_id)
    await tx.execute(done.values(state="sent", receipt=receipt, sent_to=to, sent_at=now, error=""))


async def postponed(tx: AsyncSession, outbox_id: int, *, error: str, until: datetime, refused: bool = False) -> None:
    """To be tried again. `refused`: this attempt certainly did not arrive, and no earlier one is in doubt."""
    row = await tx.get_one(Outbox, outbox_id)
    if row.state == "pending":  # not if the process that followed a lapsed one has sent it meanwhile
        row.attempts += 1
        row.error, row.not_before = error[:2000], until
        row.begun_at = None if refused else row.begun_at


async def gave_up(tx: AsyncSession, outbox_id: int, *, error: str, refused: bool = False) -> None:
    row = await tx.get_one(Outbox, outbox_id)
    if row.state == "pending":
        row.attempts += 1
        row.state, row.error = "failed", error[:2000]
        row.begun_at = None if refused else row.begun_at


async def dropped(tx: AsyncSession, outbox_id: int, *, error: str) -> None:
    """Something newer says it better, or nobody needs it any more."""
    row = await tx.get_one(Outbox, outbox_id)
    row.state, row.error = "superseded", error[:2000]


async def has_newer(tx: AsyncSession, card: CardSent) -> bool:
    """Whether the receiver has a newer card about the same thing."""
    if not card.thread:
        return False
    newer = select(CardSent.key).where(
        CardSent.thread == card.thread, CardSent.receiver == card.receiver, CardSent.outbox_id > card.outbox_id
    )
    return (await tx.scalars(newer)).first() is not None


async def send_again(tx: AsyncSession, card: CardSent, update_row: Outbox, now: datetime) -> None:
    """The same card as a new message in its present state; `update_row` is the change that could not be made, or of
    which it is not known whether it was: then the message says so."""
    payload: dict[str, Any] = {"card": card.card, "card_key": card.key}
    if update_row.begun_at is not None:
        payload["again"] = True
    row = await enqueue(tx, _again(card, update_row, payload), now)
    if row is not None:
        card.outbox_id = row.id


async def say_again(tx: AsyncSession, card: CardSent, update_row: Outbox, now: datetime) -> None:
    """As `send_again` under a key of its own: the old words stay on the screen, and their codes must not mean the new
    card's buttons."""
    fresh = await enqueue_card(
        tx, _again(card, update_row, card.card), now, form=card.form, form_version=card.form_version
    )
    if fresh is not None:
        fresh.state = card.state
    card.state = "closed"


def _again(card: CardSent, update_row: Outbox, payload: dict[str, Any]) -> Push:
    to = Receiver(update_row.person_id, update_row.group_id, update_row.address)
    return Push(to=to, kind="card", payload=payload, thread=card.thread, why=update_row.why, urgent=True)


async def retry_failed(tx: AsyncSession, now: datetime) -> int:
    """Puts every failed push back in line; gives how many."""
    again = update(Outbox).where(Outbox.state == "failed").values(state="pending", attempts=0, not_before=now)
    return int((await tx.execute(again)).rowcount)  # type: ignore[attr-defined]  # CursorResult for DML


async def shown(tx: AsyncSession, card: CardSent) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The card's state that was delivered last, which a press on it means, and the names of inputs not on it there."""
    first = await tx.get_one(Outbox, card.outbox_id)
    details = (first.receipt or {}).get("details") or {}
    return first.payload["card"], tuple(details.get("left_out") or ())


async def updated(tx: AsyncSession, card_key: str, body: dict[str, Any], receipt: dict[str, Any]) -> None:
    """A card was changed on the screen: what stands there now, and what the next change needs."""
    row = await tx.get(CardSent, card_key)
    first = await tx.get(Outbox, row.outbox_id) if row else None
    if first is not None:
        first.payload, first.receipt = dict(first.payload, card=body), receipt


async def catch_up(tx: AsyncSession, card_key: str, sent_body: dict[str, Any], now: datetime) -> None:
    """A card that was redrawn while it was on its way: what went out is what stands there, and the change follows."""
    card = await tx.get(CardSent, card_key)
    if card is None or card.card == sent_body:
        return
    first = await tx.get_one(Outbox, card.outbox_id, populate_existing=True)
    first.payload = dict(first.payload, card=sent_body)
    if any(change.payload["card"] == card.card for change in await _changes_waiting(tx, card)):
        return  # it waits already, with what the platform wants for it
    await redraw(tx, card, card.card, now)


async def receipt_of(tx: AsyncSession, card_key: str) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """What the platform gave when the card was sent, and the address it went to."""
    row = await tx.get(CardSent, card_key)
    first = await tx.get(Outbox, row.outbox_id) if row else None
    return (first.receipt, first.sent_to) if first else (None, None)


async def last_push(tx: AsyncSession, person_id: int) -> Outbox | None:
    """The newest push to a person that has a reason to tell (/why)."""
    query = (
        select(Outbox)
        .where(Outbox.person_id == person_id, Outbox.kind != "update")
        .order_by(Outbox.id.desc())
        .limit(50)
    )
    for row in (await tx.scalars(query)).all():
        if row.why:
            return row
    return None


async def counts(tx: AsyncSession) -> dict[str, int]:
    rows = await tx.execute(select(Outbox.state, func.count()).group_by(Outbox.state))
    return dict(rows.all())
