"""With a wrong Secret every push asked for a token of its own: a thousand pushes were a thousand bad tries.

About two thousand an hour block gettoken for the whole enterprise, also for those whose Secret is right.
"""

from __future__ import annotations

import pytest

from bot.errors import Credentials, DeliveryError, RetryAfter
from tests.platforms.wecom.desk import Desk, opened


async def push_all(desk: Desk, error: type[DeliveryError]) -> None:
    for place in range(20):
        with pytest.raises(error):
            await desk.says("x", key=f"k{place}")


async def test_bad_secret_is_tried_once_a_minute() -> None:
    async with opened(secret="wrong") as desk:
        await push_all(desk, Credentials)
        assert desk.emulator.faults.calls["gettoken"] == 1
        await desk.forward(minutes=1)
        await push_all(desk, Credentials)
        assert desk.emulator.faults.calls["gettoken"] == 2


async def test_blocked_gettoken_is_left_alone_until_the_block_is_over() -> None:
    async with opened() as desk:
        desk.emulator.faults.plan("gettoken", "error", code=45009)
        await push_all(desk, RetryAfter)
        assert desk.emulator.faults.calls["gettoken"] == 1
        await desk.forward(minutes=1)
        await desk.says("x")


async def test_busy_platform_is_asked_again_at_once() -> None:
    async with opened() as desk:
        desk.emulator.faults.plan("gettoken", "error", code=-1)
        with pytest.raises(RetryAfter):
            await desk.says("x")
        await desk.says("x")
