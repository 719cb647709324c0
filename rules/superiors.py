"""Who becomes whose superior by a source's word: nobody whom it does not list, and never in a circle."""

from __future__ import annotations

from collections.abc import Mapping

from rules.listing import Conflict, Known, Place, Row, Source, Trouble, same_account, tidy_mobile

Above = dict[int, int]
"""Id of a person to the id of their superior."""

Index = dict[str, list[Known]]

MOBILE_DIGITS = 7
"""No name has as many digits; a telephone number has."""


def proposed(
    people: Mapping[int, Known], ids: Mapping[str, int], rows: Mapping[str, Row], source: Source
) -> tuple[Above, list[Conflict]]:
    """The superiors that differ from what we have. `rows`: those that may say so, by key; `ids`: who each is."""
    above: Above = {}
    conflicts: list[Conflict] = []
    named = _called(people) if source.place is None else _accounts(people, ids, source.place)
    spoken = {row.key: row.name for row in source.rows}
    for key, row in rows.items():
        candidates = named.get(_written(row.superior, source), [])
        trouble = _trouble(candidates)
        if trouble is not None:
            conflicts.append(
                Conflict(
                    trouble,
                    (row.name,),
                    candidates[0].name if candidates else spoken.get(row.superior, row.superior),
                    (key,),
                )
            )
        elif people[ids[key]].superior != candidates[0].id:
            above[ids[key]] = candidates[0].id
    return _without_circles(people, above, {ids[key]: key for key in rows}, conflicts)


def _called(people: Mapping[int, Known]) -> Index:
    """By mobile and by name, as a sheet names a superior."""
    named: Index = {}
    for one in people.values():
        for word in {one.name, one.mobile} - {""}:
            named.setdefault(word, []).append(one)
    return named


def _accounts(people: Mapping[int, Known], ids: Mapping[str, int], place: Place) -> Index:
    """By user id: the entries of the source, and whom we know there already."""
    owners = {same_account(account): one for one in people.values() for account in one.accounts}
    named = {user: [one] for (*at, user), one in owners.items() if tuple(at) == place}
    return named | {same_account((*place, key))[2]: [people[one]] for key, one in ids.items()}


def _written(superior: str, source: Source) -> str:
    if source.place is not None:
        return same_account((*source.place, superior))[2]
    digits = sum(letter.isdigit() for letter in superior)
    return tidy_mobile(superior) if digits >= MOBILE_DIGITS else superior


def _trouble(candidates: list[Known]) -> Trouble | None:
    here = [one for one in candidates if one.active]
    if not candidates:
        return Trouble.NO_SUPERIOR
    if not here:
        return Trouble.LEFT_SUPERIOR
    return Trouble.UNCLEAR_SUPERIOR if len(candidates) > 1 else None


def _without_circles(
    people: Mapping[int, Known], above: Above, keys: Mapping[int, str], conflicts: list[Conflict]
) -> tuple[Above, list[Conflict]]:
    """Whatever closes a circle stays as it is; those in it are named."""
    kept = dict(above)
    while (circle := _circle(people, kept)) is not None:
        names = tuple(people[one].name for one in circle)
        rows = tuple(keys[one] for one in circle if one in kept)
        conflicts.append(Conflict(Trouble.CIRCLE, names, names[0], rows))
        kept = {below: superior for below, superior in kept.items() if below not in circle}
    return kept, conflicts


def _circle(people: Mapping[int, Known], above: Above) -> list[int] | None:
    """The first circle that has a proposal in it."""
    for start in sorted(above):
        path = [start]
        following: int | None = above[start]
        while following is not None and following not in path:
            path.append(following)
            following = above.get(following, people[following].superior if following in people else None)
        if following == start:
            return path
    return None
