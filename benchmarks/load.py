"""A load generator that costs less than what it measures: prepared requests over kept connections."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import cast

CONNECTIONS = 32

PATIENCE = 30.0
"""Seconds that a busy machine may take for its first answer."""

OK = b"HTTP/1.1 200"

MESSAGE = {
    "message": {"chat_id": "oc_bench", "type": "text", "text": "宏达机械今天已报价，客户嫌价格高，竞品压价"},
    "sender": {"id": "ou_0123456789abcdef0123456789abcdef", "tenant": "bench"},
    "header": {"token": "v" * 32, "created": "1773194400000", "app": "cli_0123456789abcdef"},
}


class Refused(Exception):
    """The server answered something other than 200."""


def requests(path: str, run: str) -> Iterator[bytes]:
    """Requests with ever new event ids."""
    for number in count():
        body = json.dumps({"event_id": f"{run}-{number}", **MESSAGE}, ensure_ascii=False).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        yield head.encode() + body


@dataclass(slots=True)
class Load:
    """What has been answered, and whether the server refused."""

    source: Iterator[bytes]
    refused: asyncio.Future[None]
    answers: int = 0

    def take(self, data: bytes) -> bool:
        """True when this begins an answer 200, so that the next request may leave."""
        if data.startswith(OK):
            self.answers += 1
            return True
        if data.startswith(b"HTTP/") and not self.refused.done():
            self.refused.set_exception(Refused(data[:200].decode(errors="replace")))
        return False


class Connection(asyncio.Protocol):
    """One request under way at a time."""

    def __init__(self, load: Load) -> None:
        self._load = load

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(next(self._load.source))

    def data_received(self, data: bytes) -> None:
        if self._load.take(data) and not self._transport.is_closing():
            self._transport.write(next(self._load.source))

    def close(self) -> None:
        self._transport.close()


async def rate(port: int, path: str, seconds: float, run: str, connections: int = CONNECTIONS) -> float:
    """Answers 200 a second, over at least `seconds` and until there is one. Raises Refused."""
    loop = asyncio.get_running_loop()
    load = Load(requests(path, run), loop.create_future())
    opened = [
        (await loop.create_connection(lambda: Connection(load), "127.0.0.1", port))[1] for _ in range(connections)
    ]
    begun, before = time.perf_counter(), load.answers
    try:
        while load.answers == before and time.perf_counter() - begun < PATIENCE:
            await asyncio.wait([load.refused], timeout=seconds)
            if load.refused.done():
                load.refused.result()
        return (load.answers - before) / (time.perf_counter() - begun)
    finally:
        for connection in opened:
            connection.close()
