"""How many messages a second are made durable and then acknowledged, beside a bare server that only answers."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import rate
from benchmarks.processes import free_port, server

PATH = "/callbacks/bench"
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Medians over the rounds; `share` is the median of the rounds' own ratios."""

    share: float
    durable: float
    bare: float
    bare_memory: int
    """Resident bytes of the bare server."""
    bare_start: float
    """Seconds from its start until it answered."""


async def acknowledged(folder: Path, seconds: float = 2.0, rounds: int = ROUNDS) -> Acknowledged:
    """Both servers under the same load in turns, so that a busy machine slows both."""
    bare_port, durable_port = free_port(), free_port()
    async with (
        server("benchmarks.bare", [str(bare_port)], bare_port) as bare,
        server("benchmarks.acknowledging_server", [str(folder), str(durable_port)], durable_port),
    ):
        pairs = [
            (await rate(durable_port, PATH, seconds, f"d{turn}"), await rate(bare_port, PATH, seconds, f"b{turn}"))
            for turn in range(rounds)
        ]
        memory, start = bare.memory(), bare.seconds
    durable, plain = ([pair[side] for pair in pairs] for side in (0, 1))
    share = statistics.median(one / other for one, other in pairs)
    return Acknowledged(share, statistics.median(durable), statistics.median(plain), memory, start)
