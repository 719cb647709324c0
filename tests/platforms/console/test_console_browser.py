"""The page in a real browser, against the playground: said, heard, pressed, reconnected, escaped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import BaseTestServer, TestServer
from playwright.async_api import Browser, FilePayload, Locator, Page, async_playwright, expect

from bot.errors import RetryAfter
from bot.platforms.base import CardBody, Inbound, Kind, TextBody
from bot.platforms.console import ConsolePerson
from cards.model import Button, Card, Fact, Facts, Input, InputKind, Option, Source, Style, Table, Tag, Tags, Text
from tests.platforms.console import samples
from tests.platforms.console.backstage import Company
from tests.platforms.console.playground import Playground, application, build, drawing, fill, tone

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
NASTY = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


async def choose(page: Page, button: Locator, name: str, content: bytes) -> None:
    """Presses a button that asks for a file, and gives this one."""
    async with page.expect_file_chooser() as chooser:
        await button.click()
    await (await chooser.value).set_files(FilePayload(name=name, mimeType="", buffer=content))


class Window:
    """A browser at the playground; pages report their errors here."""

    def __init__(self, browser: Browser, server: BaseTestServer, playground: Playground) -> None:
        self.browser = browser
        self.server = server
        self.playground = playground
        self.errors: list[str] = []

    async def page_of(self, user: str, *, width: int = 1280, height: int = 860, place: str = "") -> Page:
        page = await self.browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        await page.goto(str(self.server.make_url(f"/?as={user}&c={place}")))
        await expect(page.locator("#rooms [aria-current]")).to_have_count(1)
        return page


@pytest.fixture
async def window(tmp_path: Path) -> AsyncIterator[Window]:
    playground = await build(tmp_path)
    await fill(playground)
    async with TestServer(application(playground), shutdown_timeout=0.1) as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        opened = Window(browser, server, playground)
        yield opened
        await browser.close()
        await playground.platform.client.close()
    await playground.db.close()


async def test_a_rep_speaks_corrects_and_confirms(window: Window) -> None:
    page = await window.page_of("lilei")
    await page.fill("#entry", "宏达机械今天已报价")
    await page.press("#entry", "Enter")
    await expect(page.locator(".msg.me .bubble").last).to_have_text("宏达机械今天已报价")
    await expect(page.locator(".msg .bubble").last).to_have_text("收到：宏达机械今天已报价")
    await choose(page, page.locator("#file"), "语音.wav", tone(1.0))
    await expect(page.locator(".msg.me .said").last).to_have_text("宏达机械今天已报价，客户嫌价格高，竞品压价。")
    await expect(page.locator(".card")).to_have_count(5)
    card = page.locator(".card").last
    await expect(card.locator(".hear").first).to_have_text("0.2″–1.4″")
    await card.get_by_label("客户").select_option("云帆软件")
    await card.get_by_role("button", name="确认").click()
    await expect(card.locator("h3")).to_have_text("已记下 · 宏达机械 · 已报价")
    press = window.playground.inbounds[-1].press
    assert press is not None
    assert (press.answers["customer"], press.answers["support"]) == ("云帆软件", "总监帮忙申请特价")
    assert window.errors == []


async def test_what_was_typed_survives_an_update_of_the_card(window: Window) -> None:
    page = await window.page_of("wang")
    note = page.get_by_label("附一句（可不填）")
    await note.fill("最低 9.2 折")
    [message] = await page.locator(".msg").all()
    message_id = await message.get_attribute("data-id") or ""
    await window.playground.redraw(message_id, "support", samples.support(state="late"), user="wang")
    await expect(page.locator(".card.late .due")).to_contain_text("已超时 12 分钟")
    await expect(note).to_have_value("最低 9.2 折")
    await expect(note).to_be_focused()


async def test_what_cannot_be_undone_asks_once(window: Window) -> None:
    page = await window.page_of("lilei")
    card = page.locator(".card", has_text="已记下")
    await card.get_by_role("button", name="撤销（10 分钟内）").click()
    await expect(card.get_by_role("button", name="先不")).to_be_focused()
    await page.keyboard.press("Escape")
    assert window.playground.inbounds == []
    await card.get_by_role("button", name="撤销（10 分钟内）").click()
    await card.get_by_role("button", name="确认撤销").click()
    await expect(page.locator(".card.late", has_text="支持请求")).to_be_visible()
    assert len(window.playground.inbounds) == 1


async def test_nothing_is_missed_while_the_connection_is_down(window: Window) -> None:
    page = await window.page_of("wang")
    await expect(page.locator(".card")).to_have_count(1)
    [listener] = window.playground.platform._hub._listeners
    listener.end()
    await window.playground.say(TextBody("断线时说的"), user="wang")
    await expect(page.locator(".bubble", has_text="断线时说的")).to_have_count(1)


async def test_what_was_not_kept_can_be_sent_again_and_is_one_message(window: Window) -> None:
    page = await window.page_of("zhao")
    playground = window.playground
    keep = playground._answer

    async def refuse(inbound: Inbound) -> None:
        if inbound.kind is not Kind.TEXT:
            return
        playground.inbounds.pop()
        playground._answer = keep  # type: ignore[method-assign]
        raise RetryAfter("full")

    playground._answer = refuse  # type: ignore[method-assign]
    await page.fill("#entry", "排期明天给")
    await page.press("#entry", "Enter")
    await expect(page.locator(".state")).to_contain_text("还没有存下来")
    await page.click("[data-user=chen]")
    await expect(page.locator(".card.late")).to_be_visible()
    await page.click("[data-user=zhao]")
    await page.get_by_role("button", name="重试").click()
    await expect(page.locator(".msg .bubble").last).to_have_text("收到：排期明天给")
    await expect(page.locator(".msg.me")).to_have_count(1)
    await expect(page.locator(".state button")).to_have_count(0)


async def test_a_draft_is_kept_per_conversation_and_commands_are_suggested(window: Window) -> None:
    page = await window.page_of("lilei")
    await page.fill("#entry", "写到一半")
    await page.click("[data-room='group:east1']")
    await expect(page.locator("#entry")).to_have_value("")
    await page.click("[data-room='user:lilei']")
    await expect(page.locator("#entry")).to_have_value("写到一半")
    await page.fill("#entry", "/pro")
    await expect(page.locator(".suggestion")).to_have_count(1)
    await page.press("#entry", "Enter")
    await expect(page.locator("#entry")).to_have_value("/progress ")


async def test_another_person_another_page_and_their_unread_messages(window: Window) -> None:
    page = await window.page_of("lilei")
    await expect(page.locator("[data-user=wang] .badge")).to_contain_text("1")
    await page.click("[data-user=wang]")
    await expect(page.locator(".card h3")).to_have_text("支持请求 · 李雷 · 宏达机械")
    await expect(page.locator("[data-user=wang][aria-current] .badge")).to_have_count(0)
    await page.get_by_role("button", name="+1 小时").click()
    await expect(page.locator("#now")).to_have_text("3月11日 周三 11:19")


async def test_a_file_that_is_empty_or_too_large_is_refused_on_the_spot(window: Window) -> None:
    page = await window.page_of("lilei")
    for name, content, words in (
        ("空.jpg", b"", "是空的（0 字节）"),
        ("大.bin", b"x" * (2 * 1024 * 1024 + 1), "超过 2.0 MB"),
    ):
        await choose(page, page.locator("#file"), name, content)
        await expect(page.locator("#notice")).to_contain_text(words)
    assert window.playground.inbounds == []


async def test_photos_of_a_card_are_uploaded_and_go_with_the_press(window: Window) -> None:
    page = await window.page_of("lilei")
    card = page.locator(".card", has_text="到店 · 仁和医院")
    await choose(page, card.get_by_role("button", name="添加照片"), "陈列.png", drawing() + b"x")
    await expect(card.locator(".tile .remove")).to_have_count(2)
    await card.get_by_role("button", name="取当前位置").click()
    await page.get_by_role("button", name="上海 · 人民广场").click()
    await page.get_by_role("button", name="用这个位置").click()
    await card.get_by_text("呼吸机").click()
    await card.get_by_role("button", name="提交").click()
    await expect(page.locator(".card.late", has_text="支持请求")).to_be_visible()
    press = window.playground.inbounds[-1].press
    assert press is not None
    assert len(press.answers["photos"]) == 2
    assert press.answers["products"] == ["监护仪", "呼吸机"]
    assert press.answers["position"] == "31.23037,121.4737,20"


@pytest.mark.parametrize("width", [375, 768, 1280])
async def test_the_page_never_scrolls_sideways(window: Window, width: int) -> None:
    page = await window.page_of("lilei", width=width, height=760)
    await expect(page.locator(".card").last).to_be_visible()
    assert await page.evaluate("document.scrollingElement.scrollWidth") == width
    wide = "[...document.querySelectorAll('#thread *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.sr'))"
    assert await page.evaluate(f"{wide}.map(e => e.className)") == []


async def test_on_a_phone_the_conversations_are_a_drawer(window: Window) -> None:
    page = await window.page_of("lilei", width=375, height=760)
    await page.get_by_role("button", name="会话和身份").click()
    await page.click("[data-room='group:east1']")
    await expect(page.locator("#here-title")).to_have_text("华东一组")
    await expect(page.locator("body.drawer")).to_have_count(0)
    await expect(page.locator(".card table")).to_be_visible()


async def test_whatever_is_typed_or_sent_is_text(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [ConsolePerson("lilei", NASTY, NASTY, NASTY), ConsolePerson("wang", NASTY)]

    async def named(_: Company) -> list[ConsolePerson]:
        return people

    monkeypatch.setattr(Company, "people", named)
    await window.playground.say(CardBody(nasty_card(), "nasty"), user="lilei")
    await window.playground.say(TextBody(f"**{NASTY}** [x](javascript:alert(1))"), user="lilei")
    page = await window.page_of("lilei")
    await page.fill("#entry", NASTY)
    await page.press("#entry", "Enter")
    await expect(page.locator(".msg .bubble").last).to_have_text(f"收到：{NASTY}")
    assert await page.evaluate("window.hacked") is None
    assert await page.locator("img[src=x], a[href^=javascript]").count() == 0
    assert await page.locator("#messages script").count() == 0
    assert window.errors == []


def nasty_card() -> Card:
    """Every place on a card that holds words, holding markup."""
    return Card(
        title=NASTY,
        lead=NASTY,
        blocks=(
            Text(text=NASTY),
            Facts(facts=(Fact(label=NASTY, value=NASTY),)),
            Tags(tags=(Tag(text=NASTY),)),
            Table(columns=(NASTY,), rows=((NASTY,),)),
            Input(
                name="a",
                label=NASTY,
                kind=InputKind.CHOICE,
                options=(Option(value=NASTY, label=NASTY),),
                source=Source(text=NASTY),
            ),
            Input(name="b", label=NASTY, kind=InputKind.TEXT, value=NASTY, placeholder=NASTY, problem=NASTY),
        ),
        buttons=(
            Button(label=NASTY, action={"a": "x"}, style=Style.PRIMARY, confirm=NASTY),
            Button(label="链接", url="javascript:window.hacked=1"),
        ),
    )
