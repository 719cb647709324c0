"""Whether a step's clock has been forgotten: what should still ring, and does not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from rules.calendar import BusinessCalendar
from rules.flow_definition import StepDef
from rules.ladder import DUE, ESCALATION, Deadline, schedule, upcoming


def forgotten(step: StepDef, rung: Collection[tuple[str, int]]) -> bool:
    """True for a step with a limit whose due moment or a rung of whose ladder has neither happened nor is to come.

    `rung` holds (kind, index) of what has happened; the step is known to have nothing open any more.
    """
    if step.limit is None:
        return False
    owed = {(DUE, 0), *((ESCALATION, index) for index in range(len(step.ladder)))}
    return not owed <= set(rung)


def mended(
    step: StepDef,
    opened_at: datetime,
    due_at: datetime | None,
    now: datetime,
    calendar: BusinessCalendar,
    rung: Collection[tuple[str, int]],
) -> tuple[Deadline, ...]:
    """What to set so that the clock rings again: the missed at once, the rest at its own moment.

    `due_at` None: the clock was never set; it runs from when the step was opened.
    """
    if step.limit is None:
        return ()
    due = due_at or next(each.at for each in schedule(step, opened_at, calendar) if each.kind == DUE)
    return upcoming(step, due, now, calendar, rung)
