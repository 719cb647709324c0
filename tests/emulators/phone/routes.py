"""The addresses a phone page talks to. Loopback only: whoever opens it is whoever they say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import BodyPartReader, web

from bot.platforms.media import sniff
from tests.emulators.phone.phone import Happened, NotThere, Phone, Place, Said, Shown

STATIC = Path(__file__).with_name("static")
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
HEADERS = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def phone_routes(phone: Phone, prefix: str) -> list[web.RouteDef]:
    """What `phone.js` calls, under `prefix`."""
    actions = Actions(phone)
    named = {"say": actions.say, "send": actions.send, "stand": actions.stand}
    named |= {"press": actions.press, "enter": actions.enter}
    posts = [web.post(f"{prefix}/{name}", from_here(action)) for name, action in named.items()]
    return [*posts, web.get(f"{prefix}/media/{{key}}", actions.media)]


def page_routes(phone: Phone) -> list[web.RouteDef]:
    """An emulator's own page: one phone and whose it is."""

    async def page(_: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "page.html", headers=HEADERS)

    async def state(request: web.Request) -> web.StreamResponse:
        people = phone.people()
        user = request.query.get("user") or (people[0]["id"] if people else "")
        shown = Shown(phone, user, request.query.get("chat", ""), {"people": people, "user": user})
        return unless_known(request, shown.to_json())

    return [
        web.get("/", page),
        web.get("/emulator/state", state),
        web.get("/emulator/static/{name}", static(STATIC)),
        *phone_routes(phone, "/emulator"),
    ]


def static(*folders: Path) -> Handler:
    """The page's parts; the first folder that has one wins."""

    async def part(request: web.Request) -> web.StreamResponse:
        name = Path(request.match_info["name"]).name
        path = next((folder / name for folder in folders if (folder / name).is_file()), STATIC / "none")
        if path.suffix not in TYPES:
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={**HEADERS, "Content-Type": f"{TYPES[path.suffix]}; charset=utf-8"})

    return part


def from_here(handler: Handler) -> Handler:
    """Refuses what another site's page sends."""

    async def checked(request: web.Request) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden
        return await handler(request)

    return checked


def unless_known(request: web.Request, state: dict[str, Any]) -> web.Response:
    """The state with its mark; nothing where the page has that already."""
    text = json.dumps(state, ensure_ascii=False)
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]
    if request.query.get("known") == mark:
        return web.Response(status=204)
    return web.json_response({**state, "mark": mark}, dumps=partial(json.dumps, ensure_ascii=False))


class Actions:
    """What the person at the page does."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    async def say(self, request: web.Request) -> web.Response:
        asked = await request.json()
        return await _answered(self._phone.says(asked["user"], asked.get("chat", ""), asked["text"]))

    async def stand(self, request: web.Request) -> web.Response:
        asked = await request.json()
        return await _answered(self._phone.stands_at(asked["user"], asked.get("chat", ""), Place()))

    async def press(self, request: web.Request) -> web.Response:
        asked = await request.json()
        pressing = self._phone.presses(asked["user"], asked["message"], asked["label"], asked.get("answers") or {})
        return await _answered(pressing)

    async def enter(self, request: web.Request) -> web.Response:
        return await _answered(self._phone.enters((await request.json())["user"]))

    async def send(self, request: web.Request) -> web.Response:
        fields: dict[str, str] = {}
        content, name = b"", ""
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            if part.name == "file":
                content, name = bytes(await part.read()), part.filename or ""
            else:
                fields[part.name or ""] = await part.text()
        kind = {"photo": "picture", "voice": "voice"}.get(sniff(content).kind, "file")
        said = Said(content, name, kind, float(fields.get("seconds") or 0))
        return await _answered(self._phone.sends(fields["user"], fields.get("chat", ""), said))

    async def media(self, request: web.Request) -> web.Response:
        content = self._phone.media(request.match_info["key"])
        if content is None:
            raise web.HTTPNotFound
        return web.Response(body=content, content_type=sniff(content).mime, headers=HEADERS)


async def _answered(doing: Awaitable[Happened]) -> web.Response:
    try:
        happened = await doing
    except NotThere as refused:
        happened = Happened(str(refused))
    return web.json_response({"notice": happened.notice, "url": happened.url})
