"""Words on cards: known by their id, so that a repeat is no second message; as messages where there are no cards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.errors import Credentials, RetryAfter, Unanswered
from bot.platforms.base import MarkdownBody, TextBody
from bot.platforms.dingtalk.words import card_markdown
from tests.emulators.dingtalk import DingTalkEmulator
from tests.emulators.dingtalk.access import Trouble
from tests.emulators.dingtalk.refusals import NewRefused, Raw, no_permission, qps
from tests.platforms.dingtalk.conftest import App

CREATE = "/v1.0/card/instances/createAndDeliver"
ONE_TO_ONE = "/v1.0/robot/oToMessages/batchSend"
LONG = "今天拜访了宏达机械，客户认可方案，但价格偏高。" * 600
MAYBE = "（这条可能已经收到过）"


def words(ding: DingTalkEmulator, user: str = "lilei") -> list[str]:
    return [shown.text for shown in ding.inbox(user)]


async def test_an_answer_that_was_lost_makes_no_second_message(app: App, ding: DingTalkEmulator) -> None:
    ding.access.troubles.append(Trouble(CREATE, Raw(502, "bad gateway", "text/plain"), after=True))
    with pytest.raises(Unanswered):
        await app.send(TextBody("已记下"), user="lilei", key="same")
    await app.send(TextBody("已记下"), user="lilei", key="same", begun=app.clock.now())
    app.forward(days=30)
    await app.send(TextBody("已记下"), user="lilei", key="same", begun=app.clock.now())
    assert words(ding) == ["已记下"]


async def test_the_same_words_said_twice_are_two_messages(app: App, ding: DingTalkEmulator) -> None:
    await app.send(TextBody("已记下"), user="lilei")
    await app.send(TextBody("已记下"), user="lilei")
    assert words(ding) == ["已记下", "已记下"]


async def test_the_chat_list_shows_the_words_and_not_that_it_is_a_card(app: App, ding: DingTalkEmulator) -> None:
    await app.send(TextBody("还差 2 条：\n宏达机械的照片"), user="lilei")
    assert ding.inbox("lilei")[0].line == "还差 2 条： 宏达机械的照片"


async def test_a_long_text_arrives_whole_and_goes_on_behind_what_arrived(app: App, ding: DingTalkEmulator) -> None:
    ding.access.troubles += [Trouble(CREATE, None, times=2), Trouble(CREATE, qps())]
    with pytest.raises(RetryAfter):
        await app.send(TextBody(LONG), user="lilei", key="same")
    await app.send(TextBody(LONG), user="lilei", key="same")
    assert "".join(words(ding)) == LONG and len(words(ding)) == 5


async def test_to_a_group_and_as_markdown(app: App, ding: DingTalkEmulator) -> None:
    group = ding.group("群", ["lilei"])
    await app.send(MarkdownBody("周报", "**宏达** 18 次"), group=group)
    (shown,) = ding.inbox("lilei")
    assert (shown.title, shown.text, shown.chat) == ("周报", "**宏达** 18 次", group)


def test_nothing_a_customer_said_becomes_a_heading_or_a_list_and_addresses_can_be_touched() -> None:
    said = card_markdown("# 急\n1. 打开 https://crm.example.com/p?id=7，看 [这里]")
    address = "https://crm.example.com/p?id=7"
    assert said == f"＃ 急  \n  1． 打开 [{address}]({address})，看 ［这里］"


async def test_without_the_permission_words_are_messages_and_cards_are_not_tried_all_day(
    app: App, ding: DingTalkEmulator
) -> None:
    refusals = Trouble(CREATE, no_permission("Card.Instance.Write"), times=9)
    ding.access.troubles.append(refusals)
    for number in range(3):
        await app.send(TextBody(f"{number}"), user="lilei")
    assert words(ding) == ["0", "1", "2"]
    assert refusals.times == 8, "one try was enough"
    assert ding.access.calls[ONE_TO_ONE] == 3


async def test_a_message_of_unknown_fate_says_so_also_when_the_ladder_was_forgotten(
    app: App, ding: DingTalkEmulator
) -> None:
    """A new process tries the card first, as if nothing had been learnt; the words then are a repeat all the same."""
    ding.access.troubles.append(Trouble(CREATE, NewRefused("param.templateNotExist"), times=9))
    await app.send(TextBody("已记下"), user="lilei", key="same")
    await app.send(TextBody("已记下"), user="lilei", key="same", begun=app.clock.now())
    assert words(ding) == ["已记下", f"已记下\n\n{MAYBE}"]


async def test_with_the_quota_used_up_who_just_spoke_still_gets_an_answer(online: App, ding: DingTalkEmulator) -> None:
    await ding.says("lilei", "你好")
    ding.access.quota = 0
    await online.send(TextBody("已记下"), user="lilei")
    assert words(ding) == ["已记下"] and ding.access.calls["/robot/sendBySession"] == 1
    with pytest.raises(Credentials, match="额度"):
        await online.send(TextBody("提醒"), user="wang")


async def test_somebody_outside_the_organisation_is_answered_by_the_webhook(
    online: App, ding: DingTalkEmulator
) -> None:
    await ding.says("guest", "你好")
    sender = online.kept.last.sender
    await online.send(TextBody("你好，我是跟进"), user=sender)
    assert words(ding, "guest") == ["你好，我是跟进"]


@pytest.mark.parametrize("changes", [{"word_cards": False}, {"button_template": ""}])
async def test_who_wants_bubbles_gets_them(
    make_app: Callable[..., App], ding: DingTalkEmulator, changes: dict[str, object]
) -> None:
    await make_app(**changes).send(TextBody("已记下"), user="lilei")
    assert ding.inbox("lilei")[0].kind == "text" and ding.access.calls[CREATE] == 0
