"""The clock of one step: when to remind, when it is due, when to escalate; pause and resume.

A paused clock keeps one number, the time that was left (below zero when it was late already). On resuming, that time
runs on: what was 2 hours before the due moment stays 2 hours before the new one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.calendar import BusinessCalendar
from rules.durations import after, before, between
from rules.errors import RulesError
from rules.flow_definition import StepDef

REMINDER, DUE, ESCALATION = "reminder", "due", "escalation"
OWNER = "owner"

_NOTHING = timedelta(0)


class NoLimit(RulesError):
    """The step has no time limit, so it has no clock to pause."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One moment at which something is sent. `kind` and `index` name it within its step; `to` is an expression."""

    kind: str
    index: int
    at: datetime
    to: str

    @property
    def key(self) -> tuple[str, int]:
        return self.kind, self.index


def schedule(step: StepDef, started_at: datetime, calendar: BusinessCalendar) -> tuple[Deadline, ...]:
    """All moments of a clock that starts now, in order; empty without a limit.

    A reminder that would fall at or before the start is left out.
    """
    if step.limit is None:
        return ()
    return _from_due(step, step.limit.due(started_at, calendar), started_at, calendar)


def paused(step: StepDef, due_at: datetime, now: datetime, calendar: BusinessCalendar) -> timedelta:
    """The time left when the clock stops, in the limit's own kind; negative when overdue.

    Raises:
        NoLimit: the step has no clock.
    """
    return between(now, due_at, _working(step), calendar)


def resumed(
    step: StepDef,
    remaining: timedelta,
    now: datetime,
    calendar: BusinessCalendar,
    fired: Collection[tuple[str, int]] = (),
) -> tuple[Deadline, ...]:
    """The moments still to come when a paused clock goes on with `remaining`; `fired` are the keys already sent.

    Raises:
        NoLimit: the step has no clock.
    """
    return upcoming(step, resumed_due(step, remaining, now, calendar), now, calendar, fired)


def resumed_due(step: StepDef, remaining: timedelta, now: datetime, calendar: BusinessCalendar) -> datetime:
    """The due moment of a clock that goes on now: ahead, or behind when it was late already.

    A late clock has no due moment left to send, so `resumed` does not give it; the next pause is measured from it.

    Raises:
        NoLimit: the step has no clock.
    """
    if remaining >= _NOTHING:
        return after(now, remaining, _working(step), calendar)
    return before(now, -remaining, _working(step), calendar)


def upcoming(
    step: StepDef,
    due: datetime,
    now: datetime,
    calendar: BusinessCalendar,
    fired: Collection[tuple[str, int]] = (),
) -> tuple[Deadline, ...]:
    """What a clock with a known due moment still has to send; `fired` are the keys already sent.

    What is overdue and was not sent comes at once (`at` is `now`); a reminder whose moment has passed is left out.
    """
    return tuple(deadline for deadline in _from_due(step, due, now, calendar) if deadline.key not in fired)


def _from_due(step: StepDef, due: datetime, now: datetime, calendar: BusinessCalendar) -> tuple[Deadline, ...]:
    reminders = (
        Deadline(REMINDER, index, before(due, limit.duration(calendar), limit.working, calendar), OWNER)
        for index, limit in enumerate(step.reminders)
    )
    rungs = (
        Deadline(ESCALATION, index, max(rung.after.due(due, calendar), now), rung.to)
        for index, rung in enumerate(step.ladder)
    )
    early = [deadline for deadline in reminders if deadline.at > now]
    return tuple(sorted([*early, Deadline(DUE, 0, max(due, now), OWNER), *rungs], key=lambda deadline: deadline.at))


def _working(step: StepDef) -> bool:
    if step.limit is None:
        raise NoLimit(f"步骤「{step.title}」没有时限，没有可以暂停的时钟；请先给它写 limit")
    return step.limit.working
