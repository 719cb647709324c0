"""Servers in processes of their own: started, awaited, weighed, ended."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO

from aiohttp import ClientError, ClientSession

PATIENCE = 60.0
"""Seconds a server may take to be ready on a busy machine."""

STEP = 0.01


class NotReady(Exception):
    """A server ended, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Server:
    address: str
    port: int
    seconds: float
    """From its start until /readyz answered 200."""
    pid: int

    def memory(self) -> int:
        """Resident bytes of this process alone."""
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(self.pid)], capture_output=True, text=True, check=True)
        return int(told.stdout) * 1024


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def server(module: str, arguments: Sequence[str], port: int, **environment: str) -> AsyncIterator[Server]:
    """`python -m module arguments`, ready; ended when the block ends. Raises NotReady with the end of its log."""
    command, address = [sys.executable, "-m", module, *arguments], f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as log:
        begun = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *command, env={**os.environ, **environment}, stdout=log, stderr=log
        )
        try:
            await _ready(process, f"{address}/readyz", begun, log)
            yield Server(address, port, time.perf_counter() - begun, process.pid)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _ready(process: asyncio.subprocess.Process, url: str, begun: float, log: IO[bytes]) -> None:
    async with ClientSession() as session:
        while time.perf_counter() - begun < PATIENCE and process.returncode is None:
            if await _answers(session, url):
                return
            await asyncio.sleep(STEP)
    log.seek(0)
    raise NotReady(f"{url} was not ready after {PATIENCE:.0f} s, or ended:\n{log.read()[-2000:].decode()}")


async def _answers(session: ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except ClientError:
        return False
