"""A small page to chat through the emulator by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.emulators.wecom.card_rules import selectors

if TYPE_CHECKING:
    from tests.emulators.wecom.emulator import WeComEmulator
    from tests.emulators.wecom.state import Seen

HTML = Path(__file__).with_name("page.html").read_text(encoding="utf-8")


class Page:
    """Loopback only: whoever opens it is whoever they say."""

    def __init__(self, emulator: WeComEmulator) -> None:
        self._emulator = emulator

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            web.get("/", self._show),
            web.get("/emulator/inbox", self._inbox),
            web.post("/emulator/say", self._say),
            web.post("/emulator/enter", self._enter),
            web.post("/emulator/press", self._press),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        return web.Response(text=HTML, content_type="text/html")

    async def _inbox(self, request: web.Request) -> web.Response:
        people = [{"id": user.id, "name": user.name} for user in self._emulator.tenant.users.values()]
        user = request.query.get("user") or (people[0]["id"] if people else "")
        return web.json_response(
            {"people": people, "messages": [_message(seen) for seen in self._emulator.inbox(user)]}
        )

    async def _say(self, request: web.Request) -> web.Response:
        said = await request.json()
        outcome = await self._emulator.says(said["user"], said["text"])
        return web.json_response({"statuses": outcome.statuses})

    async def _enter(self, request: web.Request) -> web.Response:
        outcome = await self._emulator.enters((await request.json())["user"])
        return web.json_response({"statuses": outcome.statuses})

    async def _press(self, request: web.Request) -> web.Response:
        said = await request.json()
        seen = next(one for one in self._emulator.inbox(said["user"]) if one.id == said["id"] and one.card is not None)
        outcome = await self._emulator.presses(said["user"], seen, said["label"], said["answers"])
        return web.json_response({"url": outcome} if isinstance(outcome, str) else {"statuses": outcome.statuses})


def _message(seen: Seen) -> dict[str, Any]:
    fields = list(selectors(seen.template)) if seen.card is not None and seen.buttons else []
    return {
        "id": seen.id,
        "kind": seen.kind,
        "text": seen.text,
        "name": seen.name,
        "buttons": seen.buttons,
        "edited": seen.edited,
        "selectors": [_selector(one) for one in fields],
    }


def _selector(one: Any) -> dict[str, Any]:
    chosen = one.get("selected_id")
    options = [
        {"id": each["id"], "text": each["text"], "chosen": each.get("is_checked", each["id"] == chosen)}
        for each in one["option_list"]
    ]
    return {"key": one["question_key"], "title": one.get("title", ""), "many": "mode" in one, "options": options}
