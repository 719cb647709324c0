"""Delivers to the web chat: a row in its message store, and a word to every open page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.errors import MediaRefused, Permanent
from bot.platforms.base import (
    Address,
    Capabilities,
    CardBody,
    DirectoryPerson,
    FileBody,
    Finding,
    MarkdownBody,
    Media,
    MediaRef,
    Outgoing,
    Receipt,
    TextBody,
    UpdateBody,
)
from bot.platforms.console.hub import Event, Hub
from bot.platforms.console.ports import Attachments, Roster
from bot.platforms.console.settings import ConsoleSettings
from cards.model import Card, InputKind
from storage import console
from storage.console import BOT, NewMessage
from storage.database import Database
from storage.tables import ConsoleMessage

REMEMBERED_ACTIONS = 60
"""Actions of earlier states of a card that a page not yet redrawn may still press."""


class ConsoleClient:
    """The bot's side of the web chat."""

    def __init__(
        self, settings: ConsoleSettings, db: Database, clock: Clock, attachments: Attachments, roster: Roster, hub: Hub
    ) -> None:
        self._settings = settings
        self._db = db
        self._clock = clock
        self._attachments = attachments
        self._roster = roster
        self._hub = hub
        self.capabilities = _capabilities(settings.file_bytes)

    async def send(self, message: Outgoing) -> Receipt:
        """Keeps the message and shows it; the same key twice is one message. An update redraws the card it is for.

        Raises Permanent when there is nobody to send to, or no such card to update.
        """
        if isinstance(message.body, UpdateBody):
            return await self._redraw(message.body)
        kind, body = await self._drawn(message.body)
        new_message = NewMessage(
            f"out:{message.key}", conversation_of(message.to), BOT, kind, {**body, "quiet": message.quiet}
        )
        async with self._db.write() as tx:
            row, new = await console.add(tx, new_message, self._clock.now())
        if new:
            self._hub.publish(Event("message", conversation=row.conversation, message=row))
        return _receipt(row)

    async def fetch(self, media: MediaRef) -> Media:
        try:
            content = await self._attachments.get(media.ref)
        except KeyError as error:
            raise MediaRefused("这个文件已经不在了，请再发一次。") from error
        return Media(content, media.name, media.mime)

    async def people(self) -> AsyncIterator[DirectoryPerson]:
        for person in await self._roster.people():
            departments = (person.team,) if person.team else ()
            yield DirectoryPerson(person.user, person.name, title=person.role_title, departments=departments)

    async def check(self) -> Sequence[Finding]:
        people = await self._roster.people()
        if not people:
            return [Finding("网页聊天", "fail", "还没有任何人可以登录。", "先导入人员名单。")]
        if self._settings.demo:
            return [
                Finding(
                    "网页聊天",
                    "warn",
                    "演示模式：打开页面的人可以扮演任何人。",
                    "正式使用前把 demo 关掉并设置 secret。",
                )
            ]
        return [Finding("网页聊天", "ok", f"{len(people)} 人可以登录。")]

    async def close(self) -> None:
        self._hub.close()

    async def annotate(self, message_id: str, text: str) -> None:
        """Writes under a message, as Annotates says. Raises Permanent when there is no such message."""
        await self._change(message_id, {"note": text})

    async def hint(self, to: Address, text: str) -> None:
        self._hub.publish(Event("hint", conversation=conversation_of(to), fields={"text": text, "busy": bool(text)}))

    async def _redraw(self, body: UpdateBody) -> Receipt:
        details = body.receipt.get("details")
        message_id = body.receipt.get("message_id") or (details or {}).get("message_id", "")
        return _receipt(await self._change(str(message_id), card_body(body.card, body.card_key), keep_actions=True))

    async def _change(self, message_id: str, fields: dict[str, Any], *, keep_actions: bool = False) -> ConsoleMessage:
        if not message_id.isdecimal():
            raise Permanent(f"网页聊天里没有编号为「{message_id}」的消息")
        async with self._db.write() as tx:
            before = await console.by_id(tx, int(message_id), lock=True)
            if before is not None and keep_actions:
                fields = {**fields, "actions": _merged(before.body.get("actions", ()), fields["actions"])}
            row = await console.change(tx, int(message_id), fields, self._clock.now())
        if row is None:
            raise Permanent(f"网页聊天里没有编号为「{message_id}」的消息")
        self._hub.publish(Event("update", conversation=row.conversation, message=row))
        return row

    async def _drawn(self, body: TextBody | MarkdownBody | CardBody | FileBody) -> tuple[str, dict[str, Any]]:
        match body:
            case TextBody(text):
                return "text", {"text": text}
            case MarkdownBody(title, text):
                return "text", {"title": title, "text": text, "markdown": True}
            case CardBody(card, card_key):
                return "card", card_body(card, card_key)
            case FileBody(name, mime, content, picture):
                sha256 = await self._attachments.put(content, name=name, mime=mime)
                kind = "photo" if picture else "file"
                return kind, {"sha256": sha256, "name": name, "mime": mime, "size": len(content)}


def conversation_of(to: Address) -> str:
    """The conversation behind an address. Raises Permanent when it names neither a person nor a group."""
    if to.user:
        return f"user:{to.user}"
    if to.group:
        return f"group:{to.group}"
    raise Permanent("这条消息没有收件人，也没有群")


def card_body(card: Card, card_key: str) -> dict[str, Any]:
    """A card as its message keeps it: the drawing, our key, and the actions that may be pressed."""
    actions = [dict(button.action) for button in card.buttons if button.action is not None]
    return {"card": card.model_dump(mode="json"), "card_key": card_key, "actions": actions}


def _merged(earlier: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [*(action for action in earlier if action not in now), *now][-REMEMBERED_ACTIONS:]


def _receipt(row: ConsoleMessage) -> Receipt:
    return Receipt(str(row.id), {"message_id": str(row.id), "conversation": row.conversation})


def _capabilities(file_bytes: int) -> Capabilities:
    return Capabilities(
        inputs=frozenset(kind.value for kind in InputKind),
        max_inputs=50,
        max_options=500,
        max_buttons=20,
        card_bytes=512 * 1024,
        text_bytes=64 * 1024,
        update_within=timedelta(days=36_500),
        group_cards=True,
        group_presses=True,
        files=True,
        file_bytes=file_bytes,
        remembers=True,
    )
