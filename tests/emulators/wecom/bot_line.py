"""A person's phone talking to an intelligent robot, alone or in a group, over the long connection or HTTP callbacks."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.emulators.wecom import crypt
from tests.emulators.wecom.api import ApiError, Json, read_json
from tests.emulators.wecom.app_line import Answers, selected
from tests.emulators.wecom.bot_socket import BotSockets, Pushed, Refusal, replace, show
from tests.emulators.wecom.callbacks import Callbacks, Outcome, Target
from tests.emulators.wecom.state import Bot, CardCopy, Seen, Tenant

URL_LIFE = timedelta(minutes=5)
REPLY_URL_LIFE = timedelta(hours=1)


class BotLine:
    """What people can do with one robot. With `bot.callback` set it is in HTTP mode, else on the long connection."""

    def __init__(self, tenant: Tenant, callbacks: Callbacks, sockets: BotSockets, bot: Bot, base: str) -> None:
        self._tenant = tenant
        self._callbacks = callbacks
        self._sockets = sockets
        self._base = base
        self._reply_urls: dict[str, tuple[str, Any]] = {}
        self._files: dict[str, tuple[bytes, str, Any]] = {}
        self.bot = bot

    @property
    def target(self) -> Target:
        return Target(self.bot.callback, self.bot.token, self.bot.aes_key, "", json=True)

    async def says(self, user: str, text: str, *, group: str = "", quote: Mapping[str, Any] | None = None) -> Outcome:
        """In a group the robot hears only what mentions it."""
        content = f"@{self.bot.name} {text}" if group else text
        body: Json = {"msgtype": "text", "text": {"content": content}} | ({"quote": dict(quote)} if quote else {})
        return await self._message(user, group, body)

    async def sends_voice(self, user: str, words: str) -> Outcome:
        """The platform hands over what it understood, not the sound."""
        return await self._message(user, "", {"msgtype": "voice", "voice": {"content": words}})

    async def sends_photo(self, user: str, content: bytes, name: str = "photo.jpg") -> Outcome:
        return await self._message(user, "", {"msgtype": "image", "image": self._serve(content, name)})

    async def sends_file(self, user: str, content: bytes, name: str) -> Outcome:
        return await self._message(user, "", {"msgtype": "file", "file": self._serve(content, name)})

    async def enters(self, user: str) -> Outcome:
        body = self._head(user, "") | {"msgtype": "event", "event": {"eventtype": "enter_chat"}}
        return await self._push("enter_chat", body, user, None)

    async def presses(self, user: str, message: Seen, label: str, answers: Answers | None = None) -> Outcome:
        """Raises AssertionError for what cannot be pressed."""
        template = message.template
        assert label in message.buttons, f"{user} sees no button {label!r} but {message.buttons}"
        assert message.card is not None
        button = next((one for one in template.get("button_list", []) if one["text"] == label), None)
        event: Json = {"card_type": template["card_type"], "task_id": message.card.task}
        event["event_key"] = button["key"] if button is not None else template["submit_button"]["key"]
        items = [
            {"question_key": question, "option_ids": {"option_id": ids}}
            for question, ids in selected(template, answers or {})
        ]
        event |= {"selected_items": {"selected_item": items}} if items else {}
        body = self._head(user, message.group) | {
            "msgtype": "event",
            "event": {"eventtype": "template_card_event", "template_card_event": event},
        }
        return await self._push("template_card_event", body, message.group or user, message.card)

    async def respond(self, request: web.Request) -> Json:
        """The reply address of HTTP mode: one use, one hour."""
        chat, until = self._reply_urls.pop(request.query.get("response_code", ""), ("", self._tenant.clock.now()))
        if until <= self._tenant.clock.now():
            raise ApiError(40058, "response_code is used or expired")
        body = await read_json(request)
        if body.get("msgtype") not in ("markdown", "template_card"):
            raise ApiError(40008, "invalid message type")
        try:
            show(self._tenant, self.bot, chat, str(body["msgtype"]), body)
        except Refusal as refusal:
            raise ApiError(refusal.code, refusal.message) from refusal
        return {}

    async def file(self, request: web.Request) -> web.Response:
        """The media host: encrypted bytes for five minutes."""
        content, name, until = self._files.get(request.match_info["file"], (b"", "", self._tenant.clock.now()))
        if until <= self._tenant.clock.now():
            return web.Response(status=403)
        return web.Response(body=content, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    async def _message(self, user: str, group: str, body: Json) -> Outcome:
        self._sockets.talked.add((self.bot.id, group or user))
        whole = self._head(user, group) | body
        whole.pop("create_time")
        return await self._push("aibot_msg_callback", whole, group or user, None)

    async def _push(self, kind: str, body: Json, chat: str, card: CardCopy | None) -> Outcome:
        plain = json.dumps(body, ensure_ascii=False)
        if self.bot.callback:
            # A press is delivered once, without a second try.
            outcome = await self._callbacks.push(self.target, plain, tries=1 if card else 3)
            self._take_reply(outcome, card)
            return outcome
        cmd = "aibot_msg_callback" if kind == "aibot_msg_callback" else "aibot_event_callback"
        for _ in range(self._callbacks.copies):
            await self._sockets.push(self.bot, cmd, body, Pushed(kind, self._tenant.clock.now(), chat, card))
        return Outcome(plain, [200])

    def _take_reply(self, outcome: Outcome, card: CardCopy | None) -> None:
        reply = json.loads(outcome.reply) if outcome.reply else {}
        if card is not None and reply.get("response_type") == "update_template_card":
            assert reply["template_card"].get("task_id") == card.task, "the update must carry the event's task_id"
            replace(self._tenant, card, reply["template_card"], reply.get("userids"))

    def _head(self, user: str, group: str) -> Json:
        head: Json = {
            "msgid": self._tenant.number("m"),
            "create_time": int(self._tenant.clock.now().timestamp()),
            "aibotid": self.bot.id,
            "chattype": "group" if group else "single",
            "from": {"userid": user},
        }
        if self.bot.callback:
            code = secrets.token_hex(8)
            self._reply_urls[code] = (group or user, self._tenant.clock.now() + REPLY_URL_LIFE)
            head["response_url"] = f"{self._base}/cgi-bin/aibot/response?response_code={code}"
        return head | ({"chatid": group} if group else {})

    def _serve(self, content: bytes, name: str) -> Json:
        """An address for encrypted bytes; the key comes along, or is the robot's own in HTTP mode."""
        key = base64.b64decode(self.bot.aes_key + "=") if self.bot.callback else secrets.token_bytes(32)
        number = secrets.token_hex(8)
        self._files[number] = (crypt.encrypt_bytes(content, key), name, self._tenant.clock.now() + URL_LIFE)
        media = {"url": f"{self._base}/aibot-media/{number}"}
        return media if self.bot.callback else media | {"aeskey": base64.b64encode(key).decode().rstrip("=")}
