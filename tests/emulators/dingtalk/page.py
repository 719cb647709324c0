"""DingTalk's client as a page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.emulators.dingtalk.cards import CannotPress
from tests.emulators.dingtalk.robot import draw_message
from tests.emulators.phone.phone import Happened, Json, NotThere, Place, Said
from tests.emulators.phone.spoken import Spoken

if TYPE_CHECKING:
    from tests.emulators.dingtalk.server import DingTalkEmulator
    from tests.emulators.dingtalk.world import Field, Shown

PAGE_LINK = "dingtalk"
"""Scheme of a link that opens a page inside the client."""


class DingTalkPhone:
    platform = "dingtalk"
    can = frozenset({"picture", "voice", "file"})

    def __init__(self, emulator: DingTalkEmulator) -> None:
        self._e = emulator

    def people(self) -> list[Json]:
        return [{"id": one.user, "name": one.name, "title": one.title} for one in self._e.world.people.values()]

    def chats(self, user: str) -> list[Json]:
        groups = [chat for chat in self._e.world.conversations.values() if user in chat.members]
        return [{"id": "", "title": "跟进"}, *({"id": one.id, "title": one.title} for one in groups)]

    def online(self) -> bool:
        return bool(self._e.http or self._e.gateway.lines)

    def messages(self, user: str, chat: str) -> list[Json]:
        if user not in self._e.world.people:
            return []
        shown = [as_json(one) for one in self._e.inbox(user) if one.chat == chat and not one.recalled]
        said = [one for one in self._e.world.spoken if one.chat == chat and (chat or one.user == user)]
        mine = [{**one.drawn(), "mine": one.user == user, "by": self._e.world.people[one.user].name} for one in said]
        return sorted([*shown, *mine], key=lambda one: str(one["at"]))

    def got(self, user: str) -> int:
        return sum(not one.chat and user in one.to for one in self._e.world.history)

    def media(self, key: str) -> bytes | None:
        message = self._e.world.message(key)
        if message is not None:
            return draw_message(self._e.world, message).content
        if key in self._e.world.media:
            return self._e.world.media[key][1]
        return next((one.content for one in self._e.world.spoken if one.id == key), None)

    async def says(self, user: str, chat: str, text: str) -> Happened:
        await self._e.says(user, text, chat)
        return Happened("" if self.online() else "机器人不在线，这条没有送到")

    async def sends(self, user: str, chat: str, said: Said) -> Happened:
        if chat and said.kind != "picture":
            raise NotThere("钉钉群里的机器人收不到语音和文件")
        if said.kind == "picture":
            await self._e.sends_photo(user, said.content, chat)
        elif said.kind == "voice":
            await self._e.sends_voice(user, said.content, milliseconds=int(said.seconds * 1000))
        else:
            await self._e.sends_file(user, said.name, said.content)
        return Happened()

    async def stands_at(self, user: str, chat: str, place: Place) -> Happened:
        raise NotThere("钉钉的聊天里发不了位置")

    async def presses(self, user: str, message: str, label: str, answers: Mapping[str, Any]) -> Happened:
        try:
            shown = next(one for one in self._e.inbox(user) if one.id == message)
            await self._e.presses(user, shown, label, answers if label == shown.submit else {})
        except CannotPress as refused:
            return Happened(str(refused))
        url = shown.links.get(label, "")
        toast = next((one.toast for one in self._e.inbox(user) if one.id == message), "")
        return Happened(toast, parse_qs(urlsplit(url).query)["url"][0] if url.startswith(PAGE_LINK) else "")

    async def enters(self, user: str) -> Happened:
        raise NotThere("钉钉打开会话时不通知机器人")


def spoken(e: DingTalkEmulator, user: str, content: Mapping[str, Any], chat: str) -> Spoken:
    """A message of a person's own as their screen shows it."""
    kind = {"text": "text", "audio": "voice", "picture": "picture"}.get(content["msgtype"], "file")
    body = content.get(content["msgtype"]) or content.get("content") or {}
    text = str(body.get("content") or body.get("fileName") or "").strip()
    if kind == "voice":
        text = f"{round(body['duration'] / 1000)}″"
    file = e.world.files.get(body.get("downloadCode", ""), b"")
    number = f"said-{len(e.world.spoken)}"
    return Spoken(number, user, kind, e.clock.now(), f"@跟进 {text}" if chat and kind == "text" else text, file, chat)


def as_json(shown: Shown) -> Json:
    """What the page draws."""
    return {
        "id": shown.id,
        "mine": False,
        "kind": "card" if shown.kind == "card" or shown.labels else shown.kind,
        "title": shown.title,
        "text": shown.title if shown.kind == "file" else shown.text,
        "media": shown.id if shown.content else "",
        "at": shown.at.isoformat() if shown.at else "",
        "edits": shown.edits,
        "card": {
            "title": shown.title if shown.kind == "card" else "",
            "text": shown.text,
            "fields": [field_json(one) for one in shown.fields],
            "submit": shown.submit,
            "buttons": shown.buttons,
            "links": list(shown.links),
            "colours": shown.colours,
            "toast": shown.toast,
        },
    }


def field_json(field: Field) -> Json:
    return {
        "name": field.name,
        "label": field.label,
        "type": field.type,
        "value": field.value,
        "required": field.required,
        "readOnly": field.read_only,
        "options": field.options,
    }
