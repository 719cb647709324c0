"""Waiting for the first of several things, on the injected clock."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from bot.clock import Clock

T = TypeVar("T")


async def within(clock: Clock, limit: timedelta, awaited: asyncio.Future[T]) -> T | None:
    """The future's result, or None when `limit` passes first; the future itself is left alone."""
    timer = asyncio.ensure_future(clock.sleep(limit))
    either: list[asyncio.Future[Any]] = [timer, awaited]
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    finally:
        timer.cancel()
    return awaited.result() if awaited.done() else None


async def first_to_end(*work: Coroutine[Any, Any, None]) -> None:
    """Runs all of `work` until one ends, stops the others, and raises what that one raised."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
