"""The emulated Feishu as one server with a small interface for tests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Self

from aiohttp import web
from pydantic import SecretStr

from bot.clock import Clock
from bot.platforms.feishu.settings import FeishuSettings
from tests.emulators.feishu.actor import Pressed, press
from tests.emulators.feishu.answers import in_envelope
from tests.emulators.feishu.auth import Auth
from tests.emulators.feishu.contacts import Contacts
from tests.emulators.feishu.delivery import Delivery, Outcome
from tests.emulators.feishu.media import Media
from tests.emulators.feishu.messages import Messages
from tests.emulators.feishu.oauth import OAuth
from tests.emulators.feishu.page import FeishuPhone
from tests.emulators.feishu.seen import Seen, see
from tests.emulators.feishu.stream import Stream
from tests.emulators.feishu.webhook import Webhook
from tests.emulators.feishu.world import (
    Blob,
    Chat,
    Department,
    Fault,
    Message,
    Person,
    World,
)
from tests.emulators.phone.routes import page_routes


class FeishuEmulator:
    """`async with FeishuEmulator(clock) as feishu:` serves on `feishu.url`. Events leave by long connection unless
    `feishu.world.app.callback_url` is set."""

    def __init__(self, clock: Clock, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.world = World(clock)
        self.auth = Auth(self.world)
        self.oauth = OAuth(self.world)
        self.webhook = Webhook(self.world)
        self.stream = Stream(self.world)
        self.delivery = Delivery(self.world, self._carry)
        self.url = ""
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None

    # Life

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[in_envelope, self.auth.guard], client_max_size=64 * 1024 * 1024)
        parts = (
            self.auth,
            self.oauth,
            self.stream,
            Messages(self.world, self.auth),
            Media(self.world),
            Contacts(self.world),
        )
        for part in parts:
            app.add_routes(part.routes())
        app.add_routes(page_routes(FeishuPhone(self)))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self.url = f"http://{self._host}:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.delivery.close()
        await self.webhook.close()
        await self.stream.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # The tenant

    def settings(self, **changes: Any) -> FeishuSettings:
        """What an admin would configure for this app: webhook and long connection both on."""
        app = self.world.app
        fields: dict[str, Any] = {
            "app_id": app.app_id,
            "app_secret": SecretStr(app.secret),
            "encrypt_key": SecretStr(app.encrypt_key),
            "verification_token": SecretStr(app.verification_token),
            "webhook": True,
            "base_url": self.url,
            "accounts_url": self.url,
        }
        return FeishuSettings(**{**fields, **changes})

    def person(self, name: str, *, superior: str = "", department: str = "", open_id: str = "", **more: Any) -> str:
        """A new person; gives the open_id."""
        person = Person(open_id or self.world.new("ou_"), name, superior, department, **more)
        self.world.people[person.open_id] = person
        return person.open_id

    def department(self, name: str, parent: str = "0") -> str:
        department = Department(self.world.new("od-"), name, parent)
        self.world.departments[department.id] = department
        return department.id

    async def group(self, title: str, members: Iterable[str], *, by: str = "") -> str:
        """A group with the bot in it; the bot is told."""
        chat = Chat(self.world.new("oc_"), "group", list(members), title)
        self.world.chats[chat.id] = chat
        await self._bot_in_group("added", chat, by or chat.members[0])
        return chat.id

    async def removes_bot(self, chat: str, by: str) -> None:
        self.world.chats[chat].bot_in = False
        await self._bot_in_group("deleted", self.world.chats[chat], by)

    async def disbands(self, chat: str) -> None:
        self.world.chats[chat].dissolved = True
        event = {"chat_id": chat, "operator_id": {"open_id": self.world.chats[chat].members[0]}, "external": False}
        await self.delivery.event("im.chat.disbanded_v1", event)

    async def changes_directory(self, event_type: str) -> None:
        """Somebody came, left or was changed, or what the app may see."""
        await self.delivery.event(event_type, {"object": {}})

    # What people do

    async def says(self, user: str, text: str, *, chat: str = "", mention: bool = True, reply_to: str = "") -> str:
        """A text to the bot, or to a group (`mention`: with the bot addressed). Gives the message id."""
        key = "@_user_1"
        mentions = [
            {"key": key, "id": {"open_id": self.world.app.bot}, "mentioned_type": "bot", "name": self.world.app.name}
        ]
        addressed = bool(chat) and mention
        content = {"text": f"{key} {text}" if addressed else text}
        more: dict[str, Any] = {"mentions": mentions} if addressed else {}
        return await self._sends(user, "text", content, chat, more | ({"parent_id": reply_to} if reply_to else {}))

    async def sends_voice(self, user: str, sound: bytes, seconds: float, *, chat: str = "") -> str:
        blob = self._blob("file_v3_", sound, "", "audio/ogg")
        return await self._sends(
            user, "audio", {"file_key": blob.key, "duration": int(seconds * 1000)}, chat, blob=blob
        )

    async def sends_photo(self, user: str, picture: bytes, *, chat: str = "") -> str:
        blob = self._blob("img_v3_", picture, "", "image/jpeg", "image")
        return await self._sends(user, "image", {"image_key": blob.key}, chat, blob=blob)

    async def sends_file(self, user: str, name: str, content: bytes, *, chat: str = "") -> str:
        blob = self._blob("file_v3_", content, name, "application/octet-stream")
        return await self._sends(user, "file", {"file_key": blob.key, "file_name": name}, chat, blob=blob)

    async def sends_position(self, user: str, latitude: float, longitude: float, name: str = "") -> str:
        return await self._sends(
            user, "location", {"name": name, "latitude": str(latitude), "longitude": str(longitude)}, ""
        )

    async def sends(self, user: str, kind: str, content: Any, *, chat: str = "") -> str:
        """A message of any type Feishu has."""
        return await self._sends(user, kind, content, chat)

    async def recalls(self, user: str, message: str) -> None:
        self.world.messages[message].deleted = True
        event = {"message_id": message, "chat_id": self.world.messages[message].chat, "recall_type": "message_owner"}
        await self.delivery.event("im.message.recalled_v1", event)

    async def enters(self, user: str) -> None:
        """Opens the chat with the bot."""
        event = {"chat_id": self.world.p2p(user).id, "operator_id": {"open_id": user}}
        await self.delivery.event("im.chat.access_event.bot_p2p_chat_entered_v1", event)

    async def chooses_menu(self, user: str, key: str) -> None:
        event = {"event_key": key, "operator": {"operator_name": "", "operator_id": {"open_id": user}}, "timestamp": 1}
        await self.delivery.event("application.bot.menu_v6", event)

    async def presses(
        self, user: str, message: str | Seen, label: str, answers: Mapping[str, Any] | None = None
    ) -> Pressed:
        """Presses a button of a card the person sees. Raises ClientRefused where the client would not let them."""
        known = self.world.messages[message if isinstance(message, str) else message.id]
        return await press(self.world, self.delivery, user, known, label, answers or {})

    def inbox(self, user: str) -> list[Seen]:
        """The direct chat with the bot, oldest first; what the person wrote is in it too (`mine`)."""
        return self.group_chat(self.world.p2p(user).id)

    def group_chat(self, chat: str) -> list[Seen]:
        return [see(message, self.world.app.app_id) for message in self.world.in_chat(chat)]

    # What goes wrong

    def fail(
        self, path: str, code: int, *, status: int = 400, times: int = 1, message: str = "", **headers: str
    ) -> None:
        """The next `times` calls whose path contains `path` are refused with `code`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.world.faults.append(Fault(path, code, status, times, message, named))

    def expire_tokens(self) -> None:
        """Every tenant token dies at once."""
        self.world.tokens.clear()

    def hang(self) -> asyncio.Event:
        """API calls get no answer until the event that this gives is set."""
        self.world.stuck = asyncio.Event()
        return self.world.stuck

    def age(self, message: str, by: timedelta) -> None:
        """Makes a message older than it is."""
        self.world.messages[message].at -= by

    def calls(self, path: str) -> int:
        """How many API calls went to a path containing `path`."""
        return sum(path in called for _, called in self.world.calls)

    # Inside

    async def _carry(self, envelope: dict[str, Any]) -> Outcome:
        carrier = self.webhook if self.world.app.callback_url else self.stream
        return await carrier.carry(envelope)

    async def _bot_in_group(self, what: str, chat: Chat, by: str) -> None:
        event = {"chat_id": chat.id, "operator_id": {"open_id": by}, "external": False, "name": chat.title}
        await self.delivery.event(f"im.chat.member.bot.{what}_v1", event)

    def _blob(self, prefix: str, content: bytes, name: str, mime: str, kind: Any = "file") -> Blob:
        blob = Blob(self.world.new(prefix), content, name, mime, by_bot=False, kind=kind)
        self.world.blobs[blob.key] = blob
        return blob

    async def _sends(
        self,
        user: str,
        kind: str,
        content: Any,
        chat: str,
        more: dict[str, Any] | None = None,
        blob: Blob | None = None,
    ) -> str:
        place = self.world.chats[chat] if chat else self.world.p2p(user)
        message = Message(self.world.new("om_"), place.id, user, kind, content, self.world.clock.now())
        self.world.messages[message.id] = message
        if blob is not None:
            blob.message = message.id
        event = {
            "sender": {
                "sender_id": {"open_id": user, "union_id": "on_" + user},
                "sender_type": "user",
                "tenant_key": "tenant",
            },
            "message": {
                "message_id": message.id,
                "create_time": self.world.ms(),
                "chat_id": place.id,
                "chat_type": place.kind,
                "message_type": kind,
                "content": json.dumps(content, ensure_ascii=False),
                **(more or {}),
            },
        }
        await self.delivery.event("im.message.receive_v1", event)
        return message.id
