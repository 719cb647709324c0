"""Whose turn it is: a queue that is fair between senders."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Generic, TypeVar

Job = TypeVar("Job")


class Turns(Generic[Job]):
    """Jobs of each sender in order; between senders one after another, however many each has waiting."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[Job]] = OrderedDict()

    def __len__(self) -> int:
        return sum(len(jobs) for jobs in self._waiting.values())

    def put(self, sender: str, job: Job) -> None:
        """Add a job at the end of its sender's line."""
        self._waiting.setdefault(sender, deque()).append(job)

    def next(self) -> Job | None:
        """Take the next job; its sender goes to the end of the round."""
        if not self._waiting:
            return None
        sender, jobs = next(iter(self._waiting.items()))
        job = jobs.popleft()
        if jobs:
            self._waiting.move_to_end(sender)
        else:
            del self._waiting[sender]
        return job
