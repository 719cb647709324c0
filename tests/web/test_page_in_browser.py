"""The arrival at a store on a phone: a real browser at 375 px, a photo taken, the phone's own position."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright, expect

from bot.web.server import web_app
from tests.browser.visitor import CHROMIUM, FLAGS
from tests.harness.pictures import photo
from tests.harness.team import Team
from tests.web.phone import link, session
from tests.web.test_pages import on_the_way

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SHOTS = os.environ.get("GENJIN_SHOTS")
PATIENCE = 20_000
STORE = {"latitude": 31.2304, "longitude": 121.4705, "accuracy": 18.0}


@asynccontextmanager
async def served(team: Team) -> AsyncIterator[str]:
    runner = web.AppRunner(web_app(team.app.runtime), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def handset(
    team: Team, address: str, *, dark: bool = False, located: bool = True
) -> AsyncIterator[tuple[Page, list[str]]]:
    """李雷's phone, logged in, and what went wrong on its pages."""
    errors: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        context = await browser.new_context(
            viewport={"width": 375, "height": 780},
            locale="zh-CN",
            color_scheme="dark" if dark else "light",
            geolocation=STORE if located else None,  # type: ignore[arg-type]  # a plain dict is a Geolocation
            permissions=["geolocation"] if located else [],
            has_touch=True,
            device_scale_factor=2,
        )
        for name, value in session(team, "lilei").items():
            await context.add_cookies([{"name": name, "value": value, "url": address}])
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Security Policy" in line.text else None)
        yield page, errors
        await browser.close()


async def picture(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png")


async def narrow(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= 375"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_arriving_at_a_store(team: Team, tmp_path: Path, dark: bool) -> None:
    shade = "dark" if dark else "light"
    shop = tmp_path / "shop.jpg"
    shop.write_bytes(photo(9, side=640))
    path = await link(team, "visit_arrive_store", about=await on_the_way(team))
    async with served(team) as address, handset(team, address, dark=dark) as (page, errors):
        await page.goto(address + path)
        await expect(page.get_by_role("heading", name="到店")).to_be_visible()
        await picture(page, f"arrive-{shade}-1-empty")
        await page.get_by_role("button", name="取当前位置").click()
        await expect(page.get_by_text("已定位")).to_be_visible()
        await page.get_by_label("门头照片").last.set_input_files(shop)
        await expect(page.get_by_alt_text("门头照片，还没有提交")).to_be_visible()
        await page.get_by_label("扫码验货").fill("6901234567892")
        await picture(page, f"arrive-{shade}-2-filled")
        assert await narrow(page)
        await page.get_by_role("button", name="提交").click()
        await expect(page.get_by_role("heading", name="已提交 · 到店")).to_be_visible()
        await expect(page.get_by_text("已收到 1 张照片")).to_be_visible()
        await picture(page, f"arrive-{shade}-3-done")
        assert errors == []
    await team.app.runtime.settle()
    team.rep.sees("今日拜访 · 华联超市二店", "已离店")


async def test_what_is_wrong_is_marked_and_nothing_typed_is_lost(team: Team) -> None:
    path = await link(team, "progress", values={"customer": "1"})
    async with served(team) as address, handset(team, address, dark=True) as (page, errors):
        await page.goto(address + path)
        await page.get_by_label("需支持事项").fill("请总监批一个特价，" * 7)
        await page.get_by_role("button", name="提交").click()
        await expect(page.get_by_text("还差 2 处")).to_be_visible()
        await expect(page.get_by_text("「今日关键动作」还没选")).to_be_visible()
        await expect(page.get_by_label("需支持事项")).to_have_value("请总监批一个特价，" * 7)
        await picture(page, "progress-dark-wrong")
        await page.get_by_role("radio", name="已报价").check()
        obstacle = page.get_by_role("radio", name="竞品压价")
        await obstacle.check()
        await obstacle.click()
        await expect(obstacle).not_to_be_checked()
        await page.get_by_label("需支持事项").fill("请总监批一个特价")
        await page.get_by_role("button", name="提交").click()
        await expect(page.get_by_role("heading", name="已提交 · 客户推进")).to_be_visible()
        assert await narrow(page) and errors == []
    await team.app.runtime.settle()
    team.rep.sees("已记下 · 宏达机械 · 已报价")


async def test_without_position_and_net_the_page_says_what_to_do(team: Team) -> None:
    path = await link(team, "visit_arrive_store", about=await on_the_way(team))
    async with served(team) as address, handset(team, address, located=False) as (page, errors):
        await page.goto(address + path)
        await page.get_by_role("button", name="取当前位置").click()
        await expect(page.get_by_text("手填").first).to_be_visible()
        await page.get_by_label("纬度,经度").fill("31.2304,121.4705")
        await picture(page, "arrive-light-4-no-position")
        await page.context.set_offline(True)
        await page.get_by_role("button", name="提交").click()
        await expect(page.get_by_text("没有发出去")).to_be_visible()
        await picture(page, "arrive-light-5-offline")
        await page.context.set_offline(False)
        await page.get_by_role("button", name="提交").click()
        await expect(page.get_by_role("heading", name="已提交 · 到店")).to_be_visible()
        assert errors == []


async def test_somebody_elses_link(team: Team) -> None:
    path = await link(team, "progress", user="han")
    async with served(team) as address, handset(team, address) as (page, _):
        await page.goto(address + path)
        await expect(page.get_by_role("heading", name="这个链接是发给 韩梅 的")).to_be_visible()
        await picture(page, "stranger-light")
