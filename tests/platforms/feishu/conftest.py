"""One emulated Feishu on a clock that stands still, and our platform connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.clock import VirtualClock
from bot.platforms.feishu import FeishuPlatform
from bot.platforms.http import Http
from tests.emulators.feishu import FeishuEmulator
from tests.platforms.feishu.support import settings_for

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(MONDAY)


@pytest.fixture
async def feishu(clock: VirtualClock) -> AsyncIterator[FeishuEmulator]:
    async with FeishuEmulator(clock) as emulator:
        yield emulator


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    async with Http() as pool:
        yield pool


@pytest.fixture
def platform(feishu: FeishuEmulator, http: Http, clock: VirtualClock) -> FeishuPlatform:
    return FeishuPlatform(settings_for(feishu), http, clock)
