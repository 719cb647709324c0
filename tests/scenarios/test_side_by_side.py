"""One person on four platforms: one thread, one place where pushes go, cards that change where they stand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select

from storage.tables import Identity, Person
from tests.harness.together import Four, four_platforms

SAID = "宏达机械今天已报价，客户嫌价格高，竞品压价，希望总监帮忙申请特价"
REQUEST = "支持请求 · 李雷 · 宏达机械"


@pytest.fixture
async def four(tmp_path: Path) -> AsyncIterator[Four]:
    async with four_platforms(tmp_path) as opened:
        yield opened


async def test_everybody_is_one_person_on_all_platforms(four: Four) -> None:
    async with four.app.services.db.read() as tx:
        people = (await tx.scalars(select(Person))).all()
        identities = (await tx.scalars(select(Identity))).all()
    places = {person.id: sorted(one.platform for one in identities if one.person_id == person.id) for person in people}
    assert len(people) == 7
    assert all(found == ["console", "dingtalk", "feishu", "wecom"] for found in places.values())


async def test_said_on_feishu_answered_on_wecom_and_each_card_changes_where_it_stands(four: Four) -> None:
    rep, manager = four.chat("feishu", "lilei"), four.chat("wecom", "wangfang")
    await rep.says(SAID)
    assert rep.shows("这样记，对吗？")
    await rep.presses("确认")
    assert rep.shows("已记下 · 宏达机械 · 已报价")
    assert manager.shows(REQUEST, "15:30 前答复")

    await manager.presses("已协调")
    await manager.says("无")

    assert manager.shows(REQUEST, "已协调 今天 10:00")
    assert rep.shows("已记下 · 宏达机械", "王芳已协调")
    assert [four.chat(one, "wangfang").count for one in ("feishu", "dingtalk")] == [0, 0]
    assert [four.chat(one, "lilei").count for one in ("wecom", "dingtalk")] == [0, 0]


async def test_the_thread_goes_on_where_the_person_speaks_next(four: Four) -> None:
    wecom, ding = four.chat("wecom", "lilei"), four.chat("dingtalk", "lilei")
    await wecom.says(SAID)
    await wecom.presses("改一下")
    assert wecom.shows("回复 取消 就不填了")
    await ding.says("取消")
    assert ding.count == 1 and not ding.shows("没有听懂")
    await ding.says("我这个月完成了多少")
    assert ding.shows("本月 · 李雷")


async def test_pushes_follow_the_person(four: Four) -> None:
    rep = four.chat("feishu", "lilei")
    await rep.says(SAID)
    await rep.presses("确认")
    assert (await four.state("wangfang"))["people"][3]["hears"] == "wecom"

    await four.forward(minutes=1)
    await four.chat("dingtalk", "wangfang").says("/todo")
    told = four.chat("wecom", "wangfang").count
    assert (await four.state("wangfang"))["people"][3]["hears"] == "dingtalk"
    await four.forward(hours=5)

    assert four.chat("dingtalk", "wangfang").shows("还剩 1 小时", "宏达机械")
    assert four.chat("wecom", "wangfang").count == told
    assert four.chat("wecom", "wangfang").shows(REQUEST, "还剩 1 小时"), "the card itself stays on WeCom and is kept up"


async def test_the_platforms_live_on_the_demos_clock(four: Four) -> None:
    rep, manager = four.chat("feishu", "lilei"), four.chat("wecom", "wangfang")
    await rep.says(SAID)
    await rep.presses("确认")
    tokens = set(four.platforms.feishu.world.tokens)

    await four.forward(hours=3)
    assert four.platforms.feishu.world.clock.now() == four.platforms.dingtalk.clock.now() == four.clock.now()
    await four.forward(days=1)
    await rep.says("/me")

    assert set(four.platforms.feishu.world.tokens) - tokens, "two hours later a token is dead, and another was fetched"
    at = [one["at"] for one in rep.phone.messages("lilei", "")]
    assert at == sorted(at) and at[-1] == four.clock.now().isoformat()
    assert manager.count > 1, "reminders came in between"
    assert four.platforms.wecom.dropped("wangfang") == 0, "thirty a minute were never exceeded"


async def test_what_nobody_accepts_is_pushed_again_when_the_clock_says_so(four: Four) -> None:
    rep, app = four.chat("feishu", "lilei"), four.platforms.feishu.world.app
    there, app.callback_url = app.callback_url, f"{four.url}/nowhere"
    await rep.says("/me")
    assert rep.count == 0
    app.callback_url = there
    await four.forward(seconds=20)
    await asyncio.gather(*four.platforms.feishu.delivery._repeating)  # none, where it was quick
    await four.app.runtime.settle()
    assert rep.shows("李雷")


async def test_the_page_tells_only_what_changed_and_only_to_itself(four: Four) -> None:
    state = await four.state("lilei")
    assert (state["user"], [one["platform"] for one in state["phones"]]) == ("lilei", ["feishu", "dingtalk", "wecom"])
    async with aiohttp.ClientSession(four.url) as session:
        known = {"user": "lilei", "known": state["mark"]}
        async with session.get("/side-by-side/state", params=known) as answer:
            assert (answer.status, answer.headers["X-Now"]) == (204, four.clock.now().isoformat())
        said = {"user": "lilei", "text": "/me"}
        elsewhere = {"Origin": "https://elsewhere.example"}
        async with session.post("/side-by-side/feishu/say", json=said, headers=elsewhere) as answer:
            assert answer.status == 403
        async with session.get("/side-by-side") as page:
            assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
        async with session.get("/side-by-side/static/phone.js") as part:
            assert part.status == 200
        async with session.get("/side-by-side/static/..%2fpage.py") as part:
            assert part.status == 404
    assert four.chat("feishu", "lilei").phone.messages("lilei", "") == []
