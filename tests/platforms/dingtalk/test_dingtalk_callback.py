"""HTTP mode: signed robot calls, encrypted events, card callbacks; and ten thousand bytes that are none of these."""

from __future__ import annotations

import asyncio
import base64
import gc
import io
import json
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import VirtualClock
from bot.platforms.base import CardBody, Kind
from bot.platforms.dingtalk import DingTalkPlatform
from bot.platforms.http import Http
from cards.model import Button, Card
from tests.emulators.dingtalk import CLIENT_ID, CORP, DingTalkEmulator, seals
from tests.emulators.dingtalk.access import Trouble
from tests.emulators.dingtalk.push import HttpPush, robot_message
from tests.emulators.dingtalk.refusals import no_permission
from tests.platforms.dingtalk.conftest import App, Kept, settle

TOKEN, AES_KEY, CARD_SECRET = "tok123", "o1w0aum42yaptlz8alnhwikjd3jenzt9cb9wmzptgus", "card-secret"
PATH = "/callbacks/dingtalk/main"
HTTP_MODE: dict[str, Any] = {
    "stream": False,
    "event_token": TOKEN,
    "event_aes_key": AES_KEY,
    "card_route_key": "genjin",
    "card_api_secret": CARD_SECRET,
}
Web = TestClient[web.Request, web.Application]


@pytest.fixture
def hooked(make_app: Callable[..., App]) -> App:
    return make_app(**HTTP_MODE)


@pytest.fixture
async def site(hooked: App, ding: DingTalkEmulator) -> AsyncIterator[Web]:
    """The app's web server, known to the emulator."""
    application = web.Application()
    application.add_routes(hooked.platform.routes(hooked.kept))
    async with TestClient(TestServer(application)) as client:
        ding.http = HttpPush(ding, str(client.make_url(PATH)), TOKEN, AES_KEY)
        ding.cards.routes_by_key["genjin"] = (ding.http.address, CARD_SECRET)
        yield client


async def test_a_signed_message_is_taken(site: Web, hooked: App, ding: DingTalkEmulator) -> None:
    await ding.says("lilei", "你好")
    assert (hooked.kept.last.kind, hooked.kept.last.text) == (Kind.TEXT, "你好")


async def test_an_encrypted_event_is_answered_encrypted(site: Web, hooked: App, ding: DingTalkEmulator) -> None:
    assert ding.http is not None
    event = {"EventType": "user_leave_org", "TimeStamp": "1710000000000", "CorpId": CORP, "UserId": ["lilei"]}
    assert await ding.http.event(event) == (200, "success")
    assert hooked.kept.last.kind is Kind.DIRECTORY
    assert hooked.kept.last.at.timestamp() == 1_710_000_000
    assert await ding.http.event(event) == (200, "success")
    assert len(hooked.kept.inbounds) == 1, "the same event sealed anew is the same event"


async def test_saving_the_address_in_the_console_works(site: Web, hooked: App, ding: DingTalkEmulator) -> None:
    assert ding.http is not None
    assert await ding.http.event({"EventType": "check_url"}) == (200, "success")
    assert hooked.kept.calls == 0


async def test_another_organisations_event_is_not_ours(site: Web, hooked: App, ding: DingTalkEmulator) -> None:
    assert ding.http is not None
    assert (await ding.http.event({"EventType": "user_leave_org", "CorpId": "dingother"}))[0] == 403
    assert hooked.kept.calls == 0


async def test_a_press_by_http(site: Web, hooked: App, ding: DingTalkEmulator) -> None:
    card = Card(title="t", buttons=(Button(label="好", action={"a": "x"}),))
    await hooked.send(CardBody(card, "k"), user="lilei")
    await ding.presses("lilei", ding.inbox("lilei")[0], "好")
    assert hooked.kept.last.press is not None and hooked.kept.last.press.action == {"a": "x"}
    assert ding.inbox("lilei")[0].toast == ""


async def test_a_press_by_http_answered_late_shows_a_failure(site: Web, hooked: App, ding: DingTalkEmulator) -> None:
    """The work is done all the same; only the person's client did not wait."""
    await hooked.send(CardBody(Card(title="t", buttons=(Button(label="好", action={"a": "x"}),)), "k"), user="lilei")
    hooked.kept.gate = asyncio.Event()
    pressing = asyncio.create_task(ding.presses("lilei", ding.inbox("lilei")[0], "好"))
    await settle(lambda: hooked.kept.calls == 1)
    hooked.forward(seconds=3)
    await settle(lambda: ding.inbox("lilei")[0].toast == "操作失败")
    hooked.kept.gate.set()
    await pressing
    assert hooked.kept.last.press is not None and ding.inbox("lilei")[0].toast == "操作失败"


