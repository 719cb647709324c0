"""A visitor at the demo: the real server in its own process, the real page in Debian's chromium."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright, expect

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
PATIENCE = 60_000
"""Milliseconds to wait for something to appear: the machine may be busy with other tests."""


@dataclass
class Visitor:
    """Somebody at the page."""

    page: Page
    address: str
    shots: Path | None
    errors: list[str] = field(default_factory=list)

    async def is_(self, name: str) -> None:
        """Becomes another person of the demo company."""
        await self.page.locator("#people button", has_text=name).click()
        await expect(self.page.locator("#people button[aria-current]", has_text=name)).to_be_visible(timeout=PATIENCE)

    async def opens(self, conversation: str) -> None:
        await self.page.locator("#rooms button", has_text=conversation).click()

    async def says(self, text: str) -> None:
        await self.page.fill("#entry", text)
        await self.page.press("#entry", "Enter")

    async def sends(self, button: str, file: Path) -> None:
        """Chooses a file with one of the composer's buttons: #photo, #file."""
        async with self.page.expect_file_chooser() as chooser:
            await self.page.locator(button).click()
        await (await chooser.value).set_files(file)

    def card(self, *words: str) -> Locator:
        """The newest card that shows all these words."""
        found = self.page.locator("#messages article")
        for word in words:
            found = found.filter(has_text=word)
        return found.last

    async def sees(self, *words: str) -> Locator:
        card = self.card(*words)
        await expect(card).to_be_visible(timeout=PATIENCE)
        return card

    async def reads(self, text: str) -> None:
        await expect(self.page.locator("#messages").get_by_text(text).last).to_be_visible(timeout=PATIENCE)

    async def presses(self, card: Locator, label: str) -> None:
        await card.get_by_role("button", name=label).click()

    async def moves_clock(self, label: str) -> None:
        before = await self.page.locator("#now").inner_text()
        await self.page.locator("#clock button", has_text=label).click()
        await expect(self.page.locator("#now")).not_to_have_text(before, timeout=PATIENCE)

    async def picture(self, name: str) -> None:
        """Keeps what is seen, when the run wants pictures."""
        if self.shots is not None:
            await self.page.screenshot(path=self.shots / f"{name}.png")


def demo(folder: Path, models: Path) -> AbstractAsyncContextManager[str]:
    """`genjin demo` on a free port; gives its address."""
    return _demo(models, "--data", str(folder))


def demo_side_by_side(models: Path) -> AbstractAsyncContextManager[str]:
    """`genjin demo --platforms` on a free port; gives the address of its page."""
    return _demo(models, "--platforms")


@asynccontextmanager
async def _demo(models: Path, *options: str) -> AsyncIterator[str]:
    environment = {**os.environ, "GENJIN_SPEECH__FOLDER": str(models)}
    command = [sys.executable, "-m", "bot.cli", "demo", "--port", "0", *options]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=environment)
    try:
        assert process.stdout is not None
        async for line in process.stdout:
            text = line.decode()
            if "http://" in text:
                yield text[text.index("http://") :].strip()
                break
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def visitor(address: str, *, width: int = 1280, dark: bool = False) -> AsyncIterator[Visitor]:
    """A browser at the demo's page."""
    async with browsing(address, width=width, dark=dark) as seen:
        await expect(seen.page.locator("#rooms button")).not_to_have_count(0)
        yield seen


@asynccontextmanager
async def browsing(address: str, *, width: int = 1280, dark: bool = False) -> AsyncIterator[Visitor]:
    """A browser at a page. Errors of the page are collected."""
    shots = Path(os.environ["GENJIN_SHOTS"]) if os.environ.get("GENJIN_SHOTS") else None
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        size = {"width": width, "height": 860 if width > 600 else 780}
        page = await browser.new_page(viewport=size, locale="zh-CN", color_scheme="dark" if dark else "light")  # type: ignore[arg-type]  # a plain dict is a ViewportSize
        seen = Visitor(page, address, shots)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        await page.goto(address)
        yield seen
        await browser.close()
