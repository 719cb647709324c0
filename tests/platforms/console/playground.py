"""The web chat by itself: python -m tests.platforms.console.playground [port], then open http://127.0.0.1:8099

An echo in place of the bot: every message gets a card, every press changes its card.
"""

from __future__ import annotations

import asyncio
import io
import math
import struct
import sys
import tempfile
import wave
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aiohttp import web
from PIL import Image, ImageDraw

from bot.clock import VirtualClock
from bot.platforms.base import Address, Body, CardBody, Inbound, Kind, MarkdownBody, Outgoing, TextBody, UpdateBody
from bot.platforms.console import ConsolePlatform, ConsoleSettings
from cards.model import Card
from storage.database import Database
from storage.tables import Table
from tests.platforms.console import samples
from tests.platforms.console.backstage import START, Company, MemoryAttachments, Watch, commands_for, today_for

PORT = 8099


@dataclass
class Playground:
    """A platform with an echo behind it."""

    platform: ConsolePlatform
    db: Database
    clock: VirtualClock
    attachments: MemoryAttachments
    inbounds: list[Inbound]
    count: int = 0

    async def sink(self, inbound: Inbound) -> bool:
        if any(inbound.event_key == other.event_key for other in self.inbounds):
            return False
        self.inbounds.append(inbound)
        await self._answer(inbound)
        return True

    async def say(self, body: Body, *, user: str = "", group: str = "") -> str:
        """Sends as the bot; gives the message's id."""
        self.count += 1
        to = Address("console", "web", user=user, group=group)
        receipt = await self.platform.client.send(Outgoing(f"sample-{self.count}", to, body))
        return receipt.message_id

    async def redraw(self, message_id: str, key: str, card: Card, *, user: str = "lilei") -> None:
        await self.say(UpdateBody(card, key, {"message_id": message_id}), user=user)

    async def _answer(self, inbound: Inbound) -> None:
        place = {"group": inbound.chat.id} if inbound.chat.kind == "group" else {"user": inbound.sender}
        if inbound.press is not None:
            done = samples.filed() if inbound.press.action["a"] == "confirm" else samples.support(state="late")
            await self.redraw(inbound.message_id, inbound.press.card, done)
        elif inbound.kind is Kind.VOICE:
            await self.platform.client.annotate(
                inbound.message_id, "**宏达机械**今天**已报价**，客户嫌价格高，**竞品压价**。"
            )
            await self.say(CardBody(samples.draft(inbound.media[0].ref), f"voice-{self.count}"), **place)
        elif inbound.kind is not Kind.ENTERED and (inbound.chat.kind == "direct" or inbound.mentioned):
            await self.say(TextBody(f"收到：{inbound.text or inbound.kind}"), **place)


async def build(folder: Path, *, settings: ConsoleSettings | None = None) -> Playground:
    db = Database(f"sqlite+aiosqlite:///{folder / 'playground.db'}")
    async with db.engine.begin() as connection:
        await connection.run_sync(Table.metadata.create_all)
    clock, attachments = VirtualClock(START), MemoryAttachments()
    platform = ConsolePlatform(
        settings or ConsoleSettings(demo=True, title="演示公司 · 华东工业", file_bytes=2 * 1024 * 1024),
        db,
        clock,
        attachments,
        Company(),
        Watch(clock),
        commands=commands_for,
        today=today_for,
    )
    return Playground(platform, db, clock, attachments, [])


async def fill(playground: Playground) -> None:
    """A morning's conversation with every block."""
    recording = await playground.attachments.put(tone(7.0), name="语音.wav", mime="audio/wav")
    picture = await playground.attachments.put(drawing(), name="门头.png", mime="image/png")
    await playground.say(CardBody(samples.stalled(), "stalled"), user="lilei")
    await playground.say(CardBody(samples.evidence(picture, photos=(picture,)), "evidence"), user="lilei")
    playground.clock.move_to(playground.clock.now() + timedelta(minutes=9))
    text = "- 宏达机械：**报价** 38.6 万，等答复\n- 云帆软件：缺拜访照片\n\n更多见 [使用手册](https://example.com/manual)。"
    await playground.say(MarkdownBody("今天的三件事", text), user="lilei")
    await playground.say(CardBody(samples.filed(), "filed"), user="lilei")
    await playground.say(CardBody(samples.draft(recording, problem="有 53 个字，最多 50 个"), "draft"), user="lilei")
    await playground.say(CardBody(samples.support(), "support"), user="wang")
    await playground.say(CardBody(samples.support(state="late"), "late"), user="chen")
    await playground.say(CardBody(samples.digest(), "digest"), group="east1")


def application(playground: Playground) -> web.Application:
    app = web.Application()
    app.add_routes(playground.platform.routes(playground.sink))
    return app


def tone(seconds: float, rate: int = 8_000) -> bytes:
    """A humming WAV of this length."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        samples_of = (int(8_000 * math.sin(index / rate * 2 * math.pi * 220)) for index in range(int(rate * seconds)))
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples_of))
    return out.getvalue()


def drawing() -> bytes:
    """A picture of a shop front, more or less."""
    picture = Image.new("RGB", (640, 400), "#cfe3ea")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((60, 120, 580, 400), fill="#f4efe6")
    pen.rectangle((60, 120, 580, 180), fill="#0b6e5f")
    pen.rectangle((270, 240, 370, 400), fill="#7d94a3")
    for left in (100, 420):
        pen.rectangle((left, 230, left + 120, 320), fill="#a9c4d2")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


async def serve(port: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        playground = await build(Path(folder))
        await fill(playground)
        runner = web.AppRunner(application(playground), shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        print(f"http://127.0.0.1:{port}", flush=True)
        try:
            await playground.platform.listen(playground.sink)
        finally:
            await runner.cleanup()
            await playground.db.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else PORT))
