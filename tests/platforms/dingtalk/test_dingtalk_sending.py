"""Robot messages against a platform that limits, refuses, forgets tokens and answers nonsense."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import Credentials, DeliveryError, Permanent, RetryAfter, Unanswered, Unreachable
from bot.platforms.base import FileBody, MarkdownBody, Notes, TextBody, Weighs
from bot.platforms.dingtalk.sending import PIECE_BYTES, escaped_bytes
from bot.platforms.http import Http
from tests.emulators.dingtalk import DingTalkEmulator
from tests.emulators.dingtalk.access import Trouble
from tests.emulators.dingtalk.refusals import NewRefused, Raw, Refused, banned, no_permission, qps, quota
from tests.platforms.dingtalk.conftest import App

Make = Callable[..., App]
TOKEN = "/v1.0/oauth2/accessToken"
ONE_TO_ONE = "/v1.0/robot/oToMessages/batchSend"


@pytest.fixture
async def app(make_app: Make, form: dict[str, Any]) -> App:
    """Says its words as messages, not on cards."""
    return make_app(**form, word_cards=False)


async def test_one_token_serves_many_pushes_at_once(app: App, ding: DingTalkEmulator) -> None:
    ding.access.qps = None
    await asyncio.gather(*(app.send(TextBody(f"第 {number} 条"), user="lilei") for number in range(50)))
    assert ding.access.calls[TOKEN] == 1
    assert len(ding.inbox("lilei")) == 50


async def test_a_revoked_token_is_renewed_once_for_all(app: App, ding: DingTalkEmulator) -> None:
    ding.access.qps = None
    await app.send(TextBody("一"), user="lilei")
    ding.access.expire_tokens()
    await asyncio.gather(*(app.send(TextBody(f"{number}"), user="lilei") for number in range(20)))
    assert ding.access.calls[TOKEN] == 2
    assert len(ding.inbox("lilei")) == 21


async def test_a_token_is_renewed_before_it_dies(app: App, ding: DingTalkEmulator) -> None:
    await app.send(TextBody("一"), user="lilei")
    app.forward(minutes=115)
    await app.send(TextBody("二"), user="lilei")
    assert ding.access.calls[TOKEN] == 2
    assert ding.access.calls[ONE_TO_ONE] == 2, "no call was made with a dead token"


async def test_a_wrong_secret_says_what_to_press(make_app: Make) -> None:
    with pytest.raises(Credentials, match="Client Secret"):
        await make_app(client_secret="wrong", word_cards=False).send(TextBody("一"), user="lilei")


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (qps(), RetryAfter),
        (banned(), RetryAfter),
        (Raw(200, "<html>blocked</html>"), Unanswered),
        (Raw(503, "busy", "text/plain"), RetryAfter),
        (NewRefused("system.error", status=500), RetryAfter),
        (quota(), Credentials),
        (no_permission("qyapi_robot_sendmsg"), Credentials),
        (NewRefused("invalidParameter.msgParam.invalid"), Permanent),
        (NewRefused("robot.oto.notExist"), Unreachable),
    ],
)
async def test_refusals_are_typed(
    refusal: Refused, kind: type[DeliveryError], app: App, ding: DingTalkEmulator
) -> None:
    ding.access.troubles.append(Trouble(ONE_TO_ONE, refusal, times=2))
    with pytest.raises(kind) as raised:
        await app.send(TextBody("一"), user="lilei")
    assert type(raised.value) is kind


async def test_twenty_calls_a_second_are_the_limit(app: App, ding: DingTalkEmulator) -> None:
    for number in range(20):
        await app.send(TextBody(f"{number}"), user="lilei")
    with pytest.raises(RetryAfter) as raised:
        await app.send(TextBody("21"), user="lilei")
    app.clock.move_to(app.clock.now() + raised.value.after)
    await app.send(TextBody("21"), user="lilei")
    assert len(ding.inbox("lilei")) == 21


async def test_a_used_up_quota_waits_for_an_admin(app: App, ding: DingTalkEmulator) -> None:
    ding.access.quota = 1
    await app.send(TextBody("一"), user="lilei")
    with pytest.raises(Credentials, match="额度"):
        await app.send(TextBody("二"), user="lilei")
    assert app.dingtalk.health.quota_at == app.clock.now()


async def test_ok_does_not_mean_delivered(app: App, ding: DingTalkEmulator) -> None:
    with pytest.raises(Unreachable, match="可见范围"):
        await app.send(TextBody("一"), user="nobody")
    ding.robot.flow_controlled.add("lilei")
    with pytest.raises(RetryAfter) as raised:
        await app.send(TextBody("一"), user="lilei")
    assert raised.value.after == timedelta(minutes=1)
    assert ding.inbox("lilei") == []


async def test_a_group_the_robot_left_is_unreachable(app: App, ding: DingTalkEmulator) -> None:
    group = ding.group("群", ["lilei"], robot=False)
    with pytest.raises(Unreachable):
        await app.send(TextBody("一"), group=group)
    with pytest.raises(Unreachable):
        await app.send(TextBody("一"), group="cid-unknown")


async def test_a_text_the_content_check_refuses_is_not_passed_over(app: App, ding: DingTalkEmulator) -> None:
    await app.send(TextBody(f"含{ding.robot.unsafe}"), user="lilei")
    [shown] = ding.inbox("lilei")
    assert "没有通过平台的内容安全检查" in shown.text


async def test_nobody_there_means_later(http: Http, make_app: Make, ding: DingTalkEmulator) -> None:
    app = make_app(word_cards=False, api_base="http://127.0.0.1:9", oapi_base="http://127.0.0.1:9")
    with pytest.raises(RetryAfter, match="cannot connect"):
        await app.send(TextBody("一"), user="lilei")


LONG = "今天拜访了宏达机械，客户认可方案，但价格偏高。" * 600


async def test_a_long_text_arrives_whole_and_in_order(app: App, ding: DingTalkEmulator) -> None:
    group = ding.group("群", ["lilei"])
    await app.send(TextBody(LONG), group=group)
    pieces = [shown.text for shown in ding.inbox("lilei")]
    assert "".join(pieces) == LONG and len(pieces) == 4
    assert all(piece.endswith("。") and escaped_bytes(piece) <= PIECE_BYTES for piece in pieces)


@pytest.mark.parametrize("text", ["x" * 9000, "http://genjin.example.com/a " * 400, "长" * 9000])
async def test_no_piece_is_longer_than_a_client_shows(text: str, app: App, ding: DingTalkEmulator) -> None:
    """About 3,800 characters, whatever these are."""
    await app.send(TextBody(text), user="lilei")
    pieces = [shown.text for shown in ding.inbox("lilei")]
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "") and max(map(len, pieces)) <= 3800
    client = app.platform.client
    assert isinstance(client, Weighs) and client.weigh(TextBody(text)) == len(pieces)


async def test_quotes_and_line_breaks_count_as_they_travel(app: App, ding: DingTalkEmulator) -> None:
    group = ding.group("群", ["lilei"])
    await app.send(TextBody('"\n' * 9000), group=group)
    shown = ding.inbox("lilei")
    assert len(shown) > 1 and all(escaped_bytes(one.text) <= PIECE_BYTES for one in shown)


async def test_a_retry_goes_on_behind_what_arrived(app: App, ding: DingTalkEmulator) -> None:
    ding.robot.flow_controlled.clear()
    original = ding.access.check_call
    ding.access.troubles.append(Trouble("never", times=0))
    made = 0

    def fail_third(request: object) -> None:
        nonlocal made
        original(request)  # type: ignore[arg-type]  # the emulator's own request
        made += 1
        if made == 4:  # the token and two pieces were well
            raise qps()

    ding.access.check_call = fail_third  # type: ignore[method-assign]  # this one call, this once
    notes = Notes()
    with pytest.raises(RetryAfter):
        await app.send(TextBody(LONG), user="lilei", key="same", notes=notes)
    await app.send(TextBody(LONG), user="lilei", key="same", notes=notes)
    assert "".join(shown.text for shown in ding.inbox("lilei")) == LONG


async def test_a_repeat_of_unknown_fate_says_that_it_may_be_one(app: App, ding: DingTalkEmulator) -> None:
    """DingTalk knows no key for robot messages: the person sees two, and the second says why."""
    ding.access.troubles.append(Trouble(ONE_TO_ONE, Raw(502, "bad gateway", "text/plain"), after=True))
    with pytest.raises(Unanswered):
        await app.send(TextBody("已记下"), user="lilei", key="same")
    await app.send(TextBody("已记下"), user="lilei", key="same", begun=app.clock.now())
    assert [shown.text for shown in ding.inbox("lilei")] == ["已记下", "已记下\n\n（这条可能已经收到过）"]


async def test_only_the_piece_of_unknown_fate_says_so(app: App, ding: DingTalkEmulator) -> None:
    notes = Notes({"piece:0": "pqk1"})
    await app.send(TextBody(LONG), user="lilei", key="same", begun=app.clock.now(), notes=notes)
    said = [shown.text.endswith("（这条可能已经收到过）") for shown in ding.inbox("lilei")]
    assert said == [True, False, False], "the first piece is known to have arrived, the last two were never tried"


async def test_before_a_file_that_may_be_a_repeat_goes_a_word_about_it(app: App, ding: DingTalkEmulator) -> None:
    file = FileBody("报表.xlsx", "application/vnd.ms-excel", b"PK\x03\x04 table")
    await app.send(file, user="lilei", begun=app.clock.now())
    words, shown = ding.inbox("lilei")
    assert words.text.startswith("下面这个文件可能已经收到过：报表.xlsx") and shown.title == "报表.xlsx"


async def test_answers_go_through_the_session_webhook_and_spare_the_quota(online: App, ding: DingTalkEmulator) -> None:
    group = ding.group("群", ["lilei"])
    await ding.says("lilei", "你好", group)
    await online.send(MarkdownBody("摘要", "**好**"), group=group)
    assert ding.access.calls["/robot/sendBySession"] == 1
    assert ding.access.calls["/v1.0/robot/groupMessages/send"] == 0
    assert ding.inbox("lilei")[0].title == "摘要"


async def test_after_ninety_minutes_the_api_is_used(online: App, ding: DingTalkEmulator) -> None:
    await ding.says("lilei", "你好")
    online.forward(minutes=91)
    await online.send(TextBody("提醒"), user="lilei")
    assert ding.access.calls[ONE_TO_ONE] == 1 and ding.access.calls["/robot/sendBySession"] == 0


async def test_a_webhook_that_ended_early_costs_nothing(online: App, ding: DingTalkEmulator) -> None:
    await ding.says("lilei", "你好")
    ding.robot.sessions.clear()
    await online.send(TextBody("一"), user="lilei")
    await online.send(TextBody("二"), user="lilei")
    assert [shown.text for shown in ding.inbox("lilei")] == ["一", "二"]
    assert ding.access.calls["/robot/sendBySession"] == 1, "a refused webhook is not tried again"


async def test_the_webhooks_own_limit_is_kept(online: App, ding: DingTalkEmulator) -> None:
    ding.access.qps = None
    await ding.says("lilei", "你好")
    for number in range(25):
        await online.send(TextBody(f"{number}"), user="lilei")
    assert ding.access.calls["/robot/sendBySession"] == 20
    assert ding.access.calls[ONE_TO_ONE] == 5
    assert len(ding.inbox("lilei")) == 25


async def test_content_the_webhook_refuses_is_not_tried_another_way(online: App, ding: DingTalkEmulator) -> None:
    await ding.says("lilei", "你好")
    refusal = Raw(200, '{"errcode":430104,"errmsg":"unsafe"}', "application/json")
    ding.access.troubles.append(Trouble("sendBySession", refusal))
    await online.send(TextBody("一"), user="lilei")
    assert ["内容安全检查" in shown.text for shown in ding.inbox("lilei")] == [True]


async def test_a_webhook_of_another_house_is_never_called(online: App, ding: DingTalkEmulator) -> None:
    far = {"sessionWebhook": "https://evil.example.com/hook", "sessionWebhookExpiredTime": 9_999_999_999_999}
    await ding.sends("lilei", {"msgtype": "text", "text": {"content": "你好"}, **far})
    await online.send(TextBody("一"), user="lilei")
    assert ding.access.calls[ONE_TO_ONE] == 1


async def test_webhooks_can_be_switched_off(make_app: Make, ding: DingTalkEmulator) -> None:
    app = make_app(answer_by_webhook=False, word_cards=False)
    listening = asyncio.create_task(app.platform.listen(app.kept))
    await asyncio.wait_for(ding.gateway.connected.wait(), 5)
    await ding.says("lilei", "你好")
    await app.send(TextBody("一"), user="lilei")
    assert ding.access.calls[ONE_TO_ONE] == 1
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
