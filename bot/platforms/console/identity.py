"""Who is asking, and which conversations they may see."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from bot.platforms.console.answers import Problem
from bot.platforms.console.ports import ConsolePerson, Roster
from bot.platforms.console.settings import ConsoleSettings
from bot.platforms.console.signing import Signer

COOKIE = "genjin_session"


class Identity:
    """Reads the person from the request: their session cookie, or in the demo whom the page says it plays."""

    def __init__(self, settings: ConsoleSettings, roster: Roster, signer: Signer) -> None:
        self._settings = settings
        self._roster = roster
        self._signer = signer

    async def person(self, request: web.Request) -> ConsolePerson:
        """Raises Problem 401 when nobody is logged in, or the one who was has left."""
        user = self._named(request)
        person = next((one for one in await self._roster.people() if one.user == user), None)
        if person is not None:
            return person
        if self._settings.demo:
            raise Problem(401, "unknown_person", "没有这个人，请在左边选一个身份。")
        raise Problem(401, "login", "请先登录：找管理员要一个登录链接，10 分钟内点开它。")

    async def author(self, request: web.Request) -> ConsolePerson:
        """The person behind a POST, which has to come from our own page. Raises Problem 401 or 403."""
        self._check_origin(request)
        return await self.person(request)

    async def conversations(self, person: ConsolePerson) -> dict[str, str]:
        """What this person may see: conversation to title, the private one first."""
        groups = {f"group:{group.chat}": group.title for group in await self._roster.groups(person.user)}
        return {f"user:{person.user}": "跟进", **groups}

    async def must_see(self, person: ConsolePerson, conversation: str) -> str:
        """The title of a conversation. Raises Problem 404 for others' and unknown ones alike."""
        title = (await self.conversations(person)).get(conversation)
        if title is None:
            raise Problem(404, "no_conversation", "没有这个会话，或者你不在里面。")
        return title

    def _named(self, request: web.Request) -> str:
        if self._settings.demo:
            return request.query.get("as", "")
        return self._signer.session_user(request.cookies.get(COOKIE, "")) or ""

    def _check_origin(self, request: web.Request) -> None:
        origin = request.headers.get("Origin")
        if origin is None:
            # Browsers name the origin of every cross-site POST; without one it is a program, which carries no one's cookie.
            allowed = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        else:
            allowed = urlsplit(origin).netloc == request.host or origin in self._settings.origins
        if not allowed:
            raise Problem(403, "origin", "这个请求不是从本页面发出的，没有执行。请刷新页面再试。")
