"""WeCom's client as a page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.emulators.phone.phone import Happened, Json, NotThere, Place, Said
from tests.emulators.wecom.card_rules import SHOWN, selectors

if TYPE_CHECKING:
    from tests.emulators.wecom.callbacks import Outcome
    from tests.emulators.wecom.emulator import WeComEmulator
    from tests.emulators.wecom.state import Seen

KINDS = {"template_card": "card", "image": "picture", "markdown": "markdown", "voice": "voice", "file": "file"}
AMR = b"#!AMR"
SILENT = "机器人没有回应"


class WeComPhone:
    platform = "wecom"

    def __init__(self, emulator: WeComEmulator) -> None:
        self._e = emulator

    @property
    def can(self) -> frozenset[str]:
        return frozenset({"picture", "voice", "position"} if self._e.line == "app" else {"picture", "voice", "file"})

    def people(self) -> list[Json]:
        return [{"id": one.id, "name": one.name, "title": one.position} for one in self._e.tenant.users.values()]

    def chats(self, user: str) -> list[Json]:
        groups = [group for group in self._e.tenant.groups.values() if user in group.members]
        return [{"id": "", "title": "跟进"}, *({"id": one.id, "title": one.name} for one in groups)]

    def online(self) -> bool:
        return bool(
            self._e.app.callback if self._e.line == "app" else self._e.bot.callback or self._e.sockets.connections
        )

    def messages(self, user: str, chat: str) -> list[Json]:
        seen = self._e.group_inbox(chat) if chat else self._e.inbox(user)
        said = [one for one in self._e.tenant.spoken if one.chat == chat and (chat or one.user == user.lower())]
        mine = [{**one.drawn(), "mine": one.user == user.lower(), "by": self._name(one.user)} for one in said]
        return sorted(
            [*(self._drawn(one, place) for place, one in enumerate(seen)), *mine], key=lambda one: str(one["at"])
        )

    def got(self, user: str) -> int:
        return len(self._e.inbox(user))

    def media(self, key: str) -> bytes | None:
        boxes = [one for box in self._e.tenant.inbox.values() for one in box]
        received = next((one.media for one in boxes if one.id == key and one.media), None)
        return received or next((one.content for one in self._e.tenant.spoken if one.id == key), None)

    async def says(self, user: str, chat: str, text: str) -> Happened:
        if chat and self._e.line == "app":
            raise NotThere("自建应用听不到群里的话")
        return _happened(await self._e.says(user, text, group=chat))

    async def sends(self, user: str, chat: str, said: Said) -> Happened:
        if said.kind == "picture":
            return _happened(await self._e.sends_photo(user, said.content))
        if said.kind == "voice":
            if not said.content.startswith(AMR):
                raise NotThere("企业微信的语音是 AMR 格式，别的录音文件发不了")
            return _happened(await self._e.sends_voice(user, said.content))
        if self._e.line == "app":
            raise NotThere("企业微信不把文件转给自建应用")
        return _happened(await self._e.sends_file(user, said.content, said.name))

    async def stands_at(self, user: str, chat: str, place: Place) -> Happened:
        if chat or self._e.line != "app":
            raise NotThere("位置只能发给自建应用")
        return _happened(await self._e.shares_position(user, place.latitude, place.longitude, place.address))

    async def presses(self, user: str, message: str, label: str, answers: Mapping[str, Any]) -> Happened:
        seen = next(one for one in self._e.inbox(user) if one.id == message and one.card is not None)
        if label not in seen.buttons:
            return Happened("这个按钮已经不在卡片上了")
        outcome = await self._e.presses(user, seen, label, answers)
        return Happened(url=outcome) if isinstance(outcome, str) else _happened(outcome)

    async def enters(self, user: str) -> Happened:
        return _happened(await self._e.enters(user))

    def _name(self, user: str) -> str:
        person = self._e.tenant.person(user)
        return person.name if person is not None else user

    def _drawn(self, seen: Seen, place: int) -> Json:
        kind = KINDS.get(seen.kind, "text")
        drawn = {"id": seen.id, "key": f"{seen.id}/{place}", "mine": False, "kind": kind, "at": seen.at.isoformat()}
        drawn |= {"text": seen.name or seen.text, "media": seen.id if seen.media else "", "edits": 0}
        if seen.card is not None:
            drawn["edits"] = seen.card.edits if seen.edited else 0
            drawn["card"] = {
                "template": seen.template,
                "buttons": seen.buttons,
                "shown": SHOWN[seen.card.line],
                "line": seen.card.line,
            }
            drawn["card"]["selectors"] = list(selectors(seen.template)) if seen.buttons else []
        return drawn


def _happened(outcome: Outcome) -> Happened:
    return Happened("" if outcome.accepted else SILENT)
