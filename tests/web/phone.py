"""Somebody with a phone: the product's own web server, links as the runtime makes them, and the web chat's session."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer

from bot.platforms.console.identity import COOKIE
from bot.platforms.console.settings import ConsoleSettings
from bot.platforms.console.signing import Signer
from bot.platforms.registry import secret_of
from bot.web.page_links import page_link
from bot.web.server import web_app
from storage import people
from tests.harness.team import Team

PUBLIC = "https://genjin.example.com"


def session(team: Team, user: str) -> dict[str, str]:
    """The cookie of somebody logged in to the web chat."""
    signer = Signer(ConsoleSettings(secret=secret_of(team.app.settings)))
    return {COOKIE: signer.session_cookie(user)}


async def link(
    team: Team,
    form: str,
    *,
    user: str = "lilei",
    about: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    card: str = "",
    public: str = PUBLIC,
) -> str:
    """The path of the page for this person."""
    team.app.settings.public_url = public
    services = team.app.services
    async with services.db.read() as tx:
        person = await people.by_identity(tx, team.platform.name, team.platform.app, user)
        ctx = await team.app.runtime.dispatcher.context(tx, "test", person)
        address = await page_link(ctx, ctx.catalogue.form(form), about or {}, values or {}, card=card)
    return address.removeprefix(public)


@dataclass
class Seen:
    """An answer as somebody reads it."""

    status: int
    html: str
    location: str
    headers: Mapping[str, str]

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", self.html)))

    def shows(self, *words: str) -> Seen:
        for word in words:
            assert word in self.words, f"{word!r} is not in: {self.words}"
        return self

    def holds(self, name: str) -> list[str]:
        """What stands in the inputs of this name."""
        full = name if "." in name else f"f.{name}"
        tags = re.findall(rf'<input[^>]*name="{re.escape(full)}"[^>]*>', self.html)
        chosen = [tag for tag in tags if "radio" not in tag or " checked" in tag]
        return [unescape(found[1]) for tag in chosen if (found := re.search(r'value="([^"]*)"', tag))]


@dataclass
class Phone:
    client: TestClient[web.Request, web.Application]

    async def opens(self, path: str, **more: Any) -> Seen:
        return await self._seen(self.client.get(path, allow_redirects=False, **more))

    async def submits(self, path: str, form: FormData, **headers: str) -> Seen:
        return await self._seen(self.client.post(path, data=form, allow_redirects=False, headers=headers))

    async def _seen(self, request: Any) -> Seen:
        async with request as answer:
            text = (await answer.read()).decode(errors="replace")
            return Seen(answer.status, text, answer.headers.get("Location", ""), answer.headers.copy())


@asynccontextmanager
async def phone(team: Team, user: str = "lilei") -> AsyncIterator[Phone]:
    """A phone in the hands of `user`."""
    server = TestServer(web_app(team.app.runtime))
    async with TestClient(server, cookies=session(team, user) if user else {}) as client:
        yield Phone(client)


def filled(values: Mapping[str, Any] | None = None, **files: bytes) -> FormData:
    """A multipart form as a browser sends it."""
    form = FormData(default_to_multipart=True)
    for name, value in (values or {}).items():
        for one in value if isinstance(value, list) else [value]:
            form.add_field(name if "." in name else f"f.{name}", one)
    for name, content in files.items():
        form.add_field(f"f.{name}", io.BytesIO(content), filename=f"{name}.jpg", content_type="image/jpeg")
    return form
