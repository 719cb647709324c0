"""The journeys of a first visit, in a real browser against the real server, with real voice notes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.visitor import PATIENCE, demo, visitor
from tests.harness.pictures import photo

pytestmark = [pytest.mark.browser, pytest.mark.speech, pytest.mark.xdist_group("browser")]

VOICE = Path(__file__).parent.parent / "corpus" / "voice"
MODELS = Path(".data/models").resolve()


async def test_a_day_with_genjin(tmp_path: Path) -> None:
    picture = tmp_path / "shop.jpg"
    picture.write_bytes(photo(9))
    async with demo(tmp_path / "demo", MODELS) as address, visitor(address) as me:
        # 1. A rep speaks; it becomes a record.
        await me.is_("李雷")
        await me.sends("#file", VOICE / "dev02.opus")
        draft = await me.sees("这样记，对吗？")
        await expect(draft.get_by_label("客户")).to_have_value("1", timeout=PATIENCE)
        await me.picture("1-draft")
        await me.presses(draft, "确认")
        await me.sees("已记下 · 宏达机械 · 已报价")
        await me.picture("1-filed")

        # 2. The superior hears of it, asks back; the rep adds; a silent superior is chased and the director told.
        await me.is_("王芳")
        request = await me.sees("支持请求 · 李雷 · 宏达机械")
        await me.picture("2-request")
        await request.get_by_label("说明").fill("竞品报了多少？")
        await me.presses(request, "需更多信息")
        await me.is_("李雷")
        asked = await me.sees("需要补充信息", "竞品报了多少？")
        await asked.get_by_label("补充信息").fill("博创报 11.8 万，含三年保修")
        await me.presses(asked, "补充好了")
        await me.is_("王芳")
        await me.sees("已补充", "博创报 11.8 万")
        for _ in range(7):
            await me.moves_clock("+1 小时")
        await me.sees("支持请求 · 李雷 · 宏达机械", "已超时")
        await me.is_("陈立")
        await me.sees("已超时，升级到你")
        await me.picture("2-escalated")

        # 3. A visit whose photo is missing is 待验证, and completed by sending it.
        await me.moves_clock("明早 8:30")
        await me.is_("李雷")
        await me.picture("4-morning")
        await me.says("今日拜访 仁和医院")
        start = await me.sees("今日拜访", "现在去见谁")
        await me.presses(start, "提交")
        arrive = await me.sees("今日拜访 · 仁和医院", "已到店")
        await me.picture("3-arrive")
        await me.presses(arrive, "已到店")
        leave = await me.sees("今日拜访 · 仁和医院", "已离店")
        await leave.get_by_label("本次解决的核心问题").fill("确认了安装位置")
        await me.presses(leave, "已离店")
        await me.sees("拜访已记下 · 仁和医院", "待验证")
        await me.picture("3-unverified")
        await me.is_("王芳")
        await me.sees("拜访待验证 · 李雷 · 仁和医院")

        # 4. 18:00, the group's digest.
        await me.moves_clock("到 18:00")
        await me.is_("李雷")
        await me.sees("今天还差")
        await me.picture("4-evening")
        await me.moves_clock("+1 小时")
        await me.opens("华东一组")
        await me.sees("华东一组 · 今日")
        await me.picture("4-digest")

        # 5. A command and its help. 6. Plain questions.
        await me.opens("跟进")
        await me.says("/help")
        await me.reads("/visit")
        await me.picture("5-help")
        await me.says("我的支持请求")
        await me.sees("我的支持请求", "宏达机械")
        await me.picture("6-requests")
        assert me.errors == []


async def test_the_phone_page_in_the_dark(tmp_path: Path) -> None:
    async with demo(tmp_path / "demo", MODELS) as address, visitor(address, width=375, dark=True) as me:
        await me.says("宏达机械今天已报价，竞品压价，希望总监帮忙申请特价")
        draft = await me.sees("这样记，对吗？")
        await me.picture("phone-draft")
        await me.presses(draft, "确认")
        await me.sees("已记下 · 宏达机械")
        await me.picture("phone-filed")
        wide = await me.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 375
        assert me.errors == []
