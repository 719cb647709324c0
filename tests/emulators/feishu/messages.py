"""Sending, replying, changing, recalling: with Feishu's checks, limits and idempotency."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from tests.emulators.feishu.answers import Refusal, json_body, ok
from tests.emulators.feishu.auth import Auth, need
from tests.emulators.feishu.card_schema import check_card, refuse, tagged
from tests.emulators.feishu.world import Chat, Message, World

UUID_WINDOW = timedelta(hours=1)
UPDATABLE = timedelta(days=14)
SECOND = timedelta(seconds=1)
POST_TAGS = {"text", "a", "at", "img", "media", "emotion", "code_block", "hr", "md"}
ALONE = {"img", "media", "hr", "md"}
LIMITS = {"text": 150 * 1024, "post": 30 * 1024}


class Messages:
    def __init__(self, world: World, auth: Auth) -> None:
        self.world = world
        self.windows = auth.windows
        self._uuids: dict[str, tuple[datetime, Message]] = {}

    def routes(self) -> list[web.RouteDef]:
        base = "/open-apis/im/v1/messages"
        return [
            web.post(base, self.send),
            web.post(base + "/{id}/reply", self.reply),
            web.patch(base + "/{id}", self.patch),
            web.put(base + "/{id}", self.put),
            web.delete(base + "/{id}", self.delete),
            web.get(base + "/{id}", self.get),
            web.post("/open-apis/interactive/v1/card/update", self.delayed),
        ]

    async def send(self, request: web.Request) -> web.Response:
        need(self.world, "im:message:send_as_bot", "im:message")
        body = await json_body(request)
        chat = self._receiver(request.query.get("receive_id_type", ""), str(body.get("receive_id", "")))
        return ok(self._create(chat, body))

    async def reply(self, request: web.Request) -> web.Response:
        parent = self._known(request)
        return ok(self._create(self.world.chats[parent.chat], await json_body(request)))

    async def patch(self, request: web.Request) -> web.Response:
        message, body = self._known(request), await json_body(request)
        if message.sender != self.world.app.app_id or message.kind != "interactive":
            raise Refusal(230001, "Your request contains an invalid request parameter, ext=not a card of this app")
        if self.world.clock.now() - message.at > UPDATABLE:
            raise Refusal(230031, "The message is older than 14 days.")
        if self.windows.over(f"patch {message.id}", 5, SECOND):
            raise Refusal(230020, "This operation triggers the frequency limit.")
        card = check_card(str(body.get("content", "")))
        if message.locked:
            raise refuse(11310, "card action is lock")
        self._change(message, card)
        return ok()

    async def put(self, request: web.Request) -> web.Response:
        message, body = self._known(request), await json_body(request)
        if message.kind not in ("text", "post"):
            raise Refusal(
                230001, "Your request contains an invalid request parameter, ext=only text and post can be edited"
            )
        if message.edits >= 20:
            raise Refusal(230072, "The message has been edited 20 times.")
        self._change(message, self._checked(str(body.get("msg_type")), str(body.get("content"))))
        return ok(self._data(message))

    async def delete(self, request: web.Request) -> web.Response:
        self._known(request).deleted = True
        return ok()

    async def get(self, request: web.Request) -> web.Response:
        return ok({"items": [self._data(self._known(request))]})

    async def delayed(self, request: web.Request) -> web.Response:
        """The update by callback token: 30 minutes, twice, and only after the callback was answered."""
        body = await json_body(request)
        token = self.world.card_tokens.get(str(body.get("token", "")))
        if token is None:
            raise Refusal(300020, "token invalid")
        if token.until <= self.world.clock.now():
            raise Refusal(300030, "token expired")
        if token.uses <= 0 or not token.answered:
            raise Refusal(300040, "token use count exceeded, or the callback has not been answered")
        token.uses -= 1
        self._change(self.world.messages[token.message], check_card(json.dumps(body.get("card"))))
        return ok()

    def _change(self, message: Message, content: Any) -> None:
        message.history.append(message.content)
        message.content = content
        message.edits += 1

    def _known(self, request: web.Request) -> Message:
        message = self.world.messages.get(request.match_info["id"])
        if message is None:
            raise Refusal(230001, "Your request contains an invalid request parameter, ext=message not found")
        if message.deleted:
            raise Refusal(230011, "The message is recalled.")
        return message

    def _receiver(self, kind: str, receiver: str) -> Chat:
        if kind == "chat_id":
            chat = self.world.chats.get(receiver)
            if chat is None:
                raise Refusal(230034, "The receive_id is invalid.")
            if chat.dissolved:
                raise Refusal(232009, "The chat has been dissolved.")
            if not chat.bot_in:
                raise Refusal(230002, "The bot is not in the chat.")
            return chat
        person = self.world.people.get(receiver)
        if kind != "open_id" or person is None:
            raise Refusal(99992351, "Not a valid open_id")
        if person.resigned or not person.visible:
            raise Refusal(230013, "Bot has NO availability to this user.")
        return self.world.p2p(receiver)

    def _create(self, chat: Chat, body: dict[str, Any]) -> dict[str, Any]:
        uuid, now = str(body.get("uuid", "")), self.world.clock.now()
        if len(uuid) > 50:
            raise Refusal(230001, "Your request contains an invalid request parameter, ext=uuid over 50 characters")
        known = self._uuids.get(uuid) if uuid else None
        if known is not None and now - known[0] < UUID_WINDOW:
            return self._data(known[1])
        if self.windows.over(f"chat {chat.id}", 5, SECOND):
            raise Refusal(230020, "This operation triggers the frequency limit.")
        kind = str(body.get("msg_type", ""))
        content = self._checked(kind, body.get("content"))
        message = Message(self.world.new("om_"), chat.id, self.world.app.app_id, kind, content, now, uuid)
        self.world.messages[message.id] = message
        if uuid:
            self._uuids[uuid] = (now, message)
        return self._data(message)

    def _checked(self, kind: str, content: Any) -> Any:
        if not isinstance(content, str):
            raise _invalid("content must be a JSON string")
        if kind == "interactive":
            card = check_card(content)
            for element in tagged(card):
                if element["tag"] == "img" and element["img_key"] not in self.world.blobs:
                    raise refuse(200570, "invalid image key")
            return card
        if len(content.encode()) >= LIMITS.get(kind, 30 * 1024):
            raise Refusal(230025, "The length of the message content reaches its limit.")
        try:
            parsed = json.loads(content)
        except ValueError as error:
            raise Refusal(
                230001, "Your request contains an invalid request parameter, ext=content is not JSON"
            ) from error
        self._check_media(kind, parsed)
        return parsed

    def _check_media(self, kind: str, content: dict[str, Any]) -> None:
        key = {"image": "image_key", "file": "file_key", "audio": "file_key"}.get(kind)
        if key is not None:
            blob = self.world.blobs.get(str(content.get(key)))
            if blob is None or not blob.by_bot:
                raise Refusal(230055, "The type of file upload does not match the type of message being sent.")
        elif kind == "text":
            if not str(content.get("text", "")):
                raise Refusal(230001, "Your request contains an invalid request parameter, ext=text is empty")
        elif kind == "post":
            _check_post(content)
        else:
            raise Refusal(230054, "This operation is not supported for this message type.")

    def _data(self, message: Message) -> dict[str, Any]:
        at = str(int(message.at.timestamp() * 1000))
        return {
            "message_id": message.id,
            "msg_type": message.kind,
            "create_time": at,
            "update_time": at,
            "deleted": message.deleted,
            "updated": bool(message.edits),
            "chat_id": message.chat,
            "sender": {"id": message.sender, "id_type": "app_id", "sender_type": "app"},
            "body": {"content": json.dumps(message.content, ensure_ascii=False)},
        }


def _check_post(content: dict[str, Any]) -> None:
    """Languages, each with paragraphs of tags; `md` and pictures stand alone in theirs."""
    if not content or set(content) - {"zh_cn", "en_us", "ja_jp"}:
        raise _invalid("post without a language")
    for post in content.values():
        if not isinstance(post, dict) or set(post) - {"title", "content"}:
            raise _invalid("post is not title and content")
        for paragraph in post.get("content", ()):
            tags = [part.get("tag") for part in paragraph] if isinstance(paragraph, list) else []
            if not tags or set(tags) - POST_TAGS or (len(tags) > 1 and ALONE.intersection(tags)):
                raise _invalid(f"paragraph of {tags}")


def _invalid(why: str) -> Refusal:
    return Refusal(230001, f"Your request contains an invalid request parameter, ext={why}")
