"""The long connection: nothing acknowledged before it is durable, nothing lost when the line dies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from bot.platforms.base import Kind
from bot.platforms.dingtalk import frames
from bot.platforms.dingtalk.receiver import object_of
from bot.platforms.reconnect import Backoff
from tests.emulators.dingtalk import CLIENT_ID, DingTalkEmulator
from tests.emulators.dingtalk.access import Trouble
from tests.emulators.dingtalk.push import robot_message, stream_message
from tests.emulators.dingtalk.refusals import Raw
from tests.emulators.dingtalk.stream import Push
from tests.platforms.dingtalk.conftest import App, settle

Make = Callable[..., App]


async def connected(ding: DingTalkEmulator, count: int = 1) -> None:
    await settle(lambda: len(ding.gateway.lines) >= count)


async def advance(app: App, seconds: int) -> None:
    """Moves time second by second, so that everybody who sleeps gets a turn."""
    for _ in range(seconds):
        app.forward(seconds=1)
        for _ in range(5):
            await asyncio.sleep(0)


def text_push(ding: DingTalkEmulator, words: str) -> Push:
    content = {"msgtype": "text", "text": {"content": words}}
    return stream_message(robot_message(ding, ding.world.people["lilei"], None, content))


async def test_the_open_call_names_what_it_wants(online: App, ding: DingTalkEmulator) -> None:
    [body] = ding.gateway.opened
    assert body["clientId"] == CLIENT_ID
    assert {(one["type"], one["topic"]) for one in body["subscriptions"]} == {
        ("EVENT", "*"),
        ("CALLBACK", "/v1.0/im/bot/messages/get"),
        ("CALLBACK", "/v1.0/card/instances/callback"),
    }


async def test_no_acknowledgement_before_it_is_durable(online: App, ding: DingTalkEmulator) -> None:
    online.kept.gate = asyncio.Event()
    push = ding.gateway.post(text_push(ding, "一"))
    await settle(lambda: online.kept.calls == 1)
    assert push.answer is None
    online.kept.gate.set()
    await push.answered.wait()
    assert json.loads(ding.gateway.acks[-1]["data"]) == {"response": None}


async def test_what_could_not_be_stored_comes_again(online: App, ding: DingTalkEmulator) -> None:
    online.kept.fail = OSError("disk full")
    push = await ding.gateway.push(text_push(ding, "一"))
    assert push.answer is not None and push.answer["code"] == 500
    assert online.kept.inbounds == []
    online.kept.fail = None
    await advance(online, 17)
    await settle(lambda: push.accepted)
    assert [one.text for one in online.kept.inbounds] == ["一"]


@pytest.mark.parametrize("new_id", [False, True])
async def test_a_repeat_is_the_same_message(new_id: bool, online: App, ding: DingTalkEmulator) -> None:
    ding.gateway.new_id_on_repeat = new_id
    ding.gateway.drop_pushes = 1
    push = ding.gateway.post(text_push(ding, "一"))
    await advance(online, 17)
    await settle(lambda: push.accepted)
    push.answer = None  # as if the acknowledgement had been lost
    await advance(online, 61)
    await settle(lambda: online.kept.calls == 2)
    assert len(online.kept.inbounds) == 1


@pytest.mark.parametrize("new_id", [False, True])
async def test_a_repeated_press_is_one_press(new_id: bool, online: App, ding: DingTalkEmulator) -> None:
    ding.gateway.new_id_on_repeat = new_id
    data = {"outTrackId": "k", "userId": "lilei", "content": '{"cardPrivateData":{"params":{"id":"n1"}}}'}
    push = Push("CALLBACK", frames.CARD_TOPIC, data)
    await ding.gateway.push(push)
    push.answer = None
    await advance(online, 17)
    await settle(lambda: online.kept.calls == 2)
    assert [one.kind for one in online.kept.inbounds] == [Kind.PRESS]


async def test_frames_are_begun_in_their_order(online: App, ding: DingTalkEmulator) -> None:
    pushes = [ding.gateway.post(text_push(ding, f"{number}")) for number in range(200)]
    await asyncio.gather(*(push.answered.wait() for push in pushes))
    assert [one.text for one in online.kept.inbounds] == [f"{number}" for number in range(200)]


async def test_pings_are_echoed_unchanged(online: App, ding: DingTalkEmulator) -> None:
    await advance(online, 31)
    await settle(lambda: any("opaque" in ack["data"] for ack in ding.gateway.acks))
    [ack] = [ack for ack in ding.gateway.acks if "opaque" in ack["data"]]
    assert json.loads(ack["data"])["opaque"] == ack["headers"]["messageId"]
    await advance(online, 31)
    assert len(ding.gateway.lines) == 1, "an answered ping keeps the line"


async def test_an_announced_end_moves_over_without_a_gap(online: App, ding: DingTalkEmulator) -> None:
    old = ding.gateway.lines[0]
    await ding.gateway.ask_to_leave()
    await connected(ding, 2)
    push = await ding.gateway.push(text_push(ding, "搬家途中"))
    assert push.accepted
    await advance(online, 12)
    await settle(lambda: old not in ding.gateway.lines)
    assert len(ding.gateway.lines) == 1


async def test_a_killed_line_is_opened_again_with_a_new_ticket(online: App, ding: DingTalkEmulator) -> None:
    for _ in range(3):
        await ding.gateway.kill()
        await settle(lambda: not ding.gateway.lines)
        await advance(online, 8)
        await connected(ding)
    assert len(ding.gateway.opened) == 4
    assert ding.access.tickets == {}
    assert (await ding.gateway.push(text_push(ding, "还在"))).accepted


async def test_a_silent_line_is_given_up(online: App, ding: DingTalkEmulator) -> None:
    ding.gateway.freeze()
    async with asyncio.timeout(10):
        while not any(not line.frozen for line in ding.gateway.lines):
            await advance(online, 1)
    assert (await ding.gateway.push(text_push(ding, "又通了"))).accepted


async def test_unknown_topics_are_answered_and_unreadable_frames_survived(online: App, ding: DingTalkEmulator) -> None:
    line = ding.gateway.lines[0]
    for rubbish in ("not json", "[]", "{}", '{"headers": 5}', "[" * 5000):
        await line.socket.send_str(rubbish)
    line.topics = line.topics | {("CALLBACK", "/v1.0/graph/api/invoke")}
    push = await ding.gateway.push(Push("CALLBACK", "/v1.0/graph/api/invoke", {}))
    assert push.answer is not None and push.answer["code"] == 404


async def test_data_that_is_no_object_is_kept(online: App, ding: DingTalkEmulator) -> None:
    frame = {"type": "CALLBACK", "headers": {"topic": frames.BOT_TOPIC, "messageId": "m"}, "data": "[1, 2]"}
    await ding.gateway.lines[0].socket.send_str(json.dumps(frame))
    await settle(lambda: bool(online.kept.inbounds))
    assert (online.kept.last.kind, online.kept.last.text) == (Kind.UNSUPPORTED, '{"raw": "[1, 2]"}')


async def test_another_organisations_message_is_not_ours(online: App, ding: DingTalkEmulator) -> None:
    content = {"msgtype": "text", "text": {"content": "x"}, "chatbotCorpId": "dingother"}
    push = await ding.sends("lilei", content)
    assert push is not None and push.accepted and online.kept.calls == 0


async def test_events_are_acknowledged_and_told_on(online: App, ding: DingTalkEmulator) -> None:
    push = await ding.event("user_leave_org", {"timeStamp": 1, "userId": ["lilei"]})
    assert push is not None and push.answer is not None
    assert push.answer["data"] == {"status": "SUCCESS", "message": ""}
    assert online.kept.last.kind is Kind.DIRECTORY
    read = await ding.event("robot_msg_read", {"userId": "lilei"})
    assert read is not None and read.accepted and len(online.kept.inbounds) == 1


async def test_a_used_up_push_quota_is_noticed(online: App, ding: DingTalkEmulator) -> None:
    ding.push_quota = 0
    await ding.says("lilei", "看不见的话")
    assert online.kept.last.kind is Kind.WITHHELD
    assert online.dingtalk.health.quota_at == online.clock.now()


async def test_a_wrong_secret_does_not_spin(make_app: Make, ding: DingTalkEmulator) -> None:
    app = make_app(client_secret="wrong")
    listening = asyncio.create_task(app.platform.listen(app.kept))
    await settle(lambda: len(ding.gateway.opened) == 1)
    await advance(app, 240)
    assert len(ding.gateway.opened) == 1
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    assert Backoff().refused.total_seconds() == 300


@pytest.mark.parametrize("body", ["{}", '{"endpoint":"ws://127.0.0.1:9/x","ticket":"t"}', "<xml/>"])
async def test_a_gateway_that_talks_nonsense_is_asked_again(body: str, make_app: Make, ding: DingTalkEmulator) -> None:
    ding.access.troubles.append(Trouble("connections/open", Raw(200, body)))
    app = make_app()
    listening = asyncio.create_task(app.platform.listen(app.kept))
    await settle(lambda: not ding.access.troubles[0].times)
    async with asyncio.timeout(10):
        while not ding.gateway.lines:
            await advance(app, 1)
    assert (await ding.gateway.push(text_push(ding, "通了"))).accepted
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_ticket_opens_one_connection_within_ninety_seconds(ding: DingTalkEmulator) -> None:
    ticket = ding.access.ticket()
    assert ding.access.use_ticket(ticket)
    assert not ding.access.use_ticket(ticket)
    late = ding.access.ticket()
    ding.access.tickets[late] = ding.clock.now()
    assert not ding.access.use_ticket(late)


async def test_switched_off_it_returns_at_once(make_app: Make, ding: DingTalkEmulator) -> None:
    app = make_app(stream=False, card_route_key="genjin")
    await app.platform.listen(app.kept)
    assert ding.gateway.opened == []


@pytest.mark.parametrize("raw", ["[1]", "nonsense", "[" * 9000])
def test_raw_data_is_never_lost(raw: str) -> None:
    assert object_of(raw) == {"raw": raw}
    assert object_of(raw.encode()) == {"raw": raw}


async def test_late_and_early_messages_keep_their_own_moments(online: App, ding: DingTalkEmulator) -> None:
    first = text_push(ding, "先说")
    online.forward(seconds=5)
    second = text_push(ding, "后说")
    for push in (second, first):
        await ding.gateway.push(push)
    assert [one.text for one in sorted(online.kept.inbounds, key=lambda one: one.at)] == ["先说", "后说"]
