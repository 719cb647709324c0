"""The doctor of a WeCom app called failures what were none: cards sent anew, and strangers at the callback's door."""

from __future__ import annotations

import aiohttp
import pytest

from bot.errors import CardExpired
from tests.platforms.wecom.desk import Desk, opened
from tests.platforms.wecom.test_wecom_client import REQUEST


async def state(desk: Desk, what: str) -> str:
    return next(one.state for one in await desk.platform.client.check() if one.what == what)


async def test_card_that_goes_out_anew_is_no_failed_delivery() -> None:
    async with opened() as desk:
        receipt = await desk.shows(REQUEST)
        await desk.forward(hours=73)
        with pytest.raises(CardExpired):
            await desk.changes(REQUEST, receipt)
        assert await state(desk, "推送") == "ok"


async def test_scanner_at_a_working_callback_is_no_wrong_token() -> None:
    async with opened() as desk, aiohttp.ClientSession() as stranger:
        await desk.emulator.says("lilei", "你好")
        await desk.forward(seconds=1)
        async with stranger.post(desk.url, data=b"<?php") as answer:
            assert answer.status == 400
        assert await state(desk, "接收消息") == "ok"


async def test_query_lost_before_anything_ever_came_is_told() -> None:
    """A proxy that drops the query looks the same, but then nothing ever comes through."""
    async with opened() as desk, aiohttp.ClientSession() as proxy:
        async with proxy.post(desk.url, data=b"<xml/>"):
            pass
        assert await state(desk, "接收消息") == "fail"
