"""Which of our people a source's entry is: by account, then mobile, then e-mail; by name only where nothing speaks
against it and nobody else has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from rules.listing import Account, Conflict, Known, Place, Row, Source, Trouble, same_account

P = TypeVar("P", Known, Row)


@dataclass(slots=True)
class Matched:
    """Row keys to our ids; rows that are nobody of ours; and what could not be told. Rows in neither are left alone."""

    ids: dict[str, int] = field(default_factory=dict)
    new: list[Row] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)
    """Mobiles and addresses that several entries have: they identify nobody."""


def match(people: Mapping[int, Known], source: Source) -> Matched:
    """Every entry of the source against everybody we have. Mobiles and addresses have to be tidy."""
    found = Matched()
    usable = _usable(source, found)
    _by_account(people, usable, found)
    working = [row for row in usable if row.active]
    _find_shared(working, found)
    contested = {key for conflict in found.conflicts for key in conflict.keys}
    for value, trouble in (("mobile", Trouble.SAME_MOBILE), ("email", Trouble.SAME_EMAIL)):
        _by_value(people, [row for row in working if row.key not in contested], value, trouble, found)
        contested = {key for conflict in found.conflicts for key in conflict.keys}
    _by_name(people, [row for row in working if row.key not in contested], working, source.place, found)
    return found


def _usable(source: Source, found: Matched) -> list[Row]:
    found.conflicts += [Conflict(Trouble.NO_NAME, (), row.key, (row.key,)) for row in source.rows if not row.name]
    return [row for row in source.rows if row.name]


def _by_account(people: Mapping[int, Known], rows: list[Row], found: Matched) -> None:
    owners = {same_account(account): one.id for one in people.values() for account in one.accounts}
    listed = Counter(same_account(account) for row in rows for account in row.accounts)
    taken: dict[int, Row] = {}
    for row in rows:
        accounts = [same_account(account) for account in row.accounts]
        ids = {owners[account] for account in accounts if account in owners}
        double = [account for account in accounts if listed[account] > 1]
        if len(ids) > 1 or double:
            account = _named(double or accounts)
            found.conflicts.append(Conflict(Trouble.SAME_ACCOUNT, (row.name,), account, (row.key,)))
        elif ids:
            _take(ids.pop(), row, taken, found)


def _take(person: int, row: Row, taken: dict[int, Row], found: Matched) -> None:
    other = taken.setdefault(person, row)
    if other is row:
        found.ids[row.key] = person
    else:
        found.conflicts.append(Conflict(Trouble.TWO_ROWS, (other.name, row.name), row.name, (row.key,)))


def _find_shared(rows: list[Row], found: Matched) -> None:
    """What several entries have in common; who of them is none of ours by account is left alone."""
    for value, trouble in (("mobile", Trouble.SAME_MOBILE), ("email", Trouble.SAME_EMAIL)):
        for shared, holders in _grouped(rows, value).items():
            if len(holders) > 1:
                found.shared.add(shared)
                keys = tuple(row.key for row in holders)
                found.conflicts.append(Conflict(trouble, tuple(row.name for row in holders), shared, keys))


def _by_value(people: Mapping[int, Known], rows: list[Row], value: str, trouble: Trouble, found: Matched) -> None:
    """By mobile or e-mail."""
    taken = {person: key for key, person in found.ids.items()}
    ours = _grouped(people.values(), value)
    for row in rows:
        wanted = getattr(row, value)
        if row.key in found.ids or not wanted:
            continue
        holders = ours.get(wanted, [])
        if len(holders) > 1:
            names = tuple(one.name for one in holders)
            found.conflicts.append(Conflict(trouble, names, wanted, (row.key,)))
        elif holders and holders[0].id in taken:
            found.conflicts.append(Conflict(trouble, (holders[0].name, row.name), wanted, (row.key,)))
        elif holders:
            found.ids[row.key] = holders[0].id
            taken[holders[0].id] = row.key


def _by_name(
    people: Mapping[int, Known], rows: list[Row], everybody: list[Row], place: Place | None, found: Matched
) -> None:
    """By a name that one of ours and one entry has; who cannot be told from a namesake is reported."""
    taken = set(found.ids.values())
    ours, theirs = _grouped(people.values(), "name"), _grouped(everybody, "name")
    for row in rows:
        if row.key in found.ids:
            continue
        doubtful = [one for one in ours.get(row.name, []) if not _different(one, row)]
        listed = [other for other in theirs[row.name] if other.key != row.key]
        alike = [other for other in listed if other.key not in found.ids and not _different(other, row)]
        if not doubtful and not alike:
            found.new.append(row)
        elif len(doubtful) == 1 and not listed and _free(doubtful[0], taken, place):
            found.ids[row.key] = doubtful[0].id
            taken.add(doubtful[0].id)
        else:
            found.conflicts.append(Conflict(Trouble.SAME_NAME, (row.name,), row.name, (row.key,)))


def _free(one: Known, taken: set[int], place: Place | None) -> bool:
    """Still here, no other entry's, and without an account of their own at this place."""
    return one.active and one.id not in taken and not any(account[:2] == place for account in one.accounts)


def _different(one: Known | Row, row: Row) -> bool:
    """Two of one name who are surely two: each has a mobile, or each an address, and they differ."""
    mobiles, emails = (one.mobile, row.mobile), (one.email, row.email)
    return (all(mobiles) and mobiles[0] != mobiles[1]) or (all(emails) and emails[0] != emails[1])


def _grouped(rows: Iterable[P], value: str) -> dict[str, list[P]]:
    """Those that have this value, by it."""
    groups: dict[str, list[P]] = {}
    for row in rows:
        if getattr(row, value):
            groups.setdefault(getattr(row, value), []).append(row)
    return groups


def _named(accounts: list[Account]) -> str:
    return "、".join(sorted({user for _, _, user in accounts}))
