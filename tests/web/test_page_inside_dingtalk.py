"""A link opened inside DingTalk's own app: the app says who it is, and nobody has to log in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import async_playwright, expect

from bot.web.server import web_app
from tests.browser.visitor import CHROMIUM, FLAGS
from tests.emulators.dingtalk.contacts import Contacts
from tests.harness.live import LiveTeam, open_live
from tests.harness.platforms import DingTalk
from tests.web.phone import Phone, link

AGENT = "Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile AliApp(DingTalk/7.6.35) Channel/700159 language/zh-Hans-CN"
INSIDE = {"headers": {"User-Agent": AGENT}}


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[LiveTeam]:
    team = await open_live(tmp_path, DingTalk())
    yield team
    await team.close()


@pytest.fixture
async def handset(live: LiveTeam) -> AsyncIterator[Phone]:
    async with TestClient(TestServer(web_app(live.app.runtime))) as client:
        yield Phone(client)


def contacts(live: LiveTeam) -> Contacts:
    return live.driver.emulator.contacts  # type: ignore[attr-defined, no-any-return]  # this driver's is DingTalk's


async def asked(live: LiveTeam, handset: Phone) -> tuple[str, str]:
    """The path of the form, and where the page leads back to."""
    path = await link(live, "progress", values={"customer": "1"}, public="http://genjin.example.com")
    sent = await handset.opens(path, **INSIDE)
    assert (sent.status, sent.location) == (302, "/forms/inside/dingtalk/main")
    page = await handset.opens(sent.location, **INSIDE)
    assert (
        page.status == 200 and 'data-corp="dingcorp0001"' in page.html and 'data-client="dingemulated0001"' in page.html
    )
    return path, page.html.partition('data-back="')[2].partition('"')[0].replace("&amp;", "&")


async def test_the_app_says_who_it_is(live: LiveTeam, handset: Phone) -> None:
    path, back = await asked(live, handset)
    came = await handset.opens(f"{back}&code={contacts(live).code('lilei')}", **INSIDE)
    assert (came.status, came.location) == (303, path)
    (await handset.opens(path, **INSIDE)).shows("客户推进", "李雷")


async def test_a_code_works_once_and_a_state_is_needed(live: LiveTeam, handset: Phone) -> None:
    _, back = await asked(live, handset)
    code = contacts(live).code("lilei")
    assert (await handset.opens(f"/forms/login/dingtalk/main?inside=1&state=other&code={code}")).status == 400
    assert (await handset.opens(f"{back}&code={code}")).status == 303
    _, back = await asked_again(live, handset)
    refused = await handset.opens(f"{back}&code={code}")
    assert refused.status == 403
    refused.shows("登录没有成功", "重新打开")


async def asked_again(live: LiveTeam, handset: Phone) -> tuple[str, str]:
    handset.client.session.cookie_jar.clear()
    return await asked(live, handset)


async def test_in_any_other_browser_the_page_is_not_there(live: LiveTeam, handset: Phone) -> None:
    path = await link(live, "progress", public="http://genjin.example.com")
    sent = await handset.opens(path)
    assert urlsplit(sent.location).path == "/oauth2/auth"
    assert (await handset.opens("/forms/inside/dingtalk/main")).status == 400
    assert (await handset.opens("/forms/inside/wecom/main", **INSIDE)).status == 400


async def test_only_this_page_runs_dingtalks_script(live: LiveTeam, handset: Phone) -> None:
    path, _ = await asked(live, handset)
    page = await handset.opens("/forms/inside/dingtalk/main", **INSIDE)
    script = str(live.driver.emulator.url)  # type: ignore[attr-defined]  # this driver's is DingTalk's
    assert f"script-src 'self' {script};" in page.headers["Content-Security-Policy"]
    note = await handset.opens(f"{path}x", **INSIDE)
    assert "script-src 'self';" in note.headers["Content-Security-Policy"]


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("knows", [True, False])
async def test_in_a_real_browser(knows: bool, live: LiveTeam) -> None:
    """The script asks the app; where the app will not say, the browser's own login follows."""
    contacts(live).inside = "lilei" if knows else ""
    url = f"http://127.0.0.1:{live.server.addresses[0][1]}"
    path = await link(live, "progress", values={"customer": "1"}, public=url)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        page = await (await browser.new_context(user_agent=AGENT, viewport={"width": 375, "height": 780})).new_page()
        await page.goto(url + path)
        if not knows:
            await page.wait_for_url("**/oauth2/auth**")
            assert parse_qs(urlsplit(page.url).query)["corpId"] == ["dingcorp0001"]
            await page.get_by_text("李雷").click()
        await expect(page.get_by_text("客户推进").first).to_be_visible()
        assert urlsplit(page.url).path == path
        await browser.close()
