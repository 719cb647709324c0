"""The page with four chats beside each other, and the one request it lives on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import select

from bot.app import App
from bot.demo import APP as CONSOLE_APP
from bot.demo import PLATFORM as CONSOLE
from bot.demo import definition
from storage import console
from storage.tables import Identity, Person
from tests.emulators.phone.phone import Phone, Shown
from tests.emulators.phone.routes import HEADERS, STATIC, phone_routes, static, unless_known

HERE = Path(__file__).with_name("static")
PREFIX = "/side-by-side"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src blob:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class SideBySide:
    """Loopback and the demo only: whoever opens it is whoever they say."""

    def __init__(self, app: App, phones: Sequence[Phone]) -> None:
        self._app = app
        self._phones = phones

    def routes(self) -> list[web.RouteDef]:
        phones = [route for one in self._phones for route in phone_routes(one, f"{PREFIX}/{one.platform}")]
        parts = web.get(f"{PREFIX}/static/{{name}}", static(HERE, STATIC))
        return [web.get(PREFIX, self._page), web.get(f"{PREFIX}/state", self._state), parts, *phones]

    async def _page(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(HERE / "together.html", headers={**HEADERS, "Content-Security-Policy": POLICY})

    async def _state(self, request: web.Request) -> web.StreamResponse:
        """Everything that can change on the page, for the person it shows."""
        company = definition()
        people = await self._people(company["people"])
        user = request.query.get("user", "")
        if user not in {one["user"] for one in people}:
            user = people[0]["user"]
        state = {
            "user": user,
            "company": company["company"],
            "zone": self._app.settings.zone,
            "people": people,
            "phones": [Shown(phone, user).to_json() for phone in self._phones],
        }
        response = unless_known(request, state)
        response.headers["X-Now"] = self._app.services.clock.now().isoformat()
        return response

    async def _people(self, known: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The demo's people in their order: where pushes reach them, and how much each platform has for them."""
        async with self._app.services.db.read() as tx:
            query = select(Identity).join(Person).where(Person.active).order_by(Identity.id)
            rows = (await tx.scalars(query)).all()
            web_chat = {one["user"]: await console.unread(tx, one["user"], f"user:{one['user']}") for one in known}
        return [
            {
                **{name: one[name] for name in ("user", "name", "title", "role")},
                "hears": _last_used([row for row in rows if row.user == one["user"]]),
                "got": {
                    CONSOLE: web_chat[one["user"]],
                    **{phone.platform: phone.got(one["user"]) for phone in self._phones},
                },
            }
            for one in known
        ]


def _last_used(identities: Sequence[Identity]) -> str:
    """The platform a push goes to now: as the sender chooses, the one used last."""
    longest_ago = datetime.min.replace(tzinfo=UTC)
    return max(identities, key=lambda one: one.last_seen_at or longest_ago).platform if identities else CONSOLE_APP
