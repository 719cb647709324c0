"""The long connection: order, acknowledgement, heartbeats, and every way it can end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import VirtualClock
from bot.errors import Credentials, DeliveryError, RetryAfter
from bot.platforms.base import Kind
from bot.platforms.feishu import FeishuPlatform
from bot.platforms.feishu.endpoint import discover
from bot.platforms.http import Http
from tests.emulators.feishu import FeishuEmulator
from tests.platforms.feishu.support import Inbox, forward, listening, settings_for, until

PING = timedelta(seconds=120)


async def test_messages_arrive_in_order_and_are_acknowledged(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    inbox, rep = Inbox(), feishu.person("李雷")
    async with listening(platform, feishu, inbox):
        await asyncio.gather(*(feishu.says(rep, f"第{number}条") for number in range(50)))
    assert [one.text for one in inbox.taken] == [f"第{number}条" for number in range(50)]
    assert all(outcome.accepted for _, outcome in feishu.delivery.attempts)


async def test_nothing_is_acknowledged_before_it_is_safe(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    inbox, rep = Inbox(), feishu.person("李雷")
    inbox.gate = asyncio.Event()
    async with listening(platform, feishu, inbox):
        saying = asyncio.create_task(feishu.says(rep, "宏达"))
        await platform.client.bot_id()
        assert not saying.done()
        inbox.gate.set()
        await saying
    assert [one.text for one in inbox.taken] == ["宏达"]


async def test_what_could_not_be_kept_comes_again(
    feishu: FeishuEmulator, platform: FeishuPlatform, clock: VirtualClock
) -> None:
    inbox, rep = Inbox(), feishu.person("李雷")
    inbox.broken = True
    async with listening(platform, feishu, inbox):
        await feishu.says(rep, "宏达")
        assert not feishu.delivery.attempts[-1][1].accepted
        inbox.broken = False
        await forward(clock, timedelta(seconds=15))
        assert [one.text for one in await inbox.holds(1)] == ["宏达"]


async def test_a_lost_acknowledgement_is_a_repeat_we_know(
    feishu: FeishuEmulator, platform: FeishuPlatform, clock: VirtualClock
) -> None:
    inbox, rep = Inbox(), feishu.person("李雷")
    feishu.stream.lose_acks = True
    async with listening(platform, feishu, inbox):
        saying = asyncio.create_task(feishu.says(rep, "宏达"))
        await inbox.holds(1)
        await forward(clock, timedelta(seconds=3))
        await saying
        feishu.stream.lose_acks = False
        await forward(clock, timedelta(seconds=15))
        await until(lambda: len(feishu.delivery.attempts) == 2)
    assert (len(inbox.taken), inbox.repeats) == (1, 1)


async def test_messages_in_parts_and_out_of_order(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    inbox, rep = Inbox(), feishu.person("李雷")
    feishu.stream.parts = 7
    async with listening(platform, feishu, inbox):
        await feishu.says(rep, "宏达机械今天报价" * 100)
    assert inbox.taken[0].text == "宏达机械今天报价" * 100


@pytest.mark.parametrize("frame_type", ["event", "card"])
async def test_a_press_is_answered_whichever_frame_it_comes_in(
    feishu: FeishuEmulator, platform: FeishuPlatform, frame_type: str
) -> None:
    inbox = Inbox()
    feishu.stream.frame_type = frame_type
    event = {"operator": {"open_id": "ou_1"}, "action": {"value": {"k": "c", "a": {"a": "x"}}}, "context": {}}
    async with listening(platform, feishu, inbox):
        outcome = await feishu.delivery.callback("card.action.trigger", event)
    assert (outcome.accepted, outcome.answer, outcome.error) == (True, {}, 0)
    assert inbox.taken[0].kind is Kind.PRESS


async def test_an_event_nobody_needs_is_acknowledged_too(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    inbox = Inbox()
    async with listening(platform, feishu, inbox):
        assert await feishu.delivery.event("im.message.message_read_v1", {})
    assert inbox.taken == []


async def test_the_group_hears_the_bot_and_the_bot_knows_its_name(
    feishu: FeishuEmulator, platform: FeishuPlatform
) -> None:
    feishu.world.app.scopes.add("im:message.group_msg")
    inbox, rep = Inbox(), feishu.person("李雷")
    async with listening(platform, feishu, inbox):
        group = await feishu.group("一组", [rep])
        await feishu.says(rep, "今天的摘要", chat=group)
        await feishu.says(rep, "随便聊聊", chat=group, mention=False)
    added, asked, chat = inbox.taken
    assert (added.kind, added.chat.title) == (Kind.BOT_ADDED, "一组")
    assert (asked.text, asked.mentioned, chat.mentioned) == ("今天的摘要", True, False)


async def test_after_a_cut_it_connects_again(
    feishu: FeishuEmulator, platform: FeishuPlatform, clock: VirtualClock
) -> None:
    inbox, rep = Inbox(), feishu.person("李雷")
    async with listening(platform, feishu, inbox):
        await until(lambda: platform.health.connected_since == clock.now())
        await feishu.stream.kill()
        await until(lambda: platform.health.connected_since is None)
        await forward(clock, timedelta(seconds=1))
        await feishu.stream.connected()
        await feishu.says(rep, "还在吗")
    assert [one.text for one in inbox.taken] == ["还在吗"]
    assert feishu.stream.opened == 2


async def _pings(feishu: FeishuEmulator, count: int) -> None:
    await until(lambda: feishu.stream.pings >= count)


async def test_it_pings_as_often_as_it_is_told(
    feishu: FeishuEmulator, platform: FeishuPlatform, clock: VirtualClock
) -> None:
    feishu.stream.client_config = {"PingInterval": 30}
    async with listening(platform, feishu, Inbox()):
        for count in range(1, 5):
            await _pings(feishu, count)
            await forward(clock, timedelta(seconds=30))


async def test_a_silent_connection_is_given_up_and_replaced(
    feishu: FeishuEmulator, platform: FeishuPlatform, clock: VirtualClock
) -> None:
    feishu.stream.answer_pings = False
    async with listening(platform, feishu, Inbox()):
        for count in range(1, 4):
            await _pings(feishu, count)
            await forward(clock, PING)
        await until(lambda: platform.health.connected_since is None)
        feishu.stream.answer_pings = True
        await forward(clock, timedelta(seconds=2))
        await until(lambda: feishu.stream.opened == 2)
    assert feishu.stream.opened == 2


async def test_stopping_waits_for_nothing_and_leaves_nothing(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    inbox = Inbox()
    inbox.gate = asyncio.Event()
    async with listening(platform, feishu, inbox):
        saying = asyncio.create_task(feishu.says(feishu.person("李雷"), "宏达"))
        await asyncio.sleep(0)
    saying.cancel()
    await asyncio.gather(saying, return_exceptions=True)
    assert platform.health.connected_since is None


async def test_without_a_long_connection_listening_ends_at_once(
    feishu: FeishuEmulator, http: Http, clock: VirtualClock
) -> None:
    await FeishuPlatform(settings_for(feishu, long_connection=False), http, clock).listen(Inbox())
    assert feishu.world.calls == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"code": 1, "msg": "busy"}, RetryAfter),
        ({"code": 1000040343, "msg": ""}, RetryAfter),
        ({"code": 1000040345, "msg": ""}, RetryAfter),
        ({"code": 1000040344, "msg": "no credential"}, Credentials),
        ({"code": 0, "data": {"URL": "ws://x/ws?device_id=1"}}, RetryAfter),
        ({"code": 0, "data": {"URL": "http://x/ws?service_id=1"}}, RetryAfter),
        ({"code": 0, "data": {}}, RetryAfter),
    ],
)
async def test_discovery_that_gives_no_address(
    feishu: FeishuEmulator, http: Http, answer: dict[str, Any], kind: type[DeliveryError]
) -> None:
    feishu.stream.discovery = answer
    with pytest.raises(DeliveryError) as caught:
        await discover(http, settings_for(feishu))
    assert type(caught.value) is kind


async def test_an_unencrypted_socket_is_not_opened_for_the_real_feishu(feishu: FeishuEmulator, http: Http) -> None:
    found = await discover(http, settings_for(feishu))
    assert found.url.startswith("ws://")
    from bot.platforms.feishu.endpoint import _endpoint

    with pytest.raises(RetryAfter, match="no usable address"):
        _endpoint({"URL": found.url}, settings_for(feishu, base_url="https://open.feishu.cn"))


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"Handshake-Status": "514", "Handshake-Msg": "limit", "Handshake-Autherrcode": "1000040350"}, 60),
        ({"Handshake-Status": "514", "Handshake-Msg": "auth", "Handshake-Autherrcode": "1"}, 1),
        ({"Handshake-Status": "403", "Handshake-Msg": "forbidden"}, 300),
    ],
)
async def test_refused_handshakes_wait_as_long_as_they_should(
    feishu: FeishuEmulator, platform: FeishuPlatform, clock: VirtualClock, headers: dict[str, str], pause: int
) -> None:
    feishu.stream.handshake = headers
    task = asyncio.create_task(platform.listen(Inbox()))
    await until(lambda: clock._waiting)
    due = clock._waiting[0][0] - clock.now()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert timedelta(seconds=pause / 2) <= due <= timedelta(seconds=max(pause, 2))
