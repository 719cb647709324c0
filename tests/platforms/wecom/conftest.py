"""A desk per line of WeCom."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.platforms.wecom.desk import Desk, Open


@pytest.fixture
async def open_desk() -> AsyncIterator[Open]:
    """Opens desks with settings of one's own, and closes them."""
    desks: list[Desk] = []

    async def open_one(line: str = "app", **settings: object) -> Desk:
        desk = Desk(line)
        desks.append(desk)
        return await desk.open(**settings)

    yield open_one
    for desk in desks:
        await desk.close()


@pytest.fixture
async def desk(open_desk: Open) -> Desk:
    """A self-built app with its callback."""
    return await open_desk()


@pytest.fixture
async def robot(open_desk: Open) -> Desk:
    """An aibot on its long connection, subscribed."""
    opened = await open_desk("aibot")
    await opened.listen()
    return opened


@pytest.fixture
async def called_robot(open_desk: Open) -> Desk:
    """An aibot in HTTP callback mode."""
    return await open_desk("aibot", long_connection=False)
