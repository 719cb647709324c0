"""Access tokens that expire: fetched once however many ask, renewed before they die, dropped when refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bot.clock import Clock
from bot.errors import RetryAfter, Unanswered

T = TypeVar("T")

MARGIN = timedelta(minutes=10)
"""A token is renewed this long before its end, as the official Feishu client does."""


@dataclass(frozen=True, slots=True)
class Token:
    """What the platform gave: the secret, and how much of its life is left."""

    value: str
    life: timedelta

    def __repr__(self) -> str:
        return f"Token(…, life={self.life})"


class TokenSource:
    """Hands out a token that is still good. `fetch` asks the platform for one and raises typed errors."""

    def __init__(self, fetch: Callable[[], Awaitable[Token]], clock: Clock, *, margin: timedelta = MARGIN) -> None:
        self._fetch = fetch
        self._clock = clock
        self._margin = margin
        self._value = ""
        self._fresh_until: datetime | None = None
        self._refresh: asyncio.Task[str] | None = None

    async def get(self) -> str:
        """The token; one fetch serves all who wait for it, and its failure reaches them all."""
        if self._fresh_until is not None and self._clock.now() < self._fresh_until:
            return self._value
        if self._refresh is None:
            self._refresh = asyncio.create_task(self._renew())
            self._refresh.add_done_callback(self._settled)
        # Shielded: one caller that gives up must not take the token from the others.
        return await asyncio.shield(self._refresh)

    def invalidate(self, value: str) -> None:
        """Forgets `value` because the platform refused it; a newer token fetched meanwhile stays."""
        if value == self._value:
            self._fresh_until = None

    async def use(self, call: Callable[[str], Awaitable[T]], stale: Callable[[T], bool]) -> T:
        """`call(token)`; once more with a new token when its answer is `stale` (the platform's "token expired")."""
        token = await self.get()
        answer = await call(token)
        if not stale(answer):
            return answer
        self.invalidate(token)
        return await call(await self.get())

    async def _renew(self) -> str:
        asked = self._clock.now()
        try:
            token = await self._fetch()
        except Unanswered as error:
            raise RetryAfter(str(error), error.after) from error  # nothing that anybody could see was under way yet
        self._value = token.value
        # A life shorter than the margin (an old token handed out again) still serves for most of what is left.
        self._fresh_until = asked + token.life - min(self._margin, token.life / 4)
        return token.value

    def _settled(self, refresh: asyncio.Task[str]) -> None:
        self._refresh = None
        if not refresh.cancelled():
            refresh.exception()  # seen, also when every caller has gone
