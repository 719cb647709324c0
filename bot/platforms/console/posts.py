"""What the page may ask to be done: say something, press a button, upload for a card, read, move the demo's clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, cast

import structlog
from aiohttp import web

from bot.clock import Clock
from bot.platforms.base import Inbound, Media, Sink
from bot.platforms.console.answers import Problem, answer
from bot.platforms.console.hub import Event, Hub
from bot.platforms.console.identity import Identity
from bot.platforms.console.inbound import MENTION, entered, inbound_of, position_of
from bot.platforms.console.ports import Attachments, ConsolePerson, TimeMachine
from bot.platforms.console.presses import checked_action, checked_answers, picked_attachments
from bot.platforms.console.reading import Upload, json_body, text_of, upload_body
from bot.platforms.console.settings import ConsoleSettings
from bot.platforms.console.view import View
from bot.platforms.media import as_media
from storage import console
from storage.console import PRESS, UPLOAD, NewMessage
from storage.database import Database
from storage.tables import ConsoleMessage

log = structlog.get_logger(__name__)

CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
LONGEST_TEXT = 8_000
LONGEST_SECONDS = 4 * 3600.0


@dataclass(frozen=True, slots=True)
class Posts:
    """The writing half of the page's API. A POST is answered 200 only after the sink has made it durable."""

    settings: ConsoleSettings
    db: Database
    clock: Clock
    attachments: Attachments
    identity: Identity
    view: View
    hub: Hub
    time_machine: TimeMachine | None
    sink: Sink

    async def message(self, request: web.Request) -> web.StreamResponse:
        """POST /console/api/messages: {id, conversation, text | position}, or a form with a file and its kind."""
        person = await self.identity.author(request)
        if request.content_type == "multipart/form-data":
            return await self._file(person, await upload_body(request, self.settings.file_bytes))
        body = await json_body(request, self.settings.json_bytes)
        if "position" in body:
            return await self._say(person, body, "position", {"position": position_of(body["position"])})
        text = text_of(body, "text", longest=LONGEST_TEXT).strip()
        return await self._say(person, body, "text", {"text": text})

    async def press(self, request: web.Request) -> web.StreamResponse:
        """POST /console/api/presses: {id, message, action, answers}."""
        person = await self.identity.author(request)
        body = await json_body(request, self.settings.json_bytes)
        key = _key(person, body)
        async with self.db.read() as tx:
            card = await console.by_id(tx, body["message"]) if isinstance(body.get("message"), int) else None
            before = await console.by_key(tx, key)
        if card is None or card.kind != "card":
            raise Problem(404, "no_card", "没有这张卡片，或者你看不到它。")
        title = await self.identity.must_see(person, card.conversation)
        if before is None:
            before = await self._keep_press(person, card, key, body)
        await self._hand_over(before, title)
        return answer({"ok": True})

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """POST /console/api/uploads: a photo or file for a card; gives the key that the press then carries."""
        person = await self.identity.author(request)
        upload = await upload_body(request, self.settings.file_bytes)
        media = self._checked(upload, ("photo", "file"))
        sha256 = await self.attachments.put(media.content, name=media.name, mime=media.mime)
        body = {"sha256": sha256, "name": media.name, "mime": media.mime, "size": len(media.content)}
        new = NewMessage(console.upload_key(person.user, sha256), f"user:{person.user}", person.user, UPLOAD, body)
        async with self.db.write() as tx:
            await console.add(tx, new, self.clock.now())
        url = self.view.file(person.user, sha256, media.name)
        return answer({"key": sha256, "name": media.name, "size": len(media.content), "url": url})

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """POST /console/api/enter: the person's private chat stands open and empty, so the bot may greet them."""
        person = await self.identity.author(request)
        await self._sink(entered(person.user, self.settings.app, self.clock.now()), f"user:{person.user}")
        return answer({"ok": True})

    async def read(self, request: web.Request) -> web.StreamResponse:
        """POST /console/api/read: {conversation, upto}."""
        person = await self.identity.author(request)
        body = await json_body(request, self.settings.json_bytes)
        conversation = text_of(body, "conversation", longest=200)
        await self.identity.must_see(person, conversation)
        upto = body.get("upto")
        async with self.db.write() as tx:
            last = await console.mark_read(tx, person.user, conversation, upto if isinstance(upto, int) else 0)
            unread = await console.unread(tx, person.user, conversation)
        fields = {"user": person.user, "conversation": conversation, "upto": last, "unread": unread}
        self.hub.publish(Event("read", user=person.user, fields=fields))
        return answer(fields)

    async def move_clock(self, request: web.Request) -> web.StreamResponse:
        """POST /console/api/clock: {to}, in the demo only."""
        await self.identity.author(request)
        body = await json_body(request, self.settings.json_bytes)
        if self.time_machine is None or not self.settings.demo:
            raise Problem(404, "no_clock", "只有演示里的时钟可以拨。")
        try:
            now = await self.time_machine.move(text_of(body, "to", longest=40))
        except ValueError as error:
            raise Problem(400, "clock", "时钟只能往前拨，可选：+1 小时、到 18:00、明早 8:30、周五 17:00。") from error
        self.hub.publish(Event("clock", fields={"now": now.isoformat()}))
        return answer({"now": now.isoformat()})

    async def _say(self, person: ConsolePerson, asked: dict[str, Any], kind: str, body: dict[str, Any]) -> web.Response:
        conversation = text_of(asked, "conversation", longest=200)
        title = await self.identity.must_see(person, conversation)
        new = NewMessage(_key(person, asked), conversation, person.user, kind, {**body, "by": person.name})
        row = await self._keep(new)
        await self._hand_over(row, title)
        return answer({"message": self.view.message(row, person.user)})

    async def _file(self, person: ConsolePerson, upload: Upload) -> web.Response:
        media = self._checked(upload, ("voice", "photo", "file"))
        await self.identity.must_see(person, upload.fields.get("conversation", ""))
        sha256 = await self.attachments.put(media.content, name=media.name, mime=media.mime)
        body = {"sha256": sha256, "name": media.name, "mime": media.mime, "size": len(media.content)}
        seconds = _seconds(upload.fields.get("seconds", ""))
        timed = body if seconds is None else {**body, "seconds": seconds}
        return await self._say(person, dict(upload.fields), upload.fields["kind"], timed)

    def _checked(self, upload: Upload, kinds: tuple[str, ...]) -> Media:
        kind = upload.fields.get("kind")
        if kind not in kinds or upload.content is None:
            raise Problem(400, "multipart", "没有收到文件，请再选一次。")
        sort = cast(Literal["voice", "photo", "file"], kind)
        return as_media(upload.content, kind=sort, name=upload.name, mime=upload.mime, limit=self.settings.file_bytes)

    async def _keep_press(
        self, person: ConsolePerson, card: ConsoleMessage, key: str, body: dict[str, Any]
    ) -> ConsoleMessage:
        answers = checked_answers(card, body.get("answers"))
        async with self.db.read() as tx:
            theirs = await console.uploaded(tx, person.user, picked_attachments(card, answers))
        fields = {
            "card_key": card.body["card_key"],
            "card_message": card.id,
            "action": checked_action(card, body.get("action")),
            "answers": checked_answers(card, answers, attachments=theirs),
        }
        return await self._keep(NewMessage(key, card.conversation, person.user, PRESS, fields))

    async def _keep(self, message: NewMessage) -> ConsoleMessage:
        async with self.db.write() as tx:
            row, new = await console.add(tx, message, self.clock.now())
        if new and row.kind != PRESS:
            self.hub.publish(Event("message", conversation=row.conversation, message=row))
        if new and _expects_answer(row):
            hint = {"busy": True, "text": "正在转写…" if row.kind == "voice" else "", "for": row.author}
            self.hub.publish(Event("hint", conversation=row.conversation, fields=hint))
        return row

    async def _hand_over(self, row: ConsoleMessage, title: str) -> None:
        await self._sink(inbound_of(row, self.settings.app, title), row.conversation)

    async def _sink(self, inbound: Inbound, conversation: str) -> None:
        try:
            await self.sink(inbound)
        except Exception as error:  # whatever kept it from being made durable: the person hears that it was not
            log.exception("console message not accepted", key=inbound.event_key)
            self.hub.publish(Event("hint", conversation=conversation, fields={"busy": False, "text": ""}))
            raise Problem(503, "not_kept", "刚才这条还没有存下来，请点「重试」。") from error


def _key(person: ConsolePerson, body: dict[str, Any]) -> str:
    """The event key: the id the page made for it, so that a repeated POST is one message."""
    client_id = body.get("id")
    if not isinstance(client_id, str) or not CLIENT_ID.fullmatch(client_id):
        raise Problem(400, "id", "缺少消息编号，请刷新页面再试。")
    return f"in:{person.user}:{client_id}"


def _expects_answer(row: ConsoleMessage) -> bool:
    if row.conversation.startswith("user:"):
        return row.kind != PRESS
    return row.kind == "text" and MENTION.search(row.body["text"]) is not None


def _seconds(given: str) -> float | None:
    try:
        seconds = float(given)
    except ValueError:
        return None
    return seconds if 0 < seconds < LONGEST_SECONDS else None
