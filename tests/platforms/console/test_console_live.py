"""Live events: seen by those they are for, in order, and none missed over a broken connection."""

from __future__ import annotations

import asyncio

import pytest

from bot.platforms.base import Address, UpdateBody
from bot.platforms.console.hub import WAITING, Event, Hub
from tests.platforms.console import samples
from tests.platforms.console.stage import Stage


async def test_a_page_hears_messages_updates_hints_reads_and_the_clock(stage: Stage) -> None:
    async with stage.page_of("lilei") as page:
        kind, hello = await page.next()
        assert (kind, hello["fresh"]) == ("hello", True)
        card = await stage.shows(samples.draft(), user="lilei")
        await stage.says(UpdateBody(samples.filed(), "card-key", {"message_id": str(card)}), user="lilei")
        await stage.platform.client.hint(Address("console", "web", user="lilei"), "正在转写…")
        await stage.post("read", "lilei", {"conversation": "user:lilei", "upto": card})
        await stage.post("clock", "lilei", {"to": "+1h"})
        events = [await page.next() for _ in range(5)]
    assert [kind for kind, _ in events] == ["message", "update", "hint", "read", "clock"]
    assert events[1][1]["body"]["card"]["title"] == "已记下 · 宏达机械 · 已报价"
    assert events[2][1] == {"text": "正在转写…", "busy": True, "conversation": "user:lilei"}
    assert events[3][1]["unread"] == 0
    assert events[4][1]["now"] == "2026-03-11T03:10:00+00:00"


async def test_a_page_that_comes_back_gets_what_it_missed(stage: Stage) -> None:
    async with stage.page_of("lilei") as page:
        await stage.says("第一条", user="lilei")
        await page.until("message")
        last = page.last
    await stage.says("断线时的一条", user="lilei")
    card = await stage.shows(samples.draft(), user="lilei")
    await stage.says(UpdateBody(samples.filed(), "card-key", {"message_id": str(card)}), user="lilei")
    async with stage.page_of("lilei", after=last) as page:
        kind, hello = await page.next()
        assert (kind, hello["fresh"], page.last) == ("hello", False, "")
        missed = [await page.next() for _ in range(3)]
    assert [(kind, fields["line"]) for kind, fields in missed] == [
        ("message", "断线时的一条"),
        ("message", "这样记，对吗？ · 宏达机械"),
        ("update", "已记下 · 宏达机械 · 已报价"),
    ]


async def test_a_page_of_an_earlier_process_reads_everything_afresh(stage: Stage) -> None:
    for after in ("0badcafe-3", "nonsense", "-", f"{stage.platform._hub._boot}-99"):
        async with stage.page_of("lilei", after=after) as page:
            assert (await page.until("hello"))["fresh"] is True


async def test_others_private_messages_are_only_a_nudge(stage: Stage) -> None:
    async with stage.page_of("chen") as page:
        await page.until("hello")
        await stage.says("给王主管的", user="wang")
        await stage.says("群里的", group="east1")
        await stage.says("给陈总监的", user="chen")
        events = [await page.next() for _ in range(3)]
    assert [kind for kind, _ in events] == ["elsewhere", "elsewhere", "message"]
    assert events[0][1] == {"conversation": "user:wang", "user": ""}


async def test_a_group_hears_what_is_said_in_it(stage: Stage) -> None:
    async with stage.page_of("wang") as page:
        await page.until("hello")
        await stage.types("lilei", "大家早", place="group:east1")
        message = await page.until("message")
    assert (message["author"], message["body"]["by"], message["key"]) == ("lilei", "李雷", "")


async def test_my_own_message_names_the_id_that_my_page_gave_it(stage: Stage) -> None:
    async with stage.page_of("lilei") as page:
        await stage.types("lilei", "已报价", client_id="my-own-id-1")
        assert (await page.until("message"))["key"] == "my-own-id-1"


async def test_a_message_brings_a_hint_that_the_bot_is_at_work(stage: Stage) -> None:
    async with stage.page_of("lilei") as page:
        await stage.types("lilei", "大家早", place="group:east1")
        await stage.types("lilei", "已报价")
        assert (await page.until("hint"))["conversation"] == "user:lilei"


async def test_silence_is_broken_by_a_heartbeat(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.platforms.console.stream.BEAT", 0.05)
    async with stage.page_of("lilei") as page:
        await page.until("hello")
        assert await page.response.content.readline() == b": still here\n"


async def test_closing_lets_every_page_go(stage: Stage) -> None:
    async with stage.page_of("lilei") as page:
        await page.until("hello")
        await stage.platform.client.close()
        async with asyncio.timeout(5):
            assert b"event" not in await page.response.content.read()


async def test_listening_ends_the_pages_when_the_process_stops(stage: Stage) -> None:
    listening = asyncio.create_task(stage.platform.listen(stage.sink))
    async with stage.page_of("lilei") as page:
        await page.until("hello")
        listening.cancel()
        async with asyncio.timeout(5):
            await page.response.content.read()
    assert listening.done()


async def test_a_hub_that_forgot_what_was_missed_says_so() -> None:
    hub = Hub(kept=3)
    with hub.listen() as listener:
        start = listener.at
    for _ in range(3):
        hub.publish(Event("clock"))
    with hub.listen(start) as listener:
        assert not listener.fresh
    hub.publish(Event("clock"))
    with hub.listen(start) as listener:
        assert listener.fresh


async def test_a_page_that_does_not_keep_up_is_cut_off() -> None:
    hub = Hub()
    with hub.listen() as listener:
        for _ in range(WAITING + 10):
            hub.publish(Event("clock"))
        heard = [event async for event in listener.events(beat=1.0)]
    assert len(heard) == WAITING
