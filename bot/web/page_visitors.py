"""Who has opened a phone page: the web login of the platform their link was sent on, or the web chat's own session."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, runtime_checkable

import structlog
from aiohttp import web
from itsdangerous import BadSignature, URLSafeSerializer

from bot.errors import DeliveryError, Refused
from bot.platforms.console.identity import COOKIE as CONSOLE_COOKIE
from bot.platforms.console.settings import ConsoleSettings
from bot.platforms.console.signing import Signer
from bot.platforms.registry import secret_of
from bot.services import Services
from bot.web.page_links import Grant
from bot.web.page_notes import Note, page, policy_for
from cards.texts import say

VISITOR, LOGIN = "genjin_page", "genjin_page_login"
SESSION = timedelta(hours=12)
"""How long a phone need not log in again."""
LOGGING_IN = timedelta(minutes=10)

log = structlog.get_logger()


@runtime_checkable
class WebLogin(Protocol):
    """A platform's login in the browser. `person` takes the address too where the platform asks for it."""

    def address(self, back: str, state: str) -> str: ...

    def person(self, code: str, *back: str) -> Awaitable[str]: ...


@runtime_checkable
class InsideLogin(WebLogin, Protocol):
    """A login for the browser inside the platform's own app: a script of the platform's asks the app for a code."""

    def inside(self, agent: str) -> Mapping[str, str] | None: ...

    def person_in_client(self, code: str) -> Awaitable[str]: ...


class Visitors:
    def __init__(self, services: Services) -> None:
        self._services = services
        secret = secret_of(services.settings)
        self._sessions = URLSafeSerializer(secret.get_secret_value(), salt="phone-page-session")
        self._logins = URLSafeSerializer(secret.get_secret_value(), salt="phone-page-login")
        self._console = Signer(ConsoleSettings(secret=secret))

    def user(self, request: web.Request, grant: Grant) -> str:
        """The platform's user who has the page open.

        Raises:
            HTTPFound: to the platform's login, which leads back.
            Note: nobody is logged in to the web chat.
        """
        if grant.platform == "console":
            return self._at_console(request)
        login = self._login(grant.platform, grant.app)
        if login is None:
            return grant.user  # the platform has no web login set up: whoever it showed the link to is its person
        session = self._read(self._sessions, request.cookies.get(VISITOR, ""))
        if session is not None and session[:2] == [grant.platform, grant.app] and "again" not in request.query:
            return str(session[2])
        raise self._to_login(request, grant, login)

    async def arrive(self, request: web.Request) -> web.StreamResponse:
        """GET /forms/login/{platform}/{app}: back from the platform's login, with a code that says who it is."""
        platform, app = request.match_info["platform"], request.match_info["app"]
        login = self._login(platform, app)
        begun = self._read(self._logins, request.cookies.get(LOGIN, ""))
        if login is None or begun is None or not secrets.compare_digest(request.query.get("state", ""), begun[0]):
            raise Note(400, say("pages.login_failed"), say("pages.login_lost"))
        code = request.query.get("code", "")
        if "inside" in request.query and isinstance(login, InsideLogin):
            user = await self._said(login.person_in_client(code))
        else:
            user = await self._person(login, code, self._back(request, platform, app))
        response = web.HTTPSeeOther(f"/forms/{begun[1]}")
        response.del_cookie(LOGIN, path="/forms")
        self._set(response, VISITOR, self._sessions.dumps([platform, app, user, self._until(SESSION)]), SESSION)
        raise response

    async def inside(self, request: web.Request) -> web.StreamResponse:
        """GET /forms/inside/{platform}/{app}: asks the app for a code, and where it gives none, the login of browsers."""
        platform, app = request.match_info["platform"], request.match_info["app"]
        login = self._login(platform, app)
        begun = self._read(self._logins, request.cookies.get(LOGIN, ""))
        asked = login.inside(request.headers.get("User-Agent", "")) if isinstance(login, InsideLogin) else None
        if login is None or asked is None or begun is None:
            raise Note(400, say("pages.login_failed"), say("pages.login_lost"))
        back = f"/forms/login/{platform}/{app}?state={begun[0]}&inside=1"
        other = login.address(self._back(request, platform, app), begun[0])
        told = {"script": asked["script"], "corp": asked["corp"], "client": asked["client"]}
        return page("inside.html", 200, policy=policy_for(told["script"]), back=back, other=other, told=told)

    def _to_login(self, request: web.Request, grant: Grant, login: WebLogin) -> web.HTTPFound:
        state = secrets.token_hex(16)  # letters and digits only: WeCom refuses anything else
        agent = request.headers.get("User-Agent", "")
        if isinstance(login, InsideLogin) and login.inside(agent) is not None:
            found = web.HTTPFound(f"/forms/inside/{grant.platform}/{grant.app}")
        else:
            found = web.HTTPFound(login.address(self._back(request, grant.platform, grant.app), state))
        begun = self._logins.dumps([state, request.match_info["token"], self._until(LOGGING_IN)])
        self._set(found, LOGIN, begun, LOGGING_IN)
        return found

    async def _person(self, login: WebLogin, code: str, back: str) -> str:
        takes_back = len(inspect.signature(login.person).parameters) > 1
        return await self._said(login.person(code, *([back] if takes_back else [])))

    async def _said(self, asked: Awaitable[str]) -> str:
        """Whom the platform names. Raises Note where it names nobody."""
        try:
            return await asked
        except Refused as refused:
            raise Note(403, say("pages.login_failed"), refused.text) from refused
        except DeliveryError as error:
            log.warning("web login failed", error=str(error))
            raise Note(503, say("pages.login_failed"), say("pages.login_busy")) from error

    def _at_console(self, request: web.Request) -> str:
        if self._services.settings.demo:
            return request.query.get("as", "")
        user = self._console.session_user(request.cookies.get(CONSOLE_COOKIE, ""))
        if user is None:
            raise Note(401, say("pages.login"), say("pages.login_next"))
        return user

    def _login(self, platform: str, app: str) -> WebLogin | None:
        login = getattr(self._services.platforms.get((platform, app)), "login", None)
        return login if isinstance(login, WebLogin) else None

    def _back(self, request: web.Request, platform: str, app: str) -> str:
        base = self._services.settings.public_url.rstrip("/") or f"{request.scheme}://{request.host}"
        return f"{base}/forms/login/{platform}/{app}"

    def _until(self, life: timedelta) -> int:
        return int((self._services.clock.now() + life).timestamp())

    def _read(self, serializer: URLSafeSerializer, cookie: str) -> list[Any] | None:
        """What a cookie of ours holds; None when it is forged or over."""
        try:
            held: list[Any] = serializer.loads(cookie)
        except BadSignature:
            return None
        return held if datetime.fromtimestamp(held[-1], UTC) > self._services.clock.now() else None

    def _set(self, response: web.StreamResponse, name: str, value: str, life: timedelta) -> None:
        secure = self._services.settings.public_url.startswith("https://")
        response.set_cookie(
            name,
            value,
            max_age=int(life.total_seconds()),
            httponly=True,
            secure=secure,
            samesite="Lax",  # the login leads back from another site
            path="/forms",
        )
