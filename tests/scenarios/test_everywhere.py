"""The same days on the web chat, Feishu, DingTalk and WeCom, by callback and over their long connections."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.harness.fixtures import open_team
from tests.harness.live import open_live
from tests.harness.platforms import DingTalk, Driver, Feishu, WeCom
from tests.harness.sockets import DingTalkSocket, FeishuSocket, Line, RobotSocket
from tests.harness.team import Team
from tests.scenarios import test_support, test_visits

SAID = "宏达机械今天已报价，客户嫌价格高，竞品压价，希望总监帮忙申请特价"

PLATFORMS: dict[str, Callable[[], Driver]] = {
    "feishu": Feishu,
    "dingtalk": DingTalk,
    "dingtalk-buttons": lambda: DingTalk(form=False),
    "dingtalk-words": lambda: DingTalk(form=False, cards=False),
    "wecom": WeCom,
    "feishu-socket": FeishuSocket,
    "dingtalk-stream": DingTalkSocket,
    "wecom-robot": RobotSocket,
}


IN_WORDS = "dingtalk-words"
"""Nothing that was said there changes later."""


@asynccontextmanager
async def company_on(platform: str, folder: Path) -> AsyncIterator[Team]:
    if platform == "console":
        opened = await open_team(folder, f"sqlite+aiosqlite:///{folder / 'genjin.db'}")
        try:
            yield opened
        finally:
            await opened.app.close()
        return
    live = await open_live(folder, PLATFORMS[platform]())
    try:
        yield live
        if isinstance(live.driver, Line):
            assert live.driver.opened == 1, "the line lives through the day"
    finally:
        await live.close()


@pytest.fixture(params=["console", *PLATFORMS])
async def everywhere(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Team]:
    """The company on each platform in turn."""
    async with company_on(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture(params=["console", *(name for name in PLATFORMS if name != IN_WORDS)])
async def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Team]:
    """The company on each platform whose cards change after they were sent."""
    async with company_on(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture
async def in_words(tmp_path: Path) -> AsyncIterator[Team]:
    """The company on a DingTalk that draws no cards: words, and links that speak for whoever taps them."""
    async with company_on(IN_WORDS, tmp_path) as opened:
        yield opened


async def test_a_sentence_becomes_a_record_after_a_nod(everywhere: Team) -> None:
    team = everywhere
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？").shows("已报价", "竞品压价", "特价", "确认", "不记")
    await team.rep.presses("确认")
    team.rep.sees("已记下 · 宏达机械 · 已报价", "竞品压价", "王主管")
    team.manager.gets("支持请求 · 李雷 · 宏达机械", "今天 15:30 前答复", "还剩 4 小时工作时间")
    team.nobody_else_heard_anything()


@pytest.mark.parametrize(
    "story",
    [
        test_support.test_superior_who_stays_silent_is_reminded_then_escalated,
        test_support.test_an_answer_reaches_the_rep_and_stops_the_clock,
        test_support.test_asking_for_more_pauses_the_clock_until_the_rep_adds_it,
        test_support.test_undo_within_ten_minutes_takes_the_request_back,
    ],
    ids=lambda story: story.__name__.removeprefix("test_"),
)
async def test_support_is_answered_chased_and_taken_back(
    anywhere: Team, story: Callable[[Team], Awaitable[None]]
) -> None:
    await story(anywhere)


@pytest.mark.parametrize(
    "story",
    [
        test_visits.test_a_whole_visit_with_everything_is_verified,
        test_visits.test_a_visit_without_its_photo_is_to_be_verified_and_the_manager_is_told,
    ],
    ids=lambda story: story.__name__.removeprefix("test_"),
)
async def test_visits_with_their_evidence(anywhere: Team, story: Callable[[Team], Awaitable[None]]) -> None:
    await story(anywhere)


async def test_a_draft_is_corrected_question_by_question(everywhere: Team) -> None:
    """What the card holds is changed on it; the rest is asked, with what was understood shown and kept."""
    team = everywhere
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认", obstacle="客户预算冻结", next_at="2026-03-18T15:00")
    team.rep.sees("已记下 · 宏达机械 · 已报价", "客户预算冻结", "下次跟进 下周三 15:00")
    team.manager.gets("支持请求 · 李雷 · 宏达机械", "客户预算冻结")
    team.nobody_else_heard_anything()


async def test_what_is_missing_is_asked_before_it_is_filed(everywhere: Team) -> None:
    team = everywhere
    await team.rep.says("华联今天已报价")
    team.rep.gets("这样记，对吗？", "华联超市、华联超市二店")
    await team.rep.presses("确认", customer="华联超市二店")
    team.rep.sees("已记下 · 华联超市二店 · 已报价")
    team.nobody_else_heard_anything()


async def test_not_wanted_is_put_away(everywhere: Team) -> None:
    team = everywhere
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("不记")
    team.rep.sees("好，这条不记")
    await team.clock.to("16:00")
    team.nobody_else_heard_anything()


async def test_old_words_never_mean_a_new_button(in_words: Team) -> None:
    """The first link of the draft said 确认; the first one of what followed says 撤销."""
    team = in_words
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.gets("已记下 · 宏达机械 · 已报价", "撤销")
    team.manager.gets("支持请求 · 李雷 · 宏达机械")
    await team.rep.presses("确认", on="这样记，对吗？")
    team.rep.gets("已经处理过了")
    team.nobody_else_heard_anything()


async def test_an_answer_in_words_reaches_the_rep(in_words: Team) -> None:
    team = in_words
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.gets("已记下 · 宏达机械 · 已报价")
    team.manager.gets("支持请求 · 李雷 · 宏达机械", "今天 15:30 前答复")
    await team.manager.presses("已协调", note="特价 9.2 折")
    team.manager.gets("支持请求 · 李雷 · 宏达机械 · 王主管已协调")
    team.rep.gets("支持请求 · 李雷 · 宏达机械 · 王主管已协调", "特价 9.2 折")
    team.nobody_else_heard_anything()


async def test_the_customers_file(everywhere: Team) -> None:
    team = everywhere
    await team.rep.says("宏达机械李总调走了，现在是赵总负责，博创报价11万8，今天已寄样")
    team.rep.gets("这样记，对吗？", "李总 离开；赵总 接手")
    await team.rep.presses("确认")
    team.manager.gets("关键人变动", "赵总 接手")
    await team.rep.says("宏达机械的联系人")
    team.rep.gets("联系人 · 宏达机械", "赵总", "现在负责")
    await team.rep.says("宏达机械的竞品动态")
    team.rep.gets("竞品动态 · 宏达机械", "博创 报价 11.8 万元", "博创报价11万8")
    await team.rep.says("宏达机械最近的跟进记录")
    team.rep.gets("跟进记录 · 宏达机械", "赵总 接手")
    await team.other_rep.says("宏达机械的竞品动态")
    team.other_rep.gets("现在由李雷跟进")
