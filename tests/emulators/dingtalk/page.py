"""A small page to chat through the emulator by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.emulators.dingtalk.cards import CannotPress
from tests.emulators.dingtalk.world import Shown

if TYPE_CHECKING:
    from tests.emulators.dingtalk.server import DingTalkEmulator

PAGE = Path(__file__).with_name("page.html")


def routes(e: DingTalkEmulator) -> list[web.RouteDef]:
    """`/` is the page; it talks to `/emulator/...`."""

    async def page(_: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE)

    async def state(request: web.Request) -> web.Response:
        people = [{"user": person.user, "name": person.name} for person in e.world.people.values()]
        groups = [{"id": chat.id, "title": chat.title} for chat in e.world.conversations.values()]
        user = request.query.get("user", "")
        shown = [as_json(item) for item in e.inbox(user)] if user in e.world.people else []
        return web.json_response(
            {"people": people, "groups": groups, "connected": bool(e.gateway.lines), "inbox": shown}
        )

    async def says(request: web.Request) -> web.Response:
        body = await request.json()
        await e.says(body["user"], body["text"], body.get("chat", ""))
        return web.json_response({})

    async def presses(request: web.Request) -> web.Response:
        body = await request.json()
        try:
            await e.presses(body["user"], body["id"], body["label"], body.get("answers") or {})
        except CannotPress as refused:
            return web.json_response({"problem": str(refused)})
        return web.json_response({})

    return [
        web.get("/", page),
        web.get("/emulator/state", state),
        web.post("/emulator/says", says),
        web.post("/emulator/presses", presses),
    ]


def as_json(shown: Shown) -> dict[str, Any]:
    """What the page draws."""
    fields = [
        {
            "name": one.name,
            "label": one.label,
            "type": one.type,
            "value": one.value,
            "readOnly": one.read_only,
            "options": one.options,
        }
        for one in shown.fields
    ]
    return {
        "id": shown.id,
        "kind": shown.kind,
        "title": shown.title,
        "text": shown.text,
        "chat": shown.chat,
        "toast": shown.toast,
        "edits": shown.edits,
        "buttons": shown.buttons,
        "links": shown.links,
        "fields": fields,
    }
