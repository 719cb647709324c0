"""The emulators' clients as their pages show them: what people said, what they sent, what the chat cannot do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest

from bot.clock import VirtualClock
from tests.emulators.phone.phone import NotThere, Phone, Place, Said
from tests.emulators.together.company import Together, around
from tests.harness.pictures import photo

PICTURE = photo(3)
COMPANY = {"people": [{"user": "lilei", "name": "李雷", "title": "销售", "department": "销售部"}]}


@pytest.fixture
async def together() -> AsyncIterator[Together]:
    """Three clients and no bot behind them."""
    async with around(VirtualClock(datetime(2026, 3, 11, 2, tzinfo=UTC)), COMPANY) as started:
        yield started


def phone_of(together: Together, platform: str) -> Phone:
    return next(one for one in together.phones if one.platform == platform)


@pytest.mark.parametrize("platform", ["feishu", "dingtalk"])
async def test_it_shows_what_was_said_and_sent(together: Together, platform: str) -> None:
    phone = phone_of(together, platform)
    assert not phone.online()
    await phone.says("lilei", "", "你好")
    await phone.sends("lilei", "", Said(PICTURE, "门头.jpg", "picture"))
    await phone.sends("lilei", "", Said(b"OggS" + bytes(64), "v.ogg", "voice", 7.2))
    said, sent, spoken = phone.messages("lilei", "")
    assert [one["kind"] for one in (said, sent, spoken)] == ["text", "picture", "voice"]
    assert all(one["mine"] for one in (said, sent, spoken))
    assert (said["text"], spoken["text"], phone.media(sent["media"])) == ("你好", "7″", PICTURE)
    assert phone.got("lilei") == 0


async def test_what_a_client_cannot_do_it_says(together: Together) -> None:
    ding, wecom = phone_of(together, "dingtalk"), phone_of(together, "wecom")
    with pytest.raises(NotThere, match="发不了位置"):
        await ding.stands_at("lilei", "", Place())
    with pytest.raises(NotThere, match="AMR"):
        await wecom.sends("lilei", "", Said(b"OggS" + bytes(64), "v.ogg", "voice"))
    with pytest.raises(NotThere, match="不把文件"):
        await wecom.sends("lilei", "", Said(b"%PDF-1.7", "报价.pdf", "file"))


async def test_the_page_sends_files_and_shows_refusals(together: Together) -> None:
    async with aiohttp.ClientSession(together.wecom.url) as session:
        form = aiohttp.FormData({"user": "lilei", "chat": "", "seconds": "0"})
        form.add_field("file", b"%PDF-1.7", filename="报价.pdf")
        async with session.post("/emulator/send", data=form) as answer:
            assert "不把文件" in (await answer.json())["notice"]
    async with aiohttp.ClientSession(together.feishu.url) as session:
        form = aiohttp.FormData({"user": "lilei", "chat": "", "seconds": "0"})
        form.add_field("file", PICTURE, filename="门头.jpg")
        async with session.post("/emulator/send", data=form) as answer:
            assert await answer.json() == {"notice": "", "url": ""}
        async with session.get("/emulator/state", params={"user": "lilei"}) as answer:
            (sent,) = (await answer.json())["messages"]
        async with session.get(f"/emulator/media/{sent['media']}") as answer:
            assert (answer.content_type, await answer.read()) == ("image/jpeg", PICTURE)
        async with session.get("/emulator/media/nothing") as answer:
            assert answer.status == 404