async def test_presses_find_their_way_without_anybody_registering_it(
    ding: DingTalkEmulator, http: Http, clock: VirtualClock, kept: Kept
) -> None:
    """Nothing in DingTalk's console registers the address: the product does, and again when it was refused."""
    address = "https://genjin.example.com/callbacks/dingtalk/main"
    platform = DingTalkPlatform(ding.settings(**HTTP_MODE), http, clock, address=address)
    ding.access.troubles.append(Trouble("callbacks/register", no_permission()))
    registering = asyncio.create_task(platform.listen(kept))
    await settle(lambda: bool(platform.health.card_route))
    found = {finding.what: finding for finding in await platform.client.check()}
    assert found["卡片回调"].state == "fail" and "权限管理" in found["卡片回调"].words
    clock.move_to(clock.now() + timedelta(minutes=6))
    await asyncio.wait_for(registering, 5)
    assert ding.cards.routes_by_key["genjin"] == (address, CARD_SECRET)
    await platform.listen(kept)
    found = {finding.what: finding for finding in await platform.client.check()}
    assert found["卡片回调"].state == "ok"


async def test_without_a_public_address_the_doctor_says_so(hooked: App) -> None:
    await hooked.platform.listen(hooked.kept)
    found = {finding.what: finding for finding in await hooked.platform.client.check()}
    assert found["卡片回调"].state == "fail" and "public_url" in found["卡片回调"].words


async def test_a_browser_sees_that_the_address_works(site: Web) -> None:
    answer = await site.get(PATH)
    assert answer.status == 200 and "可以访问" in await answer.text()


async def test_a_failing_store_is_no_success(site: Web, hooked: App, ding: DingTalkEmulator) -> None:
    hooked.kept.fail = OSError("disk full")
    assert ding.http is not None
    payload = robot_message(ding, ding.world.people["lilei"], None, {"msgtype": "text", "text": {"content": "x"}})
    stamp = ding.http.stamp()
    answer = await site.post(PATH, data=json.dumps(payload), headers=ding.http.robot_headers(stamp))
    assert answer.status == 500


async def test_events_need_their_keys(make_app: Callable[..., App], ding: DingTalkEmulator) -> None:
    app = make_app()
    application = web.Application()
    application.add_routes(app.platform.routes(app.kept))
    async with TestClient(TestServer(application)) as client:
        answer = await client.post(PATH + "?msg_signature=x&timestamp=1&nonce=n", json={"encrypt": "x"})
        assert answer.status == 403
        assert (await client.post(PATH, json={}, headers={"x-ddpaas-signature": "x"})).status == 403


@dataclass
class Bad:
    """One bad request and the status it deserves."""

    name: str
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


