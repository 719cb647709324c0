"""A long text in pieces: where a try broke off, the next one goes on, so that nobody reads the beginning twice."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

REMEMBERED = 256
"""Pushes that broke off lately; the outbox tries each of them again within minutes."""


class Pieces:
    """What has gone out of each push, since the process started. Only for lines that cannot tell a repeat by themselves."""

    def __init__(self) -> None:
        self._gone: OrderedDict[str, int] = OrderedDict()

    async def say(self, key: str, pieces: Sequence[str], send: Callable[[str], Awaitable[object]]) -> None:
        """Sends what has not gone out yet under this key."""
        name = hashlib.sha256("\n".join((key, *pieces)).encode("utf-8", "surrogatepass")).hexdigest()
        for place in range(self._gone.get(name, 0), len(pieces)):
            await send(pieces[place])
            self._gone[name] = place + 1
            self._gone.move_to_end(name)
            while len(self._gone) > REMEMBERED:
                self._gone.popitem(last=False)
