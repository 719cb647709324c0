"""An aibot on its long connection: hearing, speaking, and every way the connection goes bad."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import aiohttp
import pytest

from bot.errors import CardExpired, MediaRefused, Permanent, RetryAfter, Unreachable
from bot.platforms.base import FileBody, Inbound, Kind, MarkdownBody
from bot.platforms.wecom.aibot_client import AibotClient
from cards.model import Button, Card, Input, InputKind, Option, Text, Tone
from tests.platforms.wecom.desk import Desk, Open, settle, until

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
CHOICE = Input(
    name="c",
    label="客户",
    kind=InputKind.CHOICE,
    options=(Option(value="1", label="宏达"), Option(value="2", label="云帆")),
)
REQUEST = Card(title="支持请求", blocks=(CHOICE,), buttons=(Button(label="答复", action={"a": "reply"}, submits=True),))
ANSWERED = Card(title="已答复 · 宏达机械", tone=Tone.GOOD)


async def heard(desk: Desk, count: int = 1) -> Inbound:
    await until(lambda: len(desk.inbox) >= count)
    return desk.last


def frames(desk: Desk, cmd: str) -> int:
    """How many frames of a kind the robot has sent."""
    return sum(frame["cmd"] == cmd for frame in desk.emulator.sockets.frames)


class TestHearing:
    async def test_alone_and_in_a_group(self, robot: Desk) -> None:
        await robot.emulator.says("lilei", "你好")
        assert (await heard(robot)).text == "你好"
        robot.emulator.group("wr1", "华东一组", ["lilei", "Wang"])
        await robot.emulator.says("Wang", "本月完成多少", group="wr1")
        found = await heard(robot, 2)
        assert (found.text, found.chat.id, found.chat.kind, found.mentioned) == ("本月完成多少", "wr1", "group", True)

    async def test_voice_comes_as_words_and_entering_as_an_event(self, robot: Desk) -> None:
        await robot.emulator.sends_voice("lilei", words="今天拜访了宏达")
        await robot.emulator.enters("lilei")
        await heard(robot, 2)
        assert [(one.kind, one.text) for one in robot.inbox] == [(Kind.TEXT, "今天拜访了宏达"), (Kind.ENTERED, "")]

    async def test_repeats_are_one_and_order_stays(self, robot: Desk) -> None:
        robot.emulator.callbacks.copies = 2
        for n in range(20):
            await robot.emulator.says("lilei", f"{n}")
        await until(lambda: robot.sink_calls == 40)
        assert [one.text for one in robot.inbox] == [f"{n}" for n in range(20)]

    async def test_inbox_that_fails_is_waited_for(self, robot: Desk) -> None:
        """The platform never repeats a callback, so the message must not be let go."""
        failures = iter([RuntimeError("disk full")] * 3)

        async def fail(inbound: Inbound) -> None:
            error = next(failures, None)
            if error is not None:
                raise error

        robot.before_keeping = fail
        await robot.emulator.says("lilei", "你好")
        for calls, seconds in ((1, 1), (2, 2), (3, 4)):
            await until(partial(lambda expected: robot.sink_calls == expected, calls))
            await settle()
            await robot.forward(seconds=seconds)
        assert (await heard(robot)).text == "你好"

    async def test_what_was_read_before_the_connection_died_is_kept(self, robot: Desk) -> None:
        go = asyncio.Event()

        async def slow(inbound: Inbound) -> None:
            await go.wait()

        robot.before_keeping = slow
        for n in range(5):
            await robot.emulator.says("lilei", f"{n}")
        await until(lambda: robot.sink_calls == 1)
        await settle()
        await robot.emulator.kill_connections(1001)
        await until(lambda: robot.platform.health.connected_since is None)
        go.set()
        await heard(robot, 5)
        assert [one.text for one in robot.inbox] == ["0", "1", "2", "3", "4"]

    async def test_shutting_down_hands_over_what_was_read(self, robot: Desk) -> None:
        go = asyncio.Event()

        async def slow(inbound: Inbound) -> None:
            await go.wait()

        robot.before_keeping = slow
        for n in range(3):
            await robot.emulator.says("lilei", f"{n}")
        await until(lambda: robot.sink_calls == 1)
        await settle()
        go.set()
        await robot.stop_listening()
        assert [one.text for one in robot.inbox] == ["0", "1", "2"]

    async def test_frame_that_is_no_frame_is_kept_as_it_came(self, robot: Desk) -> None:
        (socket,) = robot.emulator.sockets.connections.values()
        await socket.send_str("not json")
        assert ((await heard(robot)).kind, robot.last.text) == (Kind.UNSUPPORTED, "not json")
        await socket.send_bytes(b"binary")
        await robot.emulator.says("lilei", "还在")
        assert (await heard(robot, 2)).text == "还在"


class TestSpeaking:
    async def test_to_a_person_and_a_group(self, robot: Desk) -> None:
        robot.emulator.group("wr1", "华东一组", ["lilei"])
        await robot.emulator.says("lilei", "你好")
        await robot.says("收到 <@all>")
        await robot.send(MarkdownBody("周报", "| 人 | 次 |\n|---|---|\n| 李雷 | 3 |"), group="wr1")
        assert robot.emulator.inbox("lilei")[0].text == "收到 ＜@all＞"
        assert robot.emulator.group_inbox("wr1")[0].text == "**周报**\n| 人 | 次 |\n|---|---|\n| 李雷 | 3 |"

    async def test_somebody_who_never_spoke_is_unreachable(self, robot: Desk) -> None:
        with pytest.raises(Unreachable, match="93006"):
            await robot.says("你好", to="Wang")

    async def test_who_just_entered_is_welcomed_although_they_never_spoke(self, robot: Desk) -> None:
        await robot.emulator.enters("lilei")
        await heard(robot)
        await robot.says("我是跟进")
        assert [(one.kind, one.text) for one in robot.emulator.inbox("lilei")] == [("text", "我是跟进")]
        with pytest.raises(Unreachable):
            await robot.says("再说一句", key="k2")

    async def test_a_welcome_after_five_seconds_is_none(self, robot: Desk) -> None:
        await robot.emulator.enters("lilei")
        await heard(robot)
        await robot.forward(seconds=5)
        with pytest.raises(Unreachable):
            await robot.says("我是跟进")

    async def test_long_text_is_split(self, robot: Desk) -> None:
        await robot.emulator.says("lilei", "你好")
        await robot.says("今天的情况说明。" * 1000)
        assert len(robot.emulator.inbox("lilei")) == 2

    @pytest.mark.parametrize("size", [200, 512 * 1024, 512 * 1024 + 1, 1300 * 1024])
    async def test_file_goes_up_in_pieces(self, robot: Desk, size: int) -> None:
        await robot.emulator.says("lilei", "你好")
        content = PNG + bytes(size - len(PNG))
        await robot.send(FileBody("门头.png", "image/png", content, picture=True))
        (found,) = robot.emulator.inbox("lilei")
        assert (found.kind, found.name, found.media == content) == ("image", "门头.png", True)

    async def test_over_the_limit_the_robot_is_told(self, robot: Desk) -> None:
        await robot.emulator.says("lilei", "你好")
        for n in range(30):
            await robot.says(f"{n}", key=f"k{n}")
        with pytest.raises(RetryAfter, match="45009") as raised:
            await robot.says("30")
        await robot.forward(seconds=raised.value.after.total_seconds())
        await robot.says("30")
        assert len(robot.emulator.inbox("lilei")) == 31


class TestCards:
    async def test_pressed_card_is_replaced_within_five_seconds(self, robot: Desk) -> None:
        await robot.emulator.says("lilei", "你好")
        receipt = await robot.shows(REQUEST)
        (card,) = robot.emulator.inbox("lilei")
        await robot.emulator.presses("lilei", card, "答复", {"客户": "云帆"})
        press = (await heard(robot, 2)).press
        assert press is not None and (press.card, press.action, press.answers) == ("card-1", {"a": "reply"}, {"c": "2"})
        await robot.changes(ANSWERED, receipt, reply_token=press.reply_token)
        assert card.text.startswith("已答复") and card.buttons == ["已更新"]
        await robot.emulator.presses("lilei", card, "已更新")
        await settle()
        assert len(robot.inbox) == 2, "the button that shows the state says nothing"

    async def test_after_five_seconds_the_card_is_over(self, robot: Desk) -> None:
        await robot.emulator.says("lilei", "你好")
        receipt = await robot.shows(REQUEST)
        await robot.emulator.presses("lilei", robot.emulator.inbox("lilei")[0], "答复")
        press = (await heard(robot, 2)).press
        assert press is not None
        await robot.forward(seconds=5)
        with pytest.raises(CardExpired):
            await robot.changes(ANSWERED, receipt, reply_token=press.reply_token)

    async def test_one_press_changes_once_and_no_press_never(self, robot: Desk) -> None:
        await robot.emulator.says("lilei", "你好")
        receipt = await robot.shows(REQUEST)
        with pytest.raises(CardExpired):
            await robot.changes(ANSWERED, receipt)
        await robot.emulator.presses("lilei", robot.emulator.inbox("lilei")[0], "答复")
        press = (await heard(robot, 2)).press
        assert press is not None
        await robot.changes(REQUEST, receipt, reply_token=press.reply_token)
        with pytest.raises(CardExpired):
            await robot.changes(ANSWERED, receipt, reply_token=press.reply_token)

    async def test_card_in_a_group_is_pressed_there(self, robot: Desk) -> None:
        robot.emulator.group("wr1", "华东一组", ["lilei"])
        await robot.shows(REQUEST, group="wr1")
        await robot.emulator.presses("lilei", robot.emulator.group_inbox("wr1")[0], "答复", {"客户": "宏达"})
        found = await heard(robot)
        assert (found.kind, found.chat.id, found.sender) == (Kind.PRESS, "wr1", "lilei")

    async def test_card_sent_again_after_a_lost_answer_is_seen_once(self, robot: Desk) -> None:
        await robot.emulator.says("lilei", "你好")
        robot.emulator.sockets.faults.drop_acks = 1
        sending = asyncio.create_task(robot.shows(REQUEST))
        await until(lambda: bool(robot.emulator.inbox("lilei")))
        await robot.forward(seconds=10)
        with pytest.raises(RetryAfter, match="not answered"):
            await sending
        await robot.shows(REQUEST)
        assert len(robot.emulator.inbox("lilei")) == 1

    async def test_card_without_buttons_goes_as_words(self, robot: Desk) -> None:
        await robot.emulator.says("lilei", "你好")
        await robot.shows(ANSWERED)
        assert robot.emulator.inbox("lilei")[0].kind == "markdown"

    async def test_what_the_card_cuts_is_sent_whole_before_it(self, robot: Desk) -> None:
        await robot.emulator.says("lilei", "你好")
        await robot.shows(
            Card(title="复盘", blocks=(Text(text="说明。" * 60),), buttons=(Button(label="好", action={"a": "x"}),))
        )
        before, shown = robot.emulator.inbox("lilei")
        assert before.text.count("说明") == 60 and shown.text.endswith("…（全文见上一条）")


class TestMedia:
    async def test_photo_is_fetched_and_decrypted(self, robot: Desk) -> None:
        await robot.emulator.sends_photo("lilei", PNG)
        media = await robot.platform.client.fetch((await heard(robot)).media[0])
        assert (media.content, media.mime, media.name) == (PNG, "image/png", "photo.jpg")

    async def test_after_five_minutes_it_has_to_be_sent_again(self, robot: Desk) -> None:
        await robot.emulator.sends_file("lilei", b"%PDF-1.7 x", "q.pdf")
        await heard(robot)
        await robot.forward(minutes=5)
        with pytest.raises(MediaRefused, match="已过期"):
            await robot.platform.client.fetch(robot.last.media[0])

    async def test_only_from_the_platforms_hosts(self, open_desk: Open) -> None:
        robot = await open_desk("aibot", media_hosts=("files.example.com",))
        await robot.listen()
        await robot.emulator.sends_photo("lilei", PNG)
        await heard(robot)
        with pytest.raises(MediaRefused, match="平台自己的服务器"):
            await robot.platform.client.fetch(robot.last.media[0])


async def again(robot: Desk, subscriptions: int, **duration: float) -> None:
    """Waits until the robot is off, moves time, and waits until it has come back."""
    await until(lambda: robot.platform.health.connected_since is None)
    await robot.forward(**duration)
    await until(
        lambda: (
            robot.emulator.sockets.subscriptions == subscriptions and robot.platform.health.connected_since is not None
        )
    )


class TestConnection:
    @pytest.mark.parametrize("code", [1000, 1001, 1006, 1011])
    async def test_comes_back_whatever_way_it_was_closed(self, robot: Desk, code: int) -> None:
        """The official client stays dead after 1000 and 1001."""
        await robot.emulator.kill_connections(code)
        await again(robot, 2, seconds=2)
        await robot.emulator.says("lilei", "还在吗")
        assert (await heard(robot)).text == "还在吗"

    async def test_pings_every_thirty_seconds_keep_it_alive(self, robot: Desk) -> None:
        for count in range(1, 21):
            await robot.forward(seconds=30)
            await until(partial(lambda least: frames(robot, "ping") >= least, count))
            await settle()
        assert robot.emulator.sockets.subscriptions == 1

    async def test_two_unanswered_pings_are_a_dead_connection(self, robot: Desk) -> None:
        """The official client closes it too, but never comes back."""
        robot.emulator.sockets.faults.no_pong = True
        for _ in range(2):
            await robot.forward(seconds=30)
            await settle()
            await robot.forward(seconds=10)
            await settle()
        robot.emulator.sockets.faults.no_pong = False
        await again(robot, 2, seconds=2)

    async def test_kicked_robot_stays_away_for_a_minute(self, robot: Desk) -> None:
        async with aiohttp.ClientSession() as session, session.ws_connect(robot.emulator.socket_url) as rival:
            body = {"bot_id": robot.emulator.bot.id, "secret": robot.emulator.bot.secret}
            await rival.send_json({"cmd": "aibot_subscribe", "headers": {"req_id": "aibot_subscribe_1"}, "body": body})
            assert (await rival.receive_json())["errcode"] == 0
            await until(lambda: robot.platform.health.connected_since is None)
            await robot.forward(seconds=59)
            assert robot.emulator.sockets.subscriptions == 2
        await robot.forward(seconds=1)
        await until(lambda: robot.emulator.sockets.subscriptions == 3)

    async def test_subscription_lost_with_the_socket_open_is_renewed(self, robot: Desk) -> None:
        await robot.emulator.says("lilei", "你好")
        robot.emulator.sockets.faults.lost_subscription = True
        with pytest.raises(RetryAfter, match="846609"):
            await robot.says("x")
        await again(robot, 2, seconds=2)
        await robot.says("x")
        assert [one.text for one in robot.emulator.inbox("lilei")] == ["x"]

    async def test_a_ping_finds_the_lost_subscription_too(self, robot: Desk) -> None:
        robot.emulator.sockets.faults.lost_subscription = True
        await robot.forward(seconds=30)
        await again(robot, 2, seconds=2)

    async def test_silence_of_hours_makes_it_connect_anew(self, open_desk: Open) -> None:
        """Reported: connections on which pings are answered and messages no longer come."""
        robot = await open_desk("aibot", silence="PT5M")
        await robot.listen()
        for _ in range(10):
            await robot.forward(seconds=30)
            await settle()
        assert robot.emulator.sockets.subscriptions == 1
        await robot.forward(seconds=30)
        await again(robot, 2, seconds=2)

    async def test_wrong_secret_is_tried_rarely_and_told_to_the_doctor(self, open_desk: Open) -> None:
        robot = await open_desk("aibot", bot_secret="wrong")
        listening = asyncio.create_task(robot.platform.listen(robot.sink))
        await until(lambda: frames(robot, "aibot_subscribe") == 1)
        await settle()
        await robot.forward(minutes=4)
        assert frames(robot, "aibot_subscribe") == 1
        await robot.forward(minutes=1)
        await until(lambda: frames(robot, "aibot_subscribe") == 2)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        assert (await robot.platform.client.check())[0].state == "fail"

    async def test_busy_platform_at_subscribing_is_tried_again_soon(self, open_desk: Open) -> None:
        robot = await open_desk("aibot")
        robot.emulator.sockets.faults.refuse_subscribe = 45009
        listening = asyncio.create_task(robot.platform.listen(robot.sink))
        await until(lambda: len(robot.emulator.sockets.frames) == 1)
        await settle()
        robot.emulator.sockets.faults.refuse_subscribe = 0
        await robot.forward(seconds=60)
        await robot.emulator.sockets.connected()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)

    async def test_without_a_connection_a_push_waits_in_the_outbox(self, open_desk: Open) -> None:
        robot = await open_desk("aibot")
        with pytest.raises(RetryAfter, match="down"):
            await robot.says("x")

    async def test_connection_that_dies_under_a_push(self, robot: Desk) -> None:
        await robot.emulator.says("lilei", "你好")
        robot.emulator.sockets.faults.drop_acks = 1
        sending = asyncio.create_task(robot.says("x"))
        await until(lambda: bool(robot.emulator.inbox("lilei")))
        await robot.emulator.kill_connections()
        with pytest.raises(RetryAfter, match="ended"):
            await sending

    async def test_server_that_is_not_there(self, open_desk: Open) -> None:
        robot = await open_desk("aibot", socket_url="ws://127.0.0.1:1/aibot")
        listening = asyncio.create_task(robot.platform.listen(robot.sink))
        await settle()
        for _ in range(5):
            await robot.forward(minutes=3)
        assert not listening.done()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


class TestOverHttp:
    async def test_check_and_message(self, called_robot: Desk) -> None:
        assert await called_robot.emulator.verify() == (200, "ok")
        assert (await called_robot.emulator.says("lilei", "你好")).statuses == [200]
        await called_robot.says("收到")
        assert [one.text for one in called_robot.emulator.inbox("lilei")] == ["收到"]

    async def test_one_answer_per_message(self, called_robot: Desk) -> None:
        await called_robot.emulator.says("lilei", "你好")
        await called_robot.says("收到")
        with pytest.raises(Unreachable, match="长连接"):
            await called_robot.says("还有一句", key="k2")

    async def test_answer_address_lives_an_hour(self, called_robot: Desk) -> None:
        await called_robot.emulator.says("lilei", "你好")
        await called_robot.forward(hours=1)
        with pytest.raises(Unreachable):
            await called_robot.says("收到")

    async def test_pressed_card_is_changed_in_the_very_answer(self, called_robot: Desk) -> None:
        await called_robot.emulator.says("lilei", "你好")
        receipt = await called_robot.shows(REQUEST)
        (card,) = called_robot.emulator.inbox("lilei")

        async def answer(inbound: Inbound) -> None:
            if inbound.press is not None:
                answers.append(
                    asyncio.create_task(called_robot.changes(ANSWERED, receipt, reply_token=inbound.press.reply_token))
                )

        answers: list[asyncio.Task[Any]] = []
        called_robot.before_keeping = answer
        outcome = await called_robot.emulator.presses("lilei", card, "答复", {"客户": "云帆"})
        await answers[0]
        assert not isinstance(outcome, str) and outcome.statuses == [200]
        assert card.text.startswith("已答复")

    async def test_press_without_a_change_is_answered_in_time(self, called_robot: Desk) -> None:
        await called_robot.emulator.says("lilei", "你好")
        receipt = await called_robot.shows(REQUEST)
        pressing = asyncio.create_task(
            called_robot.emulator.presses("lilei", called_robot.emulator.inbox("lilei")[0], "答复")
        )
        press = (await heard(called_robot, 2)).press
        assert press is not None
        await settle()
        await called_robot.forward(seconds=4)
        outcome = await pressing
        assert not isinstance(outcome, str) and outcome.statuses == [200]
        with pytest.raises(CardExpired):
            await called_robot.changes(ANSWERED, receipt, reply_token=press.reply_token)

    async def test_press_whose_inbox_failed_leaves_nothing_waiting(self, called_robot: Desk) -> None:
        await called_robot.emulator.says("lilei", "你好")
        receipt = await called_robot.shows(REQUEST)
        tokens: list[str] = []

        async def fail(inbound: Inbound) -> None:
            assert inbound.press is not None
            tokens.append(inbound.press.reply_token)
            raise RuntimeError("disk full")

        called_robot.before_keeping = fail
        outcome = await called_robot.emulator.presses("lilei", called_robot.emulator.inbox("lilei")[0], "答复")
        assert not isinstance(outcome, str)
        assert outcome.statuses == [500]
        with pytest.raises(CardExpired):
            await called_robot.changes(ANSWERED, receipt, reply_token=tokens[0])

    async def test_photo_uses_the_robots_own_key(self, called_robot: Desk) -> None:
        await called_robot.emulator.sends_photo("lilei", PNG)
        assert (await called_robot.platform.client.fetch(called_robot.last.media[0])).content == PNG

    async def test_files_need_the_long_connection(self, called_robot: Desk) -> None:
        await called_robot.emulator.says("lilei", "你好")
        with pytest.raises(Permanent, match="长连接"):
            await called_robot.send(FileBody("a.pdf", "application/pdf", b"%PDF-1.7"))

    async def test_foreign_answer_address_is_not_called(self, called_robot: Desk) -> None:
        called_robot.emulator.bot_line._base = "http://127.0.0.1:1"
        assert (await called_robot.emulator.says("lilei", "你好")).statuses == [200]
        with pytest.raises(Unreachable):
            await called_robot.says("收到")

    async def test_plain_json_is_refused(self, called_robot: Desk) -> None:
        query = {"msg_signature": "x", "timestamp": str(int(called_robot.clock.now().timestamp())), "nonce": "n"}
        async with aiohttp.ClientSession() as session:
            for body in (b'{"msgtype":"text"}', b"[]", b"{", b'{"encrypt":7}', b'{"encrypt":"x"}'):
                async with session.post(called_robot.url, params=query, data=body) as answer:
                    assert answer.status in (400, 401)
        assert called_robot.sink_calls == 0


def test_client_of_a_robot_declares_its_limits(robot: Desk) -> None:
    assert isinstance(robot.platform.client, AibotClient)
    assert {(one.scope, one.count) for one in robot.platform.client.LIMITS} == {
        ("receiver", 30),
        ("receiver", 1000),
        ("group", 30),
        ("group", 1000),
    }