class Forger:
    """Makes bad requests out of good ones."""

    def __init__(self, ding: DingTalkEmulator, seed: int) -> None:
        assert ding.http is not None
        self._ding, self._push, self._random = ding, ding.http, random.Random(seed)
        self._now = int(ding.http.stamp())
        self._kinds = [
            self.robot_signature, self.robot_old, self.robot_unsigned, self.robot_truncated, self.robot_other,
            self.robot_not_json, self.event_tampered, self.event_old, self.event_plain, self.event_truncated,
            self.event_other_key, self.event_rubbish, self.card_signature, self.card_old, self.card_robot_secret,
            self.deep, self.nothing,
        ]  # fmt: skip

    def one(self) -> Bad:
        return self._random.choice(self._kinds)()

    def robot_signature(self) -> Bad:
        sign = base64.b64encode(self._random.randbytes(32)).decode()
        return Bad("robot: random signature", 401, self._message(), {"timestamp": str(self._now), "sign": sign})

    def robot_old(self) -> Bad:
        stamp = str(self._now + self._random.choice((-1, 1)) * self._random.randint(3_600_001, 10**11))
        return Bad("robot: replayed", 401, self._message(), self._push.robot_headers(stamp))

    def robot_unsigned(self) -> Bad:
        headers = self._push.robot_headers(str(self._now))
        headers.pop(self._random.choice(("timestamp", "sign")))
        return Bad("robot: a header missing", 401, self._message(), headers)

    def robot_truncated(self) -> Bad:
        body = self._message()
        return Bad("robot: truncated", 400, body[: self._random.randint(0, len(body) - 1)], self._headers())

    def robot_other(self) -> Bad:
        name, value = self._random.choice((("robotCode", "dingother"), ("chatbotCorpId", "dingother")))
        return Bad("robot: for another", 403, self._message(**{name: value}), self._headers())

    def robot_not_json(self) -> Bad:
        body = self._random.choice((b"[1]", b'"x"', b"null", b"\xff\xfe", b"a=b", self._random.randbytes(40)))
        return Bad("robot: no object", 400, body, self._headers())

    def event_tampered(self) -> Bad:
        body, query = self._event()
        name = self._random.choice(("encrypt", "msg_signature", "nonce", "timestamp"))
        sealed = json.loads(body)["encrypt"]
        if name == "encrypt":
            at = self._random.randrange(len(sealed) - 4)
            sealed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
        else:
            query[name] = str(int(query[name]) + 1) if name == "timestamp" else query[name][::-1] + "x"
        return Bad(f"event: {name} changed", 401, json.dumps({"encrypt": sealed}).encode(), query=query)

    def event_old(self) -> Bad:
        stamp = str(self._now - self._random.randint(3_600_001, 10**11))
        sealed = seals.encrypt(AES_KEY, CLIENT_ID, b"{}")
        signature = seals.event_sign(TOKEN, stamp, "n", sealed)
        query = {"msg_signature": signature, "timestamp": stamp, "nonce": "n"}
        return Bad("event: replayed", 401, json.dumps({"encrypt": sealed}).encode(), query=query)

    def event_plain(self) -> Bad:
        _, query = self._event()
        return Bad("event: plain", 400, b'{"EventType":"user_leave_org","UserId":["lilei"]}', query=query)

    def event_truncated(self) -> Bad:
        body, query = self._event()
        return Bad("event: truncated", 400, body[: self._random.randint(0, len(body) - 1)], query=query)

    def event_other_key(self) -> Bad:
        return self._signed(seals.encrypt(AES_KEY[::-1].replace("s", "a", 1), CLIENT_ID, b"{}"), "event: other key")

    def event_rubbish(self) -> Bad:
        rubbish = base64.b64encode(self._random.randbytes(self._random.randint(0, 200))).decode()
        return self._signed(rubbish, "event: rubbish inside")

    def card_signature(self) -> Bad:
        return self._card(
            str(self._now), base64.b64encode(self._random.randbytes(32)).decode(), "card: random signature"
        )

    def card_old(self) -> Bad:
        stamp = str(self._now - self._random.randint(3_600_001, 10**11))
        return self._card(stamp, seals.card_sign(stamp, CARD_SECRET), "card: replayed")

    def card_robot_secret(self) -> Bad:
        stamp = str(self._now)
        return self._card(stamp, self._push.robot_headers(stamp)["sign"], "card: signed as a robot call")

    def deep(self) -> Bad:
        return Bad("deeply nested", 400, b"[" * self._random.randint(10_000, 20_000), self._headers())

    def nothing(self) -> Bad:
        return Bad("empty", 400, b"", self._headers())

    def _message(self, **changes: str) -> bytes:
        content = {"msgtype": "text", "text": {"content": "x" * self._random.randint(0, 300)}, **changes}
        return json.dumps(robot_message(self._ding, self._ding.world.people["lilei"], None, content)).encode()

    def _headers(self) -> dict[str, str]:
        return self._push.robot_headers(str(self._now))

    def _event(self) -> tuple[bytes, dict[str, str]]:
        body, query = self._push.sealed_event({"EventType": "user_leave_org", "n": self._random.random()})
        query.pop("signature")
        return body, query

    def _signed(self, sealed: str, name: str) -> Bad:
        stamp = str(self._now)
        query = {"msg_signature": seals.event_sign(TOKEN, stamp, "n", sealed), "timestamp": stamp, "nonce": "n"}
        return Bad(name, 400, json.dumps({"encrypt": sealed}).encode(), query=query)

    def _card(self, stamp: str, signature: str, name: str) -> Bad:
        body = json.dumps({"outTrackId": "k", "userId": "lilei", "content": "{}"}).encode()
        return Bad(name, 401, body, {"x-ddpaas-signature-timestamp": stamp, "x-ddpaas-signature": signature})


class Wire:
    """One kept-alive connection, spoken by hand: cheap enough for ten thousand requests."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer

    async def refused(self, bad: Bad) -> None:
        head = {
            "Host": "genjin",
            "Content-Type": "application/json",
            "Content-Length": str(len(bad.body)),
            **bad.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        self.writer.write(f"POST {PATH}?{urlencode(bad.query)} HTTP/1.1\r\n{lines}\r\n".encode() + bad.body)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        size = int(answer.lower().partition("content-length:")[2].partition("\r")[0])
        words = await self._reader.readexactly(size)
        assert answer.startswith(f"HTTP/1.1 {bad.status} "), (bad.name, answer, words)


async def test_ten_thousand_bad_requests_change_nothing(site: Web, hooked: App, ding: DingTalkEmulator) -> None:
    """Objects alive are counted after a warm-up and at the end: nothing may be kept per refused request."""
    forger = Forger(ding, seed=20260316)
    objects: list[int] = []
    url = site.make_url(PATH)
    wire = Wire(*await asyncio.open_connection(url.host, url.port))
    for count in (1_000, 9_000):
        for _ in range(count):
            await wire.refused(forger.one())
        ding.robot.sessions.clear()
        gc.collect()
        objects.append(len(gc.get_objects()))
    wire.writer.close()
    await wire.writer.wait_closed()
    assert hooked.kept.calls == 0
    assert objects[1] - objects[0] < 1_000, objects


@pytest.mark.parametrize("declared", [True, False])
async def test_an_oversized_body_is_cut_off(declared: bool, site: Web, hooked: App, ding: DingTalkEmulator) -> None:
    assert ding.http is not None
    body = b'{"x":"' + b"x" * (2 * 1024 * 1024) + b'"}'

    async def piecemeal() -> AsyncIterator[bytes]:
        for at in range(0, len(body), 64 * 1024):
            yield body[at : at + 64 * 1024]

    headers = ding.http.robot_headers(ding.http.stamp())
    answer = await site.post(PATH, data=io.BytesIO(body) if declared else piecemeal(), headers=headers)
    assert answer.status == 413 and hooked.kept.calls == 0
