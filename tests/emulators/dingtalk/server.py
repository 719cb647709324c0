"""An emulated DingTalk: one organisation, one app with a robot, both API hosts and the Stream gateway in one server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import timedelta
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp import web

from bot.clock import Clock, SystemClock
from bot.platforms.dingtalk.settings import DingTalkSettings
from tests.emulators.dingtalk import push, templates
from tests.emulators.dingtalk.access import Access
from tests.emulators.dingtalk.cards import CannotPress, Cards, callback
from tests.emulators.dingtalk.contacts import Contacts
from tests.emulators.dingtalk.media import Files
from tests.emulators.dingtalk.page import DingTalkPhone, spoken
from tests.emulators.dingtalk.push import HttpPush
from tests.emulators.dingtalk.refusals import OldRefused, Refused
from tests.emulators.dingtalk.robot import Robot, draw_message
from tests.emulators.dingtalk.stream import Gateway, Push
from tests.emulators.dingtalk.templates import Template
from tests.emulators.dingtalk.world import CORP, Conversation, Department, Instance, Message, Person, Shown, World
from tests.emulators.phone.routes import page_routes

CLIENT_ID = "dingemulated0001"
CLIENT_SECRET = "emulated-secret-0123456789"
ANSWER_WITHIN = timedelta(seconds=2)
"""A card callback must be answered within about two seconds; then the client shows a failure."""


class DingTalkEmulator:
    """`async with DingTalkEmulator(clock) as ding:` starts it on a free port of the loopback."""

    def __init__(self, clock: Clock | None = None, *, seed: int = 0) -> None:
        self.clock: Clock = clock or SystemClock()
        self.world = World()
        self.access = Access(self.clock, CLIENT_ID, CLIENT_SECRET)
        self.robot_code = CLIENT_ID
        self.templates = templates.public()
        self.robot = Robot(self)
        self.cards = Cards(self)
        self.files = Files(self)
        self.contacts = Contacts(self)
        self.gateway = Gateway(self, seed)
        self.push_quota: int | None = None
        """Pushes left in this month; below one they come without their content."""
        self.http: HttpPush | None = None
        """When set, messages and events are posted there instead of going by Stream."""
        self.skew = timedelta(0)
        """How far DingTalk's clock is from the app's."""
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self, port: int = 0) -> None:
        app = web.Application(middlewares=[self._guard], client_max_size=32 * 1024 * 1024)
        for part in (self.robot, self.cards, self.files, self.contacts, self.gateway):
            app.add_routes(part.routes())
        app.add_routes([web.post("/v1.0/oauth2/accessToken", self._token), web.get("/gettoken", self._old_token)])
        app.add_routes(page_routes(DingTalkPhone(self)))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.gateway.kill()
        if self._runner is not None:
            await self._runner.cleanup()

    def settings(self, **changes: Any) -> DingTalkSettings:
        """Settings of an app that talks to this emulator."""
        bases = {"api_base": self.url, "oapi_base": self.url, "login_base": self.url, "jsapi": f"{self.url}/jsapi.js"}
        given = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "corp_id": CORP, **bases, **changes}
        return DingTalkSettings.model_validate(given)

    # The organisation

    def person(self, user: str, name: str = "", **more: Any) -> Person:
        found = Person(user, name or user, union=f"union-{user}", **more)
        self.world.people[user] = found
        return found

    def department(self, number: int, name: str, parent: int = 1, managers: list[str] | None = None) -> Department:
        found = Department(number, name, parent, managers or [])
        self.world.departments[number] = found
        return found

    def group(self, title: str, members: list[str], *, robot: bool = True) -> str:
        """A group of the organisation; gives its openConversationId."""
        chat = f"cid{self.access.fresh('group')}=="
        self.world.conversations[chat] = Conversation(chat, "2", title, members, robot)
        return chat

    def import_template(self, exported: Mapping[str, Any], *, published: bool = True) -> str:
        """Imports a template file as an operator does in the card platform; gives its id."""
        number = f"{self.access.fresh('template')}.schema"
        self.templates[number] = Template(templates.imported(exported), published)
        return number

    # What people do

    async def says(self, user: str, text: str, chat: str = "", *, quote: str = "") -> Push | None:
        """A text, in the direct chat or (with an @ to the robot) in a group; waits until it is acknowledged."""
        body: dict[str, Any] = {"content": f" {text} " if chat else text}
        if quote:
            body |= {"isReplyMsg": True, "repliedMsg": {"msgType": "text", "msgId": quote}}
        return await self.sends(user, {"msgtype": "text", "text": body}, chat)

    async def sends_voice(self, user: str, content: bytes, *, words: str = "", milliseconds: int = 3000) -> Push | None:
        given = {"downloadCode": self.file_code(content), "duration": milliseconds, "recognition": words}
        return await self.sends(user, {"msgtype": "audio", "content": given})

    async def sends_photo(self, user: str, content: bytes, chat: str = "") -> Push | None:
        code = self.file_code(content)
        return await self.sends(
            user, {"msgtype": "picture", "content": {"downloadCode": code, "pictureDownloadCode": code}}, chat
        )

    async def sends_file(self, user: str, name: str, content: bytes) -> Push | None:
        given = {"downloadCode": self.file_code(content), "fileName": name, "spaceId": "1", "fileId": "2"}
        return await self.sends(user, {"msgtype": "file", "content": given})

    async def sends(self, user: str, content: dict[str, Any], chat: str = "") -> Push | None:
        """Any message. Groups carry no voice, video or file. None by HTTP."""
        if chat and content["msgtype"] in ("audio", "video", "file"):
            raise CannotPress(f"{content['msgtype']} is for direct chats only")
        group = self.world.conversations[chat] if chat else None
        self.world.spoken.append(spoken(self, user, content, chat))
        payload = push.robot_message(self, self.world.people[user], group, content)
        if self.http is not None:
            await self.http.hand_over(payload)
            return None
        return await self.gateway.push(push.stream_message(payload))

    async def event(self, kind: str, data: dict[str, Any]) -> Push | None:
        if self.http is not None:
            capitals = {name[:1].upper() + name[1:]: value for name, value in data.items()}
            await self.http.event({"EventType": kind, "TimeStamp": self.http.stamp(), "CorpId": CORP, **capitals})
            return None
        return await self.gateway.push(push.stream_event(self, kind, data))

    def file_code(self, content: bytes) -> str:
        """A download code for a file a person sent."""
        code = self.access.fresh("download")
        self.world.files[code] = content
        return code

    async def presses(
        self, user: str, shown: Shown | str, label: str, answers: Mapping[str, Any] | None = None
    ) -> Push | None:
        """Presses a button (or taps a link) on what `user` sees, with the form filled in. Raises CannotPress."""
        seen = self._seen(user, shown if isinstance(shown, str) else shown.id)
        if label in seen.links:
            return await self._follow(user, seen, seen.links[label])
        if label not in seen.buttons:
            raise CannotPress(f"no button {label}; there are {seen.labels}")
        instance = self.world.instance(seen.id)
        assert instance is not None
        layout = self.templates[instance.template].layout
        pressed = callback(layout, instance.seen_by(user), seen, label, answers or {})
        return await self._call_back(user, instance, push.card_press(self, instance, user, pressed))

    async def reads(self, user: str, shown: Shown) -> Push | None:
        """Opens a robot message; whoever subscribed to it hears of it."""
        message = self.world.message(shown.id)
        assert message is not None, "cards tell nobody that they were read"
        message.read.add(user)
        about = {"openConversationId": message.chat, "processQueryKey": message.id, "robotCode": self.robot_code}
        return await self.event("robot_msg_read", {"userId": user, "operatTime": self._now(), **about})

    async def joins(self, user: str, chat: str) -> Push | None:
        """Is taken into a group."""
        self.world.conversations[chat].members.append(user)
        return await self.event("chat_add_member", {"openConversationId": chat, "userId": [user]})

    async def disbands(self, chat: str) -> Push | None:
        """The group is no more."""
        self.world.conversations[chat].robot = False
        return await self.event("chat_disband", {"openConversationId": chat})

    def inbox(self, user: str) -> list[Shown]:
        """Everything from the robot that `user` sees, oldest first, in its present state."""
        return [self._draw(user, item) for item in self.world.history if user in self.world.receivers(item)]

    async def until(self, ready: Callable[[], bool], *, within: float = 5.0) -> None:
        """Waits (really) until something arrived that makes `ready` true. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not ready():
                self._changed.clear()
                await self._changed.wait()

    def changed(self) -> None:
        self._changed.set()

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _call_back(self, user: str, instance: Instance, data: dict[str, Any]) -> Push | None:
        """Delivers a press the way the card was made for; no answer in time shows a failure to the person."""
        if instance.callback == "HTTP" and self.http is not None:
            await self._posted(user, instance, self._answer_by_http(instance, data))
            return None
        if instance.callback != "STREAM":
            instance.toast[user] = "操作失败"
            return None
        pressed = self.gateway.post(push.stream_press(data))
        late = asyncio.ensure_future(self.clock.sleep(ANSWER_WITHIN))
        answered = asyncio.ensure_future(pressed.answered.wait())
        if pressed.ids:
            await asyncio.wait((late, answered), return_when=asyncio.FIRST_COMPLETED)
        self._show_answer(
            user, instance, pressed.answer["data"]["response"] if pressed.accepted and pressed.answer else None
        )
        for task in (late, answered):
            task.cancel()
        return pressed

    async def _answer_by_http(self, instance: Instance, data: dict[str, Any]) -> Mapping[str, Any] | None:
        """A press is posted once; None where nobody accepted it."""
        assert self.http is not None
        _, secret = self.cards.routes_by_key[instance.route]
        try:
            status, answer = await self.http.press(data, secret)
        except aiohttp.ClientError:
            return None
        return answer if status == 200 else None

    async def _posted(
        self, user: str, instance: Instance, press: Coroutine[Any, Any, Mapping[str, Any] | None]
    ) -> None:
        """A press by HTTP: an answer that takes too long shows a failure, whatever comes later."""
        late = asyncio.ensure_future(self.clock.sleep(ANSWER_WITHIN))
        posting = asyncio.ensure_future(press)
        await asyncio.wait((late, posting), return_when=asyncio.FIRST_COMPLETED)
        in_time = posting.done()
        if not in_time:
            self._show_answer(user, instance, None)
        answer = await posting
        late.cancel()
        if in_time:
            self._show_answer(user, instance, answer)

    def _show_answer(self, user: str, instance: Instance, answer: Mapping[str, Any] | None) -> None:
        if answer is None:
            instance.toast[user] = "操作失败"
            return
        instance.toast.pop(user, None)
        fresh = (answer.get("cardData") or {}).get("cardParamMap") or {}
        if not (answer.get("cardUpdateOptions") or {}).get("updateCardDataByKey"):
            instance.local[user] = dict.fromkeys(instance.params, "")
        instance.local[user] = {**instance.local.get(user, {}), **fresh}

    async def _follow(self, user: str, seen: Shown, url: str) -> Push | None:
        """Opens a link: a dtmd link speaks for the person, anything else is a page."""
        parts = urlsplit(url)
        if parts.scheme != "dtmd" or parts.netloc != "dingtalkclient" or seen.chat:
            return None
        return await self.says(user, parse_qs(parts.query)["content"][0])

    def _now(self) -> int:
        return int(self.clock.now().timestamp() * 1000)

    def _seen(self, user: str, number: str) -> Shown:
        found = next((shown for shown in self.inbox(user) if shown.id == number), None)
        if found is None:
            raise CannotPress(f"{user} does not see {number}")
        return found

    def _draw(self, user: str, item: Message | Instance) -> Shown:
        if isinstance(item, Instance):
            shown = Shown(
                item.id, "card", chat=item.chat, edits=item.edits, line=item.line, toast=item.toast.get(user, "")
            )
            shown.at = item.sent
            templates.draw(self.templates[item.template].layout, item.seen_by(user), shown, self.world.people[user])
            return shown
        return draw_message(self.world, item)

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Arranged troubles, tokens, rates; refusals in DingTalk's shape."""
        try:
            await self.access.trouble(request.path, after=False)
            self.access.check_call(request)
            response = await handler(request)
            await self.access.trouble(request.path, after=True)
        except Refused as refused:
            response = refused.response()
        if not response.prepared:
            response.headers["Date"] = format_datetime(self.clock.now() + self.skew, usegmt=True)
        return response

    async def _token(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.access.check_credentials(body.get("appKey"), body.get("appSecret"))
        value, life = self.access.token()
        return web.json_response({"accessToken": value, "expireIn": life})

    async def _old_token(self, request: web.Request) -> web.Response:
        if (request.query.get("appkey"), request.query.get("appsecret")) != (CLIENT_ID, CLIENT_SECRET):
            raise OldRefused(40089, "不合法的corpid或corpsecret")
        value, life = self.access.token()
        return web.json_response({"errcode": 0, "errmsg": "ok", "access_token": value, "expires_in": life})
