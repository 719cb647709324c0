"""Ten thousand requests that are not Feishu's: each refused with its status, none taken in, nothing left behind."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import random
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot.clock import VirtualClock
from bot.errors import InboundRefused
from bot.platforms.feishu import FeishuPlatform, callback
from bot.platforms.feishu.envelope import MAX_BODY, open_envelope
from bot.platforms.http import Http
from tests.emulators.feishu import FeishuEmulator
from tests.emulators.feishu.webhook import encrypted, request_of, signed
from tests.platforms.feishu.support import Inbox, callback_server, settings_for

Request = tuple[bytes, dict[str, str]]
COUNT = 10_000
BATCH = 100


class Forger:
    """Makes one bad request of each kind out of a good one."""

    def __init__(self, feishu: FeishuEmulator, clock: VirtualClock) -> None:
        self.feishu = feishu
        self.clock = clock
        self.chance = random.Random(20260302)
        event = {
            "sender": {"sender_id": {"open_id": "ou_li"}, "sender_type": "user"},
            "message": {"message_id": "om_1", "chat_id": "oc_1", "chat_type": "p2p", "message_type": "text"}
            | {"content": json.dumps({"text": "宏达"}), "create_time": "1609073151345"},
        }
        self.envelope = feishu.delivery.envelope("im.message.receive_v1", event)

    def good(self) -> Request:
        return request_of(self.feishu.world, self.envelope)

    def tampered(self) -> tuple[Request, int]:
        body, headers = self.good()
        at = self.chance.randrange(13, len(body) - 2)
        return ((body[:at] + (b"A" if body[at : at + 1] != b"A" else b"B") + body[at + 1 :], headers), 401)

    def truncated(self) -> tuple[Request, int]:
        body, headers = self.good()
        return (body[: self.chance.randrange(len(body))], headers), 400

    def replayed(self) -> tuple[Request, int]:
        body, _ = self.good()
        age = timedelta(hours=8, seconds=self.chance.randrange(1, 10**6))
        return (body, signed(self.feishu.world, body, timestamp=int((self.clock.now() - age).timestamp()))), 401

    def unsigned(self) -> tuple[Request, int]:
        return (self.good()[0], {}), 401

    def wrongly_signed(self) -> tuple[Request, int]:
        body, headers = self.good()
        name = self.chance.choice(list(headers)[1:])
        return (body, headers | {name: self.chance.choice(["", "0" * 64, headers[name][::-1] + "x"])}), 401

    def other_key(self) -> tuple[Request, int]:
        body = json.dumps({"encrypt": encrypted(json.dumps(self.envelope).encode(), "another key")}).encode()
        return (body, signed(self.feishu.world, body)), 401

    def plain(self) -> tuple[Request, int]:
        body = json.dumps(self.envelope).encode()
        return (body, signed(self.feishu.world, body)), 401

    def other_app(self) -> tuple[Request, int]:
        header = self.envelope["header"] | {"app_id": "cli_other"}
        return request_of(self.feishu.world, self.envelope | {"header": header}), 401

    def wrong_token(self) -> tuple[Request, int]:
        header = self.envelope["header"] | {"token": f"guess{self.chance.random()}"}
        return request_of(self.feishu.world, self.envelope | {"header": header}), 401

    def no_json(self) -> tuple[Request, int]:
        noise = self.chance.choice(
            [b"", b"[]", b"7", b"\xff\xfe", b"{" * 5000, b"[" * 50_000, self.chance.randbytes(200)]
        )
        return (noise, signed(self.feishu.world, noise)), 400

    def no_ciphertext(self) -> tuple[Request, int]:
        body = json.dumps({"encrypt": self.chance.choice(["", "====", "a" * 40, None, 7, ["x"], "宏达"])}).encode()
        return (body, signed(self.feishu.world, body)), 401

    def unsigned_challenge(self) -> tuple[Request, int]:
        """The one thing Feishu does not sign still needs the token."""
        asked = {"challenge": "c", "token": "guess", "type": "url_verification"}
        body = json.dumps(
            {"encrypt": encrypted(json.dumps(asked).encode(), self.feishu.world.app.encrypt_key)}
        ).encode()
        return (body, {}), 401

    def makers(self) -> list[Callable[[], tuple[Request, int]]]:
        return [
            self.tampered,
            self.truncated,
            self.replayed,
            self.unsigned,
            self.wrongly_signed,
            self.other_key,
            self.plain,
            self.other_app,
            self.wrong_token,
            self.no_json,
            self.no_ciphertext,
            self.unsigned_challenge,
        ]

    def oversized(self) -> tuple[Request, int]:
        body = b'{"encrypt":"' + b"A" * MAX_BODY + b'"}'
        return (body, {}), 413


@pytest.fixture
def forger(feishu: FeishuEmulator, clock: VirtualClock) -> Forger:
    return Forger(feishu, clock)


async def _answers(http: Http, url: str, requests: list[tuple[Request, int]]) -> list[tuple[int, int]]:
    """Status given and status due of each."""
    replies = await asyncio.gather(
        *(http.call("POST", url, data=io.BytesIO(body), headers=headers) for (body, headers), _ in requests)
    )
    return [(reply.status, due) for reply, (_, due) in zip(replies, requests, strict=True)]


async def test_ten_thousand_forgeries(
    platform: FeishuPlatform, forger: Forger, http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []
    monkeypatch.setattr(callback, "log", SimpleNamespace(warning=lambda *_, **why: said.append(why["reason"])))
    inbox, left_behind = Inbox(), []
    makers = forger.makers()
    async with callback_server(platform, inbox) as url:
        assert await _answers(http, url, [(forger.good(), 200)]) == [(200, 200)]  # the road is open for what is real
        for first in range(0, COUNT, BATCH):
            forged = [makers[number % len(makers)]() for number in range(first, first + BATCH - 1)] + [
                forger.oversized()
            ]
            wrong = [number for number, (given, due) in enumerate(await _answers(http, url, forged)) if given != due]
            assert not wrong, [makers[(first + number) % len(makers)].__name__ for number in wrong]
            if first % (COUNT // 4) == COUNT // 4 - BATCH:
                gc.collect()
                left_behind.append(len(gc.get_objects()))
    assert len(inbox.taken) == 1
    assert platform.health.refused == len(said) == COUNT
    assert left_behind[-1] - left_behind[0] < 500, left_behind


async def test_the_refusal_does_not_say_which_check_failed(
    platform: FeishuPlatform, forger: Forger, http: Http
) -> None:
    answers = set()
    async with callback_server(platform, Inbox()) as url:
        for make in (forger.tampered, forger.other_key, forger.plain, forger.wrong_token, forger.replayed):
            (body, headers), _ = make()
            reply = await http.call("POST", url, data=body, headers=headers)
            answers.add((reply.status, reply.body))
    assert len(answers) == 1


def test_header_bytes_that_are_no_text_are_just_wrong(forger: Forger, feishu: FeishuEmulator) -> None:
    body, headers = forger.good()
    for name in (one for one in headers if one.startswith("X-Lark")):
        with pytest.raises(InboundRefused):
            open_envelope(body, headers | {name: "\udcff"}, settings_for(feishu), forger.clock.now())
