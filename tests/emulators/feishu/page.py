"""A page to chat through the emulator by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from tests.emulators.feishu.actor import ClientRefused

if TYPE_CHECKING:
    from tests.emulators.feishu.server import FeishuEmulator

PAGE = Path(__file__).with_name("page.html")


class Page:
    def __init__(self, emulator: FeishuEmulator) -> None:
        self.emulator = emulator

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.page),
            web.get("/emulator/state", self.state),
            web.post("/emulator/say", self.say),
            web.post("/emulator/press", self.press),
        ]

    async def page(self, request: web.Request) -> web.Response:
        return web.Response(text=PAGE.read_text("utf-8"), content_type="text/html")

    async def state(self, request: web.Request) -> web.Response:
        """People, and the direct chat of the one asked for."""
        people = [{"id": person.open_id, "name": person.name} for person in self.emulator.world.people.values()]
        user = request.query.get("user") or (people[0]["id"] if people else "")
        messages = [
            {
                "id": one.id,
                "mine": one.mine,
                "text": one.text,
                "card": one.card,
                "at": one.at.isoformat(),
                "edits": one.edits,
            }
            for one in (self.emulator.inbox(user) if user else ())
        ]
        return web.json_response({"people": people, "messages": messages})

    async def say(self, request: web.Request) -> web.Response:
        asked = await request.json()
        await self.emulator.says(asked["user"], asked["text"])
        return web.json_response({})

    async def press(self, request: web.Request) -> web.Response:
        asked = await request.json()
        try:
            pressed = await self.emulator.presses(asked["user"], asked["message"], asked["label"], asked["answers"])
        except ClientRefused as refused:
            return web.json_response({"toast": str(refused)})
        return web.json_response(
            {"toast": pressed.toast or (f"出错了，错误码 {pressed.error}" if pressed.error else "")}
        )
