"""The callback address: what is let in, what is answered, and when."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from functools import partial
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr, ValidationError

from bot.clock import VirtualClock
from bot.platforms.base import Kind
from bot.platforms.feishu import FeishuPlatform, FeishuSettings
from bot.platforms.http import Http
from tests.emulators.feishu import FeishuEmulator
from tests.emulators.feishu.webhook import encrypted, request_of, signed
from tests.platforms.feishu.support import Inbox, callback_server, forward, settings_for, until

HOUR = timedelta(hours=1)


async def test_saving_the_address_in_the_console_works(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    inbox = Inbox()
    async with callback_server(platform, inbox) as url:
        feishu.world.app.callback_url = url
        assert await feishu.webhook.verify()
    assert inbox.taken == []


async def test_the_wrong_token_is_no_verification(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    async with callback_server(platform, Inbox()) as url:
        feishu.world.app.callback_url, feishu.world.app.verification_token = url, "another"
        assert not await feishu.webhook.verify()


async def test_a_message_is_answered_when_it_is_safe(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    inbox, rep = Inbox(), feishu.person("李雷")
    inbox.gate = asyncio.Event()
    async with callback_server(platform, inbox) as url:
        feishu.world.app.callback_url = url
        saying = asyncio.create_task(feishu.says(rep, "宏达今天报价了"))
        await asyncio.sleep(0)
        assert not saying.done()
        inbox.gate.set()
        await saying
    assert [one.text for one in inbox.taken] == ["宏达今天报价了"]
    assert feishu.delivery.attempts[-1][1].accepted


async def test_what_could_not_be_kept_is_not_acknowledged_and_comes_again(
    feishu: FeishuEmulator, platform: FeishuPlatform, clock: VirtualClock
) -> None:
    inbox, rep = Inbox(), feishu.person("李雷")
    inbox.broken = True
    async with callback_server(platform, inbox) as url:
        feishu.world.app.callback_url = url
        await feishu.says(rep, "第一次")
        assert not feishu.delivery.attempts[-1][1].accepted
        inbox.broken = False
        await forward(clock, timedelta(seconds=15))
        assert [one.text for one in await inbox.holds(1)] == ["第一次"]


async def test_slow_answers_bring_the_documented_repeats_and_one_message(
    feishu: FeishuEmulator, platform: FeishuPlatform, clock: VirtualClock
) -> None:
    """15 s, 5 min, 1 h and 6 h after each other; the last comes more than seven hours late and is still signed well."""
    inbox, rep = Inbox(), feishu.person("李雷")
    inbox.broken = True
    async with callback_server(platform, inbox) as url:
        feishu.world.app.callback_url = url
        await feishu.says(rep, "宏达")
        attempts = feishu.delivery.attempts
        for number, pause in enumerate((timedelta(seconds=15), timedelta(minutes=5), HOUR), start=2):
            await forward(clock, pause)
            await until(partial(lambda count: len(attempts) == count, number))
        inbox.broken = False
        await forward(clock, 6 * HOUR)
        assert len(await inbox.holds(1)) == 1
    assert len(feishu.delivery.attempts) == 5


async def test_copies_and_disorder_change_nothing(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    inbox, rep = Inbox(), feishu.person("李雷")
    async with callback_server(platform, inbox) as url:
        feishu.world.app.callback_url = url
        feishu.delivery.copies, feishu.delivery.held = 3, []
        for number in range(5):
            await feishu.says(rep, f"第{number}条")
        await feishu.delivery.release(reverse=True)
    assert sorted(one.text for one in inbox.taken) == [f"第{number}条" for number in range(5)]
    assert inbox.repeats == 10


async def test_a_press_gets_an_empty_object_and_a_toastless_client(
    feishu: FeishuEmulator, platform: FeishuPlatform
) -> None:
    inbox = Inbox()
    event = {
        "operator": {"open_id": "ou_1"},
        "token": "c-1",
        "action": {"value": {"k": "c", "a": {"a": "x"}}, "tag": "button"},
        "context": {"open_message_id": "om_1", "open_chat_id": "oc_1"},
    }
    async with callback_server(platform, inbox) as url:
        feishu.world.app.callback_url = url
        outcome = await feishu.delivery.callback("card.action.trigger", event)
    assert (outcome.error, outcome.answer) == (0, {})
    assert inbox.taken[0].kind is Kind.PRESS


async def _status(url: str, body: bytes, headers: dict[str, str], method: str = "POST") -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as session, session.request(method, url, data=body, headers=headers) as response:
        return response.status, await response.read()


@pytest.mark.parametrize(
    ("skew", "status"),
    [
        (-8 * HOUR, 200),
        (timedelta(minutes=10), 200),
        (-8 * HOUR - timedelta(seconds=1), 401),
        (timedelta(minutes=11), 401),
    ],
)
async def test_the_time_window(
    feishu: FeishuEmulator, platform: FeishuPlatform, clock: VirtualClock, skew: timedelta, status: int
) -> None:
    envelope = feishu.delivery.envelope("im.message.message_read_v1", {})
    body, _ = request_of(feishu.world, envelope)
    headers = signed(feishu.world, body, timestamp=int((clock.now() + skew).timestamp()))
    async with callback_server(platform, Inbox()) as url:
        assert (await _status(url, body, headers))[0] == status


async def test_a_person_with_a_browser_is_told_the_address_is_right(platform: FeishuPlatform) -> None:
    async with callback_server(platform, Inbox()) as url:
        status, page = await _status(url, b"", {}, "GET")
    assert status == 200
    assert "回调地址" in page.decode()


async def test_authentic_bytes_that_are_no_event_are_kept(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    inbox = Inbox()
    body = json.dumps({"encrypt": encrypted("不是 JSON".encode(), feishu.world.app.encrypt_key)}).encode()
    async with callback_server(platform, inbox) as url:
        assert (await _status(url, body, signed(feishu.world, body)))[0] == 200
    assert [(one.kind, one.text) for one in inbox.taken] == [(Kind.UNSUPPORTED, "不是 JSON")]


def _settings(**changes: Any) -> FeishuSettings:
    return FeishuSettings(app_id="cli_a", app_secret=SecretStr("s"), **changes)


def test_a_webhook_without_encryption_is_not_configurable() -> None:
    with pytest.raises(ValidationError, match="encrypt_key"):
        _settings(webhook=True)


def test_addresses_are_checked_and_trimmed() -> None:
    assert _settings(base_url="https://open.larksuite.com/").base_url == "https://open.larksuite.com"
    with pytest.raises(ValidationError, match="https://"):
        _settings(base_url="open.feishu.cn")


def test_secrets_do_not_print() -> None:
    assert "s3cret" not in repr(_settings(encrypt_key=SecretStr("s3cret"), webhook=True))


async def test_without_a_webhook_there_is_no_route(feishu: FeishuEmulator, http: Http, clock: VirtualClock) -> None:
    assert FeishuPlatform(settings_for(feishu, webhook=False), http, clock).routes(Inbox()) == ()
