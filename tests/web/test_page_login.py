"""The page knows who opened it: the web login of each platform, against its emulator."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.web.server import web_app
from cards.model import Card
from storage.tables import CardSent
from tests.harness.live import LiveTeam, open_live
from tests.harness.platforms import DingTalk, Driver, Feishu, WeCom
from tests.web.phone import Phone, filled, link

PUBLIC = "http://genjin.example.com"
"""Without TLS, as the test's phone has none: on https the cookies travel nowhere else."""

PLATFORMS: dict[str, Callable[[], Driver]] = {"feishu": Feishu, "dingtalk": DingTalk, "wecom": WeCom}


@pytest.fixture(params=PLATFORMS)
async def live(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LiveTeam]:
    team = await open_live(tmp_path, PLATFORMS[request.param]())
    yield team
    await team.close()


@pytest.fixture
async def handset(live: LiveTeam) -> AsyncIterator[Phone]:
    async with TestClient(TestServer(web_app(live.app.runtime))) as client:
        yield Phone(client)


def code_of(live: LiveTeam, user: str) -> str:
    """What the platform's login gives the browser when this person stands before it."""
    emulator = live.driver.emulator  # type: ignore[attr-defined]  # every driver has its own kind
    match live.driver.name:
        case "feishu":
            return str(emulator.oauth.code_for(user))
        case "dingtalk":
            return str(emulator.contacts.code(user))
        case _:
            return str(emulator.login.code_for(user))


async def logs_in(live: LiveTeam, handset: Phone, path: str, user: str) -> str:
    """Opens the link, is sent to the login and comes back; gives where the browser is led in the end."""
    sent = await handset.opens(path)
    assert sent.status == 302, sent.words
    asked = parse_qs(urlsplit(sent.location).query)
    (back,), (state,) = asked["redirect_uri"], asked["state"]
    assert back == f"{PUBLIC}/forms/login/{live.driver.name}/{live.driver.app}"
    assert state.isalnum() and len(state) <= 128
    came = await handset.opens(f"{urlsplit(back).path}?code={code_of(live, user)}&state={state}")
    assert came.status == 303, came.words
    return came.location


async def test_the_person_of_the_link_gets_in_and_stays_in(live: LiveTeam, handset: Phone) -> None:
    path = await link(live, "progress", values={"customer": "1"}, public=PUBLIC)
    assert await logs_in(live, handset, path, "lilei") == path
    (await handset.opens(path)).shows("客户推进", "李雷")
    given = {"customer": "1", "action": "已报价", "obstacle": "无"}
    assert (await handset.submits(path, filled(given))).status == 303
    await live.settle()
    live.rep.sees("已记下 · 宏达机械 · 已报价")


async def test_somebody_else_reads_whom_it_is_for_and_may_change_over(live: LiveTeam, handset: Phone) -> None:
    path = await link(live, "progress", values={"customer": "1"}, public=PUBLIC)
    await logs_in(live, handset, path, "han")
    opened = await handset.opens(path)
    assert opened.status == 403
    opened.shows("这个链接是发给 李雷 的", "换个账号打开")
    assert await logs_in(live, handset, f"{path}?again=1", "lilei") == path
    assert (await handset.opens(path)).status == 200


async def test_a_login_that_nobody_began_here_is_refused(live: LiveTeam, handset: Phone) -> None:
    path = await link(live, "progress", public=PUBLIC)
    back = f"/forms/login/{live.driver.name}/{live.driver.app}"
    refused = await handset.opens(f"{back}?code={code_of(live, 'lilei')}&state=")
    assert refused.status == 400
    refused.shows("登录没有成功")
    await handset.opens(path)
    other = await handset.opens(f"{back}?code={code_of(live, 'lilei')}&state={'0' * 32}")
    assert other.status == 400
    assert (await handset.opens("/forms/login/feishu/nothing?code=1&state=")).status == 400


async def test_a_code_that_is_no_good_is_said_in_words(live: LiveTeam, handset: Phone) -> None:
    path = await link(live, "progress", public=PUBLIC)
    sent = await handset.opens(path)
    state = parse_qs(urlsplit(sent.location).query)["state"][0]
    back = f"/forms/login/{live.driver.name}/{live.driver.app}"
    came = await handset.opens(f"{back}?code=stolen&state={state}")
    assert came.status in (403, 503)
    came.shows("登录没有成功")


async def test_each_platform_shows_the_button_that_leads_here(live: LiveTeam, handset: Phone) -> None:
    live.app.settings.public_url = PUBLIC
    await live.rep.says("今日拜访 华联超市二店")
    await live.rep.presses("提交")
    await live.driver.presses("lilei", *live.rep._pressable("已到店", ""), {})
    await live.settle()
    live.rep.sees("用手机填")
    path = next(address for address in await addresses(live) if "/forms/" in address).removeprefix(PUBLIC)
    await logs_in(live, handset, path, "lilei")
    (await handset.opens(path)).shows("到店", "华联超市二店")


async def addresses(live: LiveTeam) -> list[str]:
    """Where the buttons of the cards that were sent lead, newest card first."""
    async with live.app.services.db.read() as tx:
        cards = (await tx.scalars(select(CardSent).order_by(CardSent.outbox_id.desc()))).all()
    return [button.url for card in cards for button in Card.model_validate(card.card).buttons]


async def test_cookies_are_for_this_page_and_tls_alone(live: LiveTeam, handset: Phone) -> None:
    sent = await handset.opens(await link(live, "progress"))
    cookie = sent.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/forms"))
