"""The four platforms beside each other, in a real browser against the real demo."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.visitor import PATIENCE, browsing, demo_side_by_side

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MODELS = Path(".data/models").resolve()
SAID = "宏达机械今天已报价，客户嫌价格高，竞品压价，希望总监帮忙申请特价"


@dataclass
class Column:
    """One platform's chat on the page."""

    box: Locator

    async def says(self, text: str) -> None:
        await self.box.get_by_label("说点什么").fill(text)
        await self.box.get_by_label("说点什么").press("Enter")

    async def sees(self, *words: str) -> Locator:
        """The newest card with all these words."""
        card = self.box.locator(".card")
        for word in words:
            card = card.filter(has_text=word)
        await expect(card.last).to_be_visible(timeout=PATIENCE)
        return card.last

    async def reads(self, text: str) -> None:
        await expect(self.box.get_by_text(text).last).to_be_visible(timeout=PATIENCE)

    async def presses(self, card: Locator, label: str) -> None:
        await card.get_by_role("button", name=label).click()


def column(page: Page, platform: str) -> Column:
    return Column(page.locator(f"#col-{platform}"))


async def becomes(page: Page, name: str) -> None:
    await page.locator(".person", has_text=name).click()
    await expect(page.locator(".person[aria-pressed=true]", has_text=name)).to_be_visible(timeout=PATIENCE)


async def test_said_on_feishu_answered_on_wecom() -> None:
    async with demo_side_by_side(MODELS) as address, browsing(address, width=1440) as me:
        page, feishu, wecom = me.page, column(me.page, "feishu"), column(me.page, "wecom")
        await expect(page.locator(".person")).to_have_count(7, timeout=PATIENCE)

        # A rep says it on Feishu, mends the draft in Feishu's form, and nods.
        await feishu.says(SAID)
        draft = await feishu.sees("这样记，对吗？")
        await expect(draft.get_by_label("客户")).to_have_value(re.compile(r"\d+"))
        await draft.get_by_label("需支持事项").fill("特价 11.5 万")
        await feishu.presses(draft, "确认")
        filed = await feishu.sees("已记下 · 宏达机械 · 已报价", "特价 11.5 万")
        await expect(page.locator("#col-feishu .hears")).to_be_visible()
        await me.picture("side-filed")

        # The manager, who uses WeCom, is waited for; answers there; the rest is asked in the chat.
        await expect(page.locator(".person", has_text="王芳").locator(".badge")).to_be_visible(timeout=PATIENCE)
        await becomes(page, "王芳")
        await expect(page.locator("#col-wecom .hears")).to_be_visible()
        request = await wecom.sees("支持请求 · 李雷 · 宏达机械")
        await wecom.presses(request, "已协调")
        await wecom.reads("回复 无 就跳过")
        await wecom.says("同意 11.5 万")
        await wecom.sees("支持请求 · 李雷 · 宏达机械", "已协调 今天")
        await me.picture("side-answered")

        # The rep's card changed on Feishu, and says so on no other platform.
        await becomes(page, "李雷")
        await expect(filed).to_contain_text("王芳已协调", timeout=PATIENCE)
        await feishu.sees("支持请求", "同意 11.5 万")
        await expect(page.locator("#col-dingtalk .msg")).to_have_count(0)
        frame = page.frame_locator("iframe[title=网页聊天]")
        await expect(frame.locator("#entry")).to_be_visible()
        await expect(frame.locator("#people-section")).to_be_hidden()

        # The clock moves all four; he goes on at DingTalk, and that is where he hears next.
        before = await page.locator("#now").inner_text()
        await page.get_by_role("button", name="明早 8:30").click()
        await expect(page.locator("#now")).not_to_have_text(before, timeout=PATIENCE)
        await feishu.sees("件事")
        ding = column(page, "dingtalk")
        await ding.says("我这个月完成了多少")
        await ding.sees("本月 · 李雷")
        await expect(page.locator("#col-dingtalk .hears")).to_be_visible(timeout=PATIENCE)
        await me.picture("side-morning")
        assert me.errors == []


async def test_on_a_phone_the_platforms_are_tabs_and_the_keyboard_reaches_them() -> None:
    async with demo_side_by_side(MODELS) as address, browsing(f"{address}?as=wangfang", width=375, dark=True) as me:
        page = me.page
        chosen = page.locator("[role=tab][aria-selected=true]")
        await expect(chosen).to_contain_text("企业微信", timeout=PATIENCE)
        await expect(page.locator("#col-feishu")).to_be_hidden()
        await chosen.focus()
        await page.keyboard.press("ArrowLeft")
        await expect(chosen).to_contain_text("钉钉")
        await expect(page.locator("#col-dingtalk")).to_be_visible()
        await column(page, "dingtalk").says("/todo")
        await column(page, "dingtalk").sees("现在没有等你处理的事")
        await me.picture("side-phone")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 375
        assert me.errors == []
