"""What can be made to go wrong at the next calls."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Trouble = Literal["error", "lost", "refused"]


@dataclass(slots=True)
class Fault:
    """`error`: answer `code` and do nothing; `lost`: work, then close without an answer; `refused`: close at once."""

    path: str
    trouble: Trouble
    code: int = -1
    times: int = 1


@dataclass(slots=True)
class Faults:
    """Faults in waiting, and how often each path was called."""

    waiting: list[Fault] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    foreign_ip: bool = False
    """Every call but gettoken answers 60020, as from an address that is not listed."""

    def plan(self, path: str, trouble: Trouble, *, code: int = -1, times: int = 1) -> None:
        self.waiting.append(Fault(path, trouble, code, times))

    def next(self, path: str) -> Fault | None:
        """The fault for this call, counted."""
        self.calls[path] += 1
        for fault in self.waiting:
            if fault.path == path and fault.times > 0:
                fault.times -= 1
                return fault
        return None
