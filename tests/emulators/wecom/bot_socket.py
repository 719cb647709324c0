"""The server end of the aibot long connection (reference §7.4, §7.6)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import WSMsgType, web

from tests.emulators.wecom.card_rules import CardRefused, check_card
from tests.emulators.wecom.state import Bot, CardCopy, Media, Seen, Tenant, Window

Json = dict[str, Any]

SILENCE = timedelta(seconds=90)
TORN = timedelta(seconds=10)
REPLY = timedelta(seconds=5)
REPLY_LIFE = timedelta(hours=24)
STREAM_LIFE = timedelta(minutes=6)
UPLOAD_LIFE = timedelta(minutes=30)
WORDS_BYTES = 20480
CHUNK_BYTES = 512 * 1024


class Refusal(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(slots=True)
class Pushed:
    """A callback that may be answered: what it was, when, where, and for a press which card."""

    kind: str
    at: datetime
    chat: str
    card: CardCopy | None = None


@dataclass(slots=True)
class Upload:
    """A file on its way up in pieces."""

    about: Json
    until: datetime
    chunks: dict[int, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class SocketFaults:
    """Ways the connection goes bad."""

    drop_acks: int = 0
    """So many requests are carried out and not acknowledged."""
    slow_acks: timedelta = timedelta(0)
    """Requests are carried out at once and acknowledged so much later."""
    no_pong: bool = False
    refuse_subscribe: int = 0
    """Errcode of the next subscriptions; 0: accepted as usual."""
    hang_up: bool = False
    """A refused subscription also ends the connection."""
    lost_subscription: bool = False
    """Everything answers 846609 while the connection stays open."""
    errors: list[int] = field(default_factory=list)
    """Errcodes for the next pushes and replies."""


class BotSockets:
    """All robots' connections of one enterprise; one living connection per robot."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self.faults = SocketFaults()
        self.connections: dict[str, web.WebSocketResponse] = {}
        self.pushed: dict[str, Pushed] = {}
        self.talked: set[tuple[str, str]] = set()
        self.frames: list[Json] = []
        """Every frame a client sent, for tests that compare."""
        self.subscriptions = 0
        self._heard: dict[str, datetime] = {}
        self._streams: dict[tuple[str, str], tuple[Seen, datetime]] = {}
        self._pace = Window(tenant.clock, (30, timedelta(minutes=1)), (1000, timedelta(hours=1)))
        self._upload_pace = Window(tenant.clock, (30, timedelta(minutes=1)), (1000, timedelta(hours=1)))
        self._uploads: dict[str, Upload] = {}
        self._subscribed = asyncio.Event()
        self.repeats = False
        """Whether what went out shortly before a connection was torn comes again on the next one, under the same msgid.
        The reference knows of no acknowledgement here and of no repeats; users report duplicates."""
        self._unheard: list[tuple[web.WebSocketResponse, str, Json, Pushed]] = []

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=4 * 1024 * 1024)
        await socket.prepare(request)
        bot = ""
        watch = asyncio.ensure_future(self._close_silent(socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    bot = await self._frame(socket, json.loads(message.data), bot)
        finally:
            watch.cancel()
            if self.connections.get(bot) is socket:
                del self.connections[bot]
                self._subscribed.clear()
        return socket

    async def connected(self) -> None:
        """Waits for a robot to subscribe."""
        await self._subscribed.wait()

    async def push(self, bot: Bot, cmd: str, body: Json, pushed: Pushed) -> str:
        """Sends a callback to the robot and returns its req_id. Raises AssertionError without a connection."""
        socket = self.connections.get(bot.id)
        assert socket is not None, f"robot {bot.id} is not connected"
        self._unheard = [one for one in self._unheard if self._tenant.clock.now() - one[3].at < TORN]
        self._unheard.append((socket, cmd, body, pushed))
        return await self._push(socket, cmd, body, pushed)

    async def _push(self, socket: web.WebSocketResponse, cmd: str, body: Json, pushed: Pushed) -> str:
        req_id = self._tenant.number("req_")
        self.pushed[req_id] = pushed
        await socket.send_str(json.dumps({"cmd": cmd, "headers": {"req_id": req_id}, "body": body}, ensure_ascii=False))
        return req_id

    async def kill(self, code: int = 1006) -> None:
        """Ends all connections; 1006 tears them without a word."""
        self._subscribed.clear()
        for socket in list(self.connections.values()):
            if code == 1006:
                transport = socket._req.transport if socket._req is not None else None
                if transport is not None:
                    transport.abort()
            else:
                await socket.close(code=code)

    async def _frame(self, socket: web.WebSocketResponse, frame: Json, bot: str) -> str:
        self.frames.append(frame)
        cmd, headers, body = frame.get("cmd"), frame.get("headers") or {}, frame.get("body") or {}
        self._heard[str(id(socket))] = self._tenant.clock.now()
        if cmd == "ping" and self.faults.no_pong:
            return bot
        answer: Json = {"headers": headers, "errcode": 0, "errmsg": "ok"}
        try:
            if cmd == "aibot_subscribe" and bot:
                raise Refusal(45009, "already subscribed: subscriptions are rate-protected")
            if cmd == "aibot_subscribe":
                bot = await self._subscribe(socket, body)
            elif not bot or self.faults.lost_subscription:
                raise Refusal(846609, "aibot websocket not subscribed")
            elif cmd != "ping":
                made = await self._work(str(cmd), str(headers.get("req_id", "")), body, self._tenant.bots[bot])
                answer |= {"body": made} if made else {}
        except Refusal as refusal:
            answer |= {"errcode": refusal.code, "errmsg": refusal.message}
        await self._answer(socket, str(cmd), answer)
        if cmd == "aibot_subscribe" and answer["errcode"] == 0:
            self._subscribed.set()
            await self._repeat(socket)
        elif cmd == "aibot_subscribe" and self.faults.hang_up:
            await socket.close()
        return bot

    async def _answer(self, socket: web.WebSocketResponse, cmd: str, answer: Json) -> None:
        """The acknowledgement, unless a fault has it that it is lost or late."""
        if cmd not in ("aibot_subscribe", "ping"):
            if self.faults.drop_acks > 0:
                self.faults.drop_acks -= 1
                return
            if self.faults.slow_acks:
                await self._tenant.clock.sleep(self.faults.slow_acks)
        if not socket.closed:
            await socket.send_str(json.dumps(answer))

    async def _repeat(self, socket: web.WebSocketResponse) -> None:
        """Pushes again what a torn connection may not have delivered."""
        torn = [one for one in self._unheard if one[0].closed and one[0].close_code in (None, 1006)]
        self._unheard = [one for one in self._unheard if one not in torn]
        for _, cmd, body, pushed in torn if self.repeats else ():
            self._unheard.append((socket, cmd, body, pushed))
            await self._push(socket, cmd, body, pushed)

    async def _subscribe(self, socket: web.WebSocketResponse, body: Json) -> str:
        bot = self._tenant.bots.get(str(body.get("bot_id", "")))
        if self.faults.refuse_subscribe:
            raise Refusal(self.faults.refuse_subscribe, "made to fail")
        if bot is None or bot.secret != body.get("secret"):
            raise Refusal(40001, "invalid bot_id or secret")
        before = self.connections.get(bot.id)
        self.connections[bot.id] = socket
        self.subscriptions += 1
        self.faults.lost_subscription = False
        if before is not None and before is not socket and not before.closed:
            await self._kick(before, bot)
        return bot.id

    async def _kick(self, socket: web.WebSocketResponse, bot: Bot) -> None:
        event = {
            "msgid": self._tenant.number("m"),
            "create_time": int(self._tenant.clock.now().timestamp()),
            "aibotid": bot.id,
        }
        event |= {"msgtype": "event", "event": {"eventtype": "disconnected_event"}}
        await socket.send_str(
            json.dumps(
                {"cmd": "aibot_event_callback", "headers": {"req_id": self._tenant.number("req_")}, "body": event}
            )
        )
        await socket.close()

    async def _work(self, cmd: str, req_id: str, body: Json, bot: Bot) -> Json | None:
        match cmd:
            case "aibot_send_msg":
                chat = str(body.get("chatid", ""))
                if (bot.id, chat) not in self.talked:
                    raise Refusal(93006, "invalid chatid: nobody has spoken to the bot there")
                self._show(bot, chat, body, {"markdown", "template_card", "file", "image", "voice", "video"})
            case "aibot_respond_msg":
                pushed = self._answerable(req_id, "aibot_msg_callback", REPLY_LIFE)
                if body.get("msgtype") == "stream":
                    self._stream(bot, req_id, pushed, body["stream"])
                else:
                    self._show(bot, pushed.chat, body, {"markdown", "template_card", "file", "image", "voice", "video"})
            case "aibot_respond_welcome_msg":
                pushed = self._answerable(req_id, "enter_chat", REPLY)
                self._show(bot, pushed.chat, body, {"text", "template_card"})
            case "aibot_respond_update_msg":
                self._update(self._answerable(req_id, "template_card_event", REPLY), body)
            case _ if cmd.startswith("aibot_upload_media_"):
                return self._upload(cmd.removeprefix("aibot_upload_media_"), body)
            case _:
                raise Refusal(40035, f"unknown cmd {cmd}")
        return None

    def _answerable(self, req_id: str, kind: str, life: timedelta) -> Pushed:
        pushed = self.pushed.get(req_id)
        if pushed is None or pushed.kind != kind:
            raise Refusal(846605, "invalid req_id")
        if self._tenant.clock.now() - pushed.at > life:
            raise Refusal(846605, "req_id is expired")
        return pushed

    def _fail_if_told(self) -> None:
        if self.faults.errors:
            raise Refusal(self.faults.errors.pop(0), "made to fail")

    def _show(self, bot: Bot, chat: str, body: Json, kinds: set[str]) -> None:
        self._fail_if_told()
        kind = str(body.get("msgtype"))
        if kind not in kinds:
            raise Refusal(40008, "invalid message type")
        if not self._pace.admits(f"{bot.id}/{chat}"):
            raise Refusal(45009, "api freq out of limit")
        show(self._tenant, bot, chat, kind, body)

    def _stream(self, bot: Bot, req_id: str, pushed: Pushed, stream: Json) -> None:
        key, now = (req_id, str(stream["id"])), self._tenant.clock.now()
        if len(str(stream.get("content", "")).encode()) > WORDS_BYTES:
            raise Refusal(40058, "stream content is too long")
        if key in self._streams:
            seen, until = self._streams[key]
            if now > until or seen.kind == "stream finished":
                raise Refusal(846608, "stream update is expired")
        else:
            seen = show(self._tenant, bot, pushed.chat, "stream", {"stream": {"content": ""}})
            self._streams[key] = (seen, now + STREAM_LIFE)
        seen.body = {"content": stream.get("content", "")}
        seen.kind = "stream finished" if stream.get("finish") else "stream"

    def _update(self, pushed: Pushed, body: Json) -> None:
        self._fail_if_told()
        template = body.get("template_card") or {}
        _checked(template, update=True)
        assert pushed.card is not None
        if (
            body.get("response_type") != "update_template_card"
            or template.get("task_id", pushed.card.task) != pushed.card.task
        ):
            raise Refusal(42014, "task_id must be the event's")
        replace(self._tenant, pushed.card, template, body.get("userids"))

    def _upload(self, step: str, body: Json) -> Json | None:
        now = self._tenant.clock.now()
        if step == "init":
            if not self._upload_pace.admits("uploads"):
                raise Refusal(45009, "api freq out of limit")
            if body["total_chunks"] > 100 or body["total_chunks"] != max(
                1, math.ceil(body["total_size"] / CHUNK_BYTES)
            ):
                raise Refusal(40058, "total_chunks does not fit")
            upload = self._tenant.number("UP")
            self._uploads[upload] = Upload(body, now + UPLOAD_LIFE)
            return {"upload_id": upload}
        begun = self._uploads.get(str(body.get("upload_id")))
        if begun is None or now >= begun.until:
            raise Refusal(40058, "upload_id unknown or expired")
        about, chunks = begun.about, begun.chunks
        if step == "chunk":
            content = base64.b64decode(body["base64_data"])
            if len(content) > CHUNK_BYTES or not 0 <= body["chunk_index"] < about["total_chunks"]:
                raise Refusal(40058, "chunk too big or out of range")
            chunks[body["chunk_index"]] = content
            return None
        whole = b"".join(chunks[index] for index in sorted(chunks))
        if len(whole) != about["total_size"] or hashlib.md5(whole).hexdigest() != about["md5"]:
            raise Refusal(40058, "size or md5 differ")
        media = self._tenant.keep(whole, str(about["filename"]), str(about["type"]))
        return {"type": about["type"], "media_id": media, "created_at": str(int(now.timestamp()))}

    async def _close_silent(self, socket: web.WebSocketResponse) -> None:
        """Without a frame for ninety seconds the connection is closed."""
        key = str(id(socket))
        self._heard[key] = self._tenant.clock.now()
        while self._tenant.clock.now() - self._heard[key] < SILENCE:
            await self._tenant.clock.sleep(self._heard[key] + SILENCE - self._tenant.clock.now())
        await socket.close()


def show(tenant: Tenant, bot: Bot, chat: str, kind: str, body: Json) -> Seen:
    """Puts a robot's message into a person's or group's chat. Raises Refusal for bad cards, media and lengths."""
    group = chat if chat in tenant.groups else ""
    seen = Seen(chat, kind, tenant.number("BOT"), tenant.clock.now(), group=group)
    payload = body.get(kind) or {}
    if kind == "template_card":
        _checked(payload)
        task = str(payload.get("task_id", ""))
        if task and (bot.id, task) in tenant.tasks:
            raise Refusal(42014, "task_id is used")
        seen.card = CardCopy(task, "aibot", payload)
        if task:
            tenant.tasks[bot.id, task] = seen.card
    elif kind in ("markdown", "text", "stream"):
        if len(str(payload.get("content", "")).encode()) > WORDS_BYTES:
            raise Refusal(40058, "content is too long")
        seen.body = {"content": payload.get("content", "")}
    else:
        media = tenant.media.get(str(payload.get("media_id", "")))
        if media is None or media.until < tenant.clock.now():
            raise Refusal(40007, "invalid media_id")
        _attach(seen, media)
    tenant.inbox[f"group:{group}" if group else chat.lower()].append(seen)
    return seen


def replace(tenant: Tenant, card: CardCopy, template: Json, users: Any) -> None:
    """A new whole card; without `users` for everybody who holds it."""
    for seen in (one for inbox in tenant.inbox.values() for one in inbox):
        if seen.card is card and (not users or seen.user in users):
            card.copies[seen.user] = template
    card.edits += 1


def _attach(seen: Seen, media: Media) -> None:
    seen.media, seen.name = media.content, media.name


def _checked(template: Any, *, update: bool = False) -> None:
    try:
        check_card(template, "aibot", update=update)
    except CardRefused as error:
        raise Refusal(error.code, error.message) from error
