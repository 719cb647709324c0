"""Which opportunities stand still: too long in their stage without a new contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.calendar import BusinessCalendar
from rules.durations import Limit, between

ANY_STAGE = Limit(timedelta(hours=72))
STAGE_LIMITS: Mapping[str, Limit] = {"方案演示": Limit(timedelta(hours=48))}


@dataclass(frozen=True, slots=True)
class Stall:
    """`since`: the last contact, or when the stage began if that is later. `silent` counts as the limit does (wall or
    working time); `over` is how much of it lies beyond the limit.
    """

    since: datetime
    silent: timedelta
    over: timedelta


def limit_for(stage: str, limits: Mapping[str, Limit] = STAGE_LIMITS, default: Limit = ANY_STAGE) -> Limit:
    """The stage's own limit, or the one for any stage."""
    return limits.get(stage, default)


def silent_since(entered: datetime, last_contact: datetime | None) -> datetime:
    """From when silence counts: a contact before the stage began says nothing about this stage."""
    return entered if last_contact is None else max(entered, last_contact)


def stalled(
    entered: datetime, last_contact: datetime | None, now: datetime, limit: Limit, calendar: BusinessCalendar
) -> Stall | None:
    """How an opportunity stands still, or None while it is within its limit. Exactly at the limit it is stalled."""
    since = silent_since(entered, last_contact)
    silent = between(since, now, limit.working, calendar)
    over = silent - limit.duration(calendar)
    return Stall(since, silent, over) if over >= timedelta(0) else None


def stalls_at(entered: datetime, last_contact: datetime | None, limit: Limit, calendar: BusinessCalendar) -> datetime:
    """When it will be stalled if nothing happens; aware UTC."""
    return limit.due(silent_since(entered, last_contact), calendar)
