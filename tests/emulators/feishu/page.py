"""Feishu's client as a page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.emulators.feishu.actor import ClientRefused
from tests.emulators.phone.phone import Happened, Json, NotThere, Place, Said

if TYPE_CHECKING:
    from tests.emulators.feishu.seen import Seen
    from tests.emulators.feishu.server import FeishuEmulator
    from tests.emulators.feishu.world import Message

KINDS = {
    "interactive": "card",
    "image": "picture",
    "audio": "voice",
    "file": "file",
    "location": "position",
    "post": "markdown",
}


class FeishuPhone:
    platform = "feishu"
    can = frozenset({"picture", "voice", "file", "position"})

    def __init__(self, emulator: FeishuEmulator) -> None:
        self._e = emulator

    def people(self) -> list[Json]:
        people = self._e.world.people.values()
        return [{"id": one.open_id, "name": one.name, "title": one.title} for one in people]

    def chats(self, user: str) -> list[Json]:
        groups = [chat for chat in self._e.world.chats.values() if chat.kind == "group" and user in chat.members]
        return [{"id": "", "title": self._e.world.app.name}, *({"id": one.id, "title": one.title} for one in groups)]

    def online(self) -> bool:
        return bool(self._e.world.app.callback_url or self._e.stream.sockets)

    def messages(self, user: str, chat: str) -> list[Json]:
        seen = self._e.group_chat(chat) if chat else self._e.inbox(user) if user in self._e.world.people else []
        return [self._drawn(user, one, self._e.world.messages[one.id]) for one in seen]

    def got(self, user: str) -> int:
        chat, bot = self._e.world.p2p(user).id, self._e.world.app.app_id
        return sum(one.chat == chat and one.sender == bot for one in self._e.world.messages.values())

    def media(self, key: str) -> bytes | None:
        blob = self._e.world.blobs.get(key)
        return blob.content if blob is not None else None

    async def says(self, user: str, chat: str, text: str) -> Happened:
        await self._e.says(user, text, chat=chat)
        return Happened()

    async def sends(self, user: str, chat: str, said: Said) -> Happened:
        if said.kind == "picture":
            await self._e.sends_photo(user, said.content, chat=chat)
        elif said.kind == "voice":
            await self._e.sends_voice(user, said.content, said.seconds, chat=chat)
        else:
            await self._e.sends_file(user, said.name, said.content, chat=chat)
        return Happened()

    async def stands_at(self, user: str, chat: str, place: Place) -> Happened:
        if chat:
            raise NotThere("位置只能发在和机器人的单聊里")
        await self._e.sends_position(user, place.latitude, place.longitude, place.address)
        return Happened()

    async def presses(self, user: str, message: str, label: str, answers: Mapping[str, Any]) -> Happened:
        try:
            pressed = await self._e.presses(user, message, label, answers)
        except ClientRefused as refused:
            return Happened(str(refused))
        return Happened(pressed.toast or (f"出错了，错误码 {pressed.error}" if pressed.error else ""))

    async def enters(self, user: str) -> Happened:
        await self._e.enters(user)
        return Happened()

    def _drawn(self, user: str, seen: Seen, message: Message) -> Json:
        content = message.content
        kind = KINDS.get(message.kind, "text")
        key = content.get("image_key") or content.get("file_key") or ""
        drawn = {"id": seen.id, "mine": message.sender == user, "kind": kind, "text": seen.text, "media": key}
        drawn |= {"at": seen.at.isoformat(), "edits": seen.edits, "by": self._name(message.sender)}
        if kind in ("voice", "file") and key:
            drawn["text"] = self._e.world.blobs[key].name or f"{round(content.get('duration', 0) / 1000)}″"
        elif kind == "position":
            drawn["text"] = content["name"]
        elif kind == "text":
            drawn["text"] = seen.text.replace("@_user_1", f"@{self._e.world.app.name}")
        elif kind == "markdown":
            title = content["zh_cn"].get("title", "")
            drawn["text"] = seen.text.replace(title, f"**{title}**", 1) if title else seen.text
        return drawn | ({"card": seen.card} if seen.card is not None else {})

    def _name(self, sender: str) -> str:
        person = self._e.world.people.get(sender)
        return person.name if person is not None else ""
