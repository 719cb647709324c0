"""The demo's people on three emulated platforms, configured for the demo and on its clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from aiohttp import web

from bot.app import App
from bot.clock import Clock
from bot.demo import EMULATED_APP as APP
from bot.platforms.dingtalk.template import template
from tests.emulators.dingtalk import DingTalkEmulator
from tests.emulators.dingtalk.page import DingTalkPhone
from tests.emulators.dingtalk.push import HttpPush
from tests.emulators.feishu import FeishuEmulator
from tests.emulators.feishu.page import FeishuPhone
from tests.emulators.phone.phone import Phone
from tests.emulators.together.page import SideBySide
from tests.emulators.wecom import WeComEmulator
from tests.emulators.wecom.page import WeComPhone

Company = Mapping[str, Any]

TOKEN, AES_KEY = "emulated-token", "o1w0aum42yaptlz8alnhwikjd3jenzt9cb9wmzptgus"
ROUTE, SECRET = "genjin", "emulated-card-secret"


class Together:
    """All three by callback, so that a clock that jumps breaks no connection."""

    def __init__(self, clock: Clock) -> None:
        self.feishu = FeishuEmulator(clock)
        self.dingtalk = DingTalkEmulator(clock)
        self.wecom = WeComEmulator(clock)

    @property
    def phones(self) -> tuple[Phone, ...]:
        return FeishuPhone(self.feishu), DingTalkPhone(self.dingtalk), WeComPhone(self.wecom)

    def settings(self) -> dict[str, dict[str, dict[str, Any]]]:
        """What an admin would enter for the three apps."""
        form = {"template_id": self.dingtalk.import_template(template())}
        by_callback = {"stream": False, "card_route_key": ROUTE, "card_api_secret": SECRET, "form_template": form}
        sealed = {"event_token": TOKEN, "event_aes_key": AES_KEY}
        return {
            "feishu": {APP: dict(self.feishu.settings(long_connection=False))},
            "dingtalk": {APP: dict(self.dingtalk.settings(**by_callback, **sealed))},
            "wecom": {APP: dict(self.wecom.settings())},
        }

    async def connect(self, url: str) -> None:
        """The product listens at `url`."""
        address = {name: f"{url}/callbacks/{name}/{APP}" for name in ("feishu", "dingtalk", "wecom")}
        self.feishu.world.app.callback_url = address["feishu"]
        self.dingtalk.http = HttpPush(self.dingtalk, address["dingtalk"], TOKEN, AES_KEY)
        self.dingtalk.cards.routes_by_key[ROUTE] = (address["dingtalk"], SECRET)
        self.wecom.calls_at(address["wecom"])

    def routes(self, app: App) -> Sequence[web.RouteDef]:
        """The page and what it asks for."""
        return SideBySide(app, self.phones).routes()

    def people(self, company: Company) -> None:
        """Everybody on all three, under the id they have at the web chat."""
        users = {one["name"]: one["user"] for one in company["people"]}
        names = list(dict.fromkeys(one["department"] for one in company["people"]))
        numbers = {name: number for number, name in enumerate(names, 2)}
        for name, number in numbers.items():
            self.dingtalk.department(number, name)
            self.wecom.department(number, name)
        departments = {name: self.feishu.department(name) for name in names}
        for one in company["people"]:
            user, name, title, number = one["user"], one["name"], one["title"], numbers[one["department"]]
            above = users.get(one.get("superior", ""), "")
            department = departments[one["department"]]
            self.feishu.person(name, open_id=user, superior=above, department=department, title=title)
            self.dingtalk.person(user, name, manager=above, title=title, departments=[number])
            self.wecom.user(user, name, departments=[number], leader=above, position=title)


@asynccontextmanager
async def around(clock: Clock, company: Company) -> AsyncIterator[Together]:
    """Starts the three; they end with the demo."""
    together = Together(clock)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(together.feishu)
        await stack.enter_async_context(together.dingtalk)
        stack.push_async_callback(together.wecom.close)
        await together.wecom.start()
        together.people(company)
        yield together
