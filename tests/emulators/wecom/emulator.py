"""The emulated WeCom as one object: start it, let people talk, look at their phones, make things go wrong."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.clock import Clock
from bot.platforms.wecom.settings import WeComSettings
from tests.emulators.wecom.api import Tokens
from tests.emulators.wecom.app_line import Answers, AppLine
from tests.emulators.wecom.bot_line import BotLine
from tests.emulators.wecom.bot_socket import BotSockets
from tests.emulators.wecom.callbacks import Callbacks, Outcome
from tests.emulators.wecom.contacts import WebLogin
from tests.emulators.wecom.faults import Faults
from tests.emulators.wecom.messages import Messages
from tests.emulators.wecom.server import server
from tests.emulators.wecom.state import App, Bot, Group, Seen, Tenant, User

CORP = "ww0123456789abcdef"
AMR = b"#!AMR\n" + bytes(320)
"""Ten silent frames."""


class WeComEmulator:
    """One enterprise with one self-built app and one robot; `line` chooses whom people talk to ("app" or "aibot")."""

    def __init__(self, clock: Clock, *, line: str = "app") -> None:
        self.clock = clock
        self.line = line
        self.tenant = Tenant(CORP, clock)
        self.tokens = Tokens()
        self.faults = Faults()
        self.callbacks = Callbacks(clock)
        self.messages = Messages(self.tenant)
        self.sockets = BotSockets(self.tenant)
        self.login = WebLogin(self.tenant)
        self.app = self.tenant.apps[1000002] = App(1000002, secrets.token_hex(16), "QDG6eK", new_aes_key())
        self.bot = self.tenant.bots["aib-1"] = Bot(
            "aib-1", secrets.token_hex(16), token="QDG6eK", aes_key=new_aes_key()
        )
        self.url = ""
        self._runner: web.AppRunner | None = None

    @property
    def socket_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/aibot"

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> None:
        """Listens on loopback; `url` is known afterwards."""
        self._runner = web.AppRunner(server(self), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.url = f"http://{host}:{self._runner.addresses[0][1]}"
        self.app_line = AppLine(self.tenant, self.callbacks, self.app)
        self.bot_line = BotLine(self.tenant, self.callbacks, self.sockets, self.bot, self.url)

    async def close(self) -> None:
        await self.callbacks.close()
        await self.sockets.kill()
        if self._runner is not None:
            await self._runner.cleanup()

    def settings(self, **more: Any) -> WeComSettings:
        """What an admin would enter for the line people talk to."""
        places = {"api_url": self.url, "login_url": self.url, "socket_url": self.socket_url}
        if self.line == "app":
            app = self.app
            own = {
                "corp_id": CORP,
                "agent_id": app.agent,
                "secret": app.secret,
                "callback_token": app.token,
                "encoding_aes_key": app.aes_key,
            }
        else:
            own = {"bot_id": self.bot.id, "bot_secret": self.bot.secret, "bot_name": self.bot.name}
            own |= {"callback_token": self.bot.token, "encoding_aes_key": self.bot.aes_key}
            own |= {"media_hosts": (self.url.partition("://")[2],)}
        return WeComSettings.model_validate({"line": self.line, **places, **own, **more})

    def calls_at(self, url: str) -> None:
        """The callback address, as entered in the console."""
        if self.line == "app":
            self.app.callback = url
        else:
            self.bot.callback = url

    async def verify(self) -> tuple[int, str]:
        """Presses 保存 in the console: (status, "ok" or what was answered instead)."""
        return await self.callbacks.verify(self._talk.target)

    def user(self, user: str, name: str = "", **more: Any) -> User:
        person = self.tenant.users[user.lower()] = User(user, name or user, **more)
        return person

    def department(self, number: int, name: str, *, parent: int = 1, leaders: Sequence[str] = ()) -> None:
        self.tenant.departments[number] = {
            "id": number,
            "name": name,
            "parentid": parent,
            "department_leader": list(leaders),
        }

    def group(self, chat: str, name: str, members: Sequence[str]) -> Group:
        """A group with the robot in it (or, for an app, one it may send to)."""
        made = self.tenant.groups[chat] = Group(chat, name, list(members), self.app.agent)
        if self.line == "aibot":
            self.sockets.talked.add((self.bot.id, chat))
        return made

    async def says(self, user: str, text: str, *, group: str = "") -> Outcome:
        self.tenant.says(user, "text", f"@{self.bot.name} {text}" if group else text, chat=group)
        if self.line == "app":
            assert not group, "a self-built app hears no group"
            return await self.app_line.says(user, text)
        return await self.bot_line.says(user, text, group=group)

    async def sends_voice(self, user: str, content: bytes = AMR, words: str = "") -> Outcome:
        self.tenant.says(user, "voice", "语音", content=content)
        return await (
            self.app_line.sends_voice(user, content) if self.line == "app" else self.bot_line.sends_voice(user, words)
        )

    async def sends_photo(self, user: str, content: bytes) -> Outcome:
        self.tenant.says(user, "picture", content=content)
        return await self._talk.sends_photo(user, content)

    async def sends_file(self, user: str, content: bytes, name: str) -> Outcome:
        self.tenant.says(user, "file", name, content=content)
        return await self.bot_line.sends_file(user, content, name)

    async def shares_position(self, user: str, latitude: float, longitude: float, address: str = "") -> Outcome:
        self.tenant.says(user, "position", address or f"{latitude}, {longitude}")
        return await self.app_line.shares_position(user, latitude, longitude, address)

    async def enters(self, user: str) -> Outcome:
        return await self._talk.enters(user)

    async def presses(self, user: str, message: Seen, label: str, answers: Answers | None = None) -> Outcome | str:
        """A button by its label; for a link the address it opens."""
        return await self._talk.presses(user, message, label, answers)

    def inbox(self, user: str) -> list[Seen]:
        """The chat with the bot as it looks now, oldest first."""
        return self.tenant.inbox[user.lower()]

    def group_inbox(self, chat: str) -> list[Seen]:
        return self.tenant.inbox[f"group:{chat}"]

    def webhook(self, key: str) -> list[Seen]:
        """A group's webhook; its messages."""
        return self.tenant.webhooks[key]

    def invalidate_tokens(self) -> None:
        """Every token handed out so far answers 40014 from now on."""
        self.tokens.kill_all()

    def dropped(self, user: str) -> int:
        """Messages over the member's limit that vanished."""
        return self.tenant.dropped[user]

    async def kill_connections(self, code: int = 1006) -> None:
        await self.sockets.kill(code)

    @property
    def _talk(self) -> AppLine | BotLine:
        return self.app_line if self.line == "app" else self.bot_line


def new_aes_key() -> str:
    """43 characters that are the base64 of 32 bytes."""
    return base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=").replace("+", "A").replace("/", "B")[:42] + "A"
