"""The page itself, its parts, and the login link."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.platforms.console.answers import Problem
from bot.platforms.console.identity import COOKIE
from bot.platforms.console.settings import ConsoleSettings
from bot.platforms.console.signing import Signer

FOLDER = Path(__file__).parent / "static"

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "
)
"""Scripts and styles from our own files only; nothing inline, nothing from elsewhere."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), geolocation=(self), camera=(self)",
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True, slots=True)
class Page:
    """Serves the files of `static/` and nothing else."""

    settings: ConsoleSettings
    signer: Signer

    async def index(self, request: web.Request) -> web.StreamResponse:
        """GET /"""
        return self._file(request, FOLDER / "index.html")

    async def part(self, request: web.Request) -> web.StreamResponse:
        """GET /console/static/{name}"""
        path = FOLDER / request.match_info["name"]
        if path.parent != FOLDER or path.suffix not in TYPES or not path.is_file():
            raise web.HTTPNotFound()
        return self._file(request, path)

    async def login(self, request: web.Request) -> web.StreamResponse:
        """GET /console/login?token=: a signed link opens a session and leads to the page."""
        user = self.signer.login_user(request.query.get("token", ""))
        if user is None:
            raise Problem(403, "login", "这个登录链接已经失效（10 分钟内有效）。请重新要一个。")
        response = web.Response(
            status=303, headers={"Location": "/", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
        )
        response.set_cookie(
            COOKIE,
            self.signer.session_cookie(user),
            max_age=int(self.settings.session.total_seconds()),
            httponly=True,
            samesite="Strict",
            secure=self.settings.secure_cookie,
            path="/",
        )
        return response

    def _file(self, request: web.Request, path: Path) -> web.Response:
        content = path.read_bytes()
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        # In no frame as a rule: who is logged in must not be led to press something unseen.
        frames = "'self'" if self.settings.framed else "'none'"
        headers = {**HEADERS, "Content-Security-Policy": POLICY + frames, "ETag": tag}
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers=headers)
        return web.Response(body=content, headers={**headers, "Content-Type": TYPES[path.suffix]})
