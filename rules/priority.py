"""The order of the day's list: whoever has waited longest comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from rules.calendar import CHINA

UNTOUCHED_AFTER = 7
"""Days without contact from which a customer is marked."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A customer on the list; `last_contact` is None when there never was one."""

    key: int
    name: str
    last_contact: datetime | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """`days` since the last contact, counted in dates of the team's zone; None when there never was one."""

    entry: Entry
    days: int | None
    untouched: bool


def ranked(
    entries: Iterable[Entry], now: datetime, zone: tzinfo = CHINA, untouched_after: int = UNTOUCHED_AFTER
) -> tuple[Ranked, ...]:
    """Never contacted first, then the longest silence; equals by name, so that the list is stable."""
    found = (_rank(entry, now, zone, untouched_after) for entry in entries)
    return tuple(sorted(found, key=lambda rank: (rank.days is not None, -(rank.days or 0), rank.entry.name)))


def _rank(entry: Entry, now: datetime, zone: tzinfo, untouched_after: int) -> Ranked:
    if entry.last_contact is None:
        return Ranked(entry, None, untouched=True)
    days = (now.astimezone(zone).date() - entry.last_contact.astimezone(zone).date()).days
    return Ranked(entry, max(days, 0), untouched=days >= untouched_after)
