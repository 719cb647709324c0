"""What a platform's directory, or a sheet, changes in the people we have: new, changed, left, and what is reported.

Deciding goes on until nothing more changes, so that applying the decisions and deciding again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import chain, count

from rules.listing import (
    Account,
    Conflict,
    Known,
    Row,
    Source,
    Trouble,
    same_account,
    same_name,
    tidy_email,
    tidy_mobile,
)
from rules.same_person import Matched, match
from rules.superiors import proposed

PASSES = 20
"""More than any list needs: each pass settles at least one person."""

FEW = 3
SHARE = 5
"""Missing at once: at most this many, or one in this many of those listed, have left; more is a changed range."""

WEB_CHAT = "console"
"""Its accounts are ours, not a directory's."""

SALES = ("销售", "业务员", "客户经理", "大客户")


@dataclass(frozen=True, slots=True)
class Change:
    before: Known
    after: Known

    @property
    def fields(self) -> tuple[str, ...]:
        return self.before.differing(self.after)

    @property
    def left(self) -> bool:
        return self.before.active and not self.after.active


@dataclass(frozen=True, slots=True)
class Decisions:
    """`new` have ids below zero, by which `superior` may name them."""

    new: tuple[Known, ...] = ()
    changed: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def left(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changed if change.left)


@dataclass(slots=True)
class _State:
    people: dict[int, Known]
    conflicts: list[Conflict] = field(default_factory=list)
    made: int = 0
    held: dict[tuple[str, str], int] = field(default_factory=dict)
    """Who has a name, mobile or address: ("mobile", "13800000001") to an id."""

    def begin(self) -> None:
        """Another pass: what the last one reported may have been settled by it."""
        self.conflicts, self.held = [], {}
        for person in self.people.values():
            self.keep(person)

    def keep(self, person: Known) -> None:
        self.people[person.id] = person
        for name in ("name", "mobile", "email"):
            self.held.setdefault((name, getattr(person, name)), person.id)

    def free_name(self, name: str) -> str:
        """The name, with the lowest number that tells it from those we have: 张三2."""
        numbered = (f"{name}{number}" for number in count(2))
        return next(one for one in chain((name,), numbered) if ("name", one) not in self.held)


def decide(known: Iterable[Known], source: Source) -> Decisions:
    """Nothing of a source without entries: an app that sees nobody is not a company without people."""
    before = {one.id: one for one in known}
    source = replace(source, rows=tuple(_tidied(row) for row in source.rows))
    state = _State(dict(before))
    for _ in range(PASSES if source.rows else 0):
        people = dict(state.people)
        state.begin()
        _once(state, source)
        if state.people == people:
            break
    new = tuple(one for one in state.people.values() if one.id < 0)
    changed = tuple(
        Change(before[one.id], one) for one in state.people.values() if one.id in before and one != before[one.id]
    )
    return Decisions(new, changed, tuple(dict.fromkeys(state.conflicts)))


def role_of(row: Row, *, leads: bool) -> str:
    """A role from a title: nobody whose title does not say so is taken for somebody who sells."""
    if row.role:
        return row.role
    titles = {"副总": "vp", "VP": "vp", "总监": "director", "主管": "manager"}
    said = next((role for word, role in titles.items() if word in row.title.replace("vp", "VP")), "")
    if said or leads:
        return said or "manager"
    return "rep" if any(word in text for word in SALES for text in (row.title, row.department)) else "member"


def _once(state: _State, source: Source) -> None:
    matched = match(state.people, source)
    state.conflicts += matched.conflicts
    rows = {row.key: row for row in source.rows}
    gone = [person for key, person in matched.ids.items() if not rows[key].active]
    for key, person in matched.ids.items():
        if rows[key].active:
            _update(state, state.people[person], rows[key], matched, source)
    leaders = {same_account((*source.place, row.superior)) for row in source.rows} if source.place else set()
    for row in matched.new:
        leads = any(same_account(account) in leaders for account in row.accounts)
        matched.ids[row.key] = _add(state, row, leads=leads)
    _set_superiors(state, rows, matched, source)
    _leave(state, [*gone, *_missing(state, matched, source)], source)


def _update(state: _State, person: Known, row: Row, matched: Matched, source: Source) -> None:
    if not person.active:
        state.conflicts.append(Conflict(Trouble.RETURNED, (person.name,), person.name, (row.key,)))
        return
    believed = _believed(person, source)
    given = {name: getattr(row, name) for name in ("title", "department", "team", "role")}
    values: dict[str, object] = {name: value for name, value in given.items() if value and believed}
    if believed and not same_name(person.name, row.name):
        values["name"] = state.free_name(row.name)
    for name, trouble in (("mobile", Trouble.SAME_MOBILE), ("email", Trouble.SAME_EMAIL)):
        value, ours = getattr(row, name), getattr(person, name)
        if not value or value in matched.shared or value == ours or (ours and not believed):
            continue
        other = state.held.get((name, value))
        if other is None:
            values[name] = value
        else:
            names = (state.people[other].name, person.name)
            state.conflicts.append(Conflict(trouble, names, value, (row.key,)))
    state.keep(replace(person, accounts=_accounts(person, row), **values))  # type: ignore[arg-type]  # by name


def _accounts(person: Known, row: Row) -> frozenset[Account]:
    """With those of the entry that are not there yet, however they are spelt."""
    have = {same_account(account) for account in person.accounts}
    return person.accounts | {account for account in row.accounts if same_account(account) not in have}


def _believed(person: Known, source: Source) -> bool:
    """Whether this source's word counts: of a person on several platforms, the first configured one is believed."""
    if source.place is None or source.place not in source.ranks:
        return True
    own = source.ranks.index(source.place)
    return all(account[:2] not in source.ranks[:own] for account in person.accounts)


def _add(state: _State, row: Row, *, leads: bool) -> int:
    state.made += 1
    role = role_of(row, leads=leads)
    person = Known(
        id=-state.made,
        name=state.free_name(row.name),
        mobile=row.mobile,
        email=row.email,
        title=row.title,
        department=row.department,
        role=role,
        team=row.team,
        admin=role == "admin",
        accounts=row.accounts,
    )
    state.keep(person)
    return person.id


def _set_superiors(state: _State, rows: dict[str, Row], matched: Matched, source: Source) -> None:
    saying = {
        key: rows[key]
        for key, person in matched.ids.items()
        if rows[key].superior and rows[key].active and state.people[person].active
        if _believed(state.people[person], source)
    }
    above, conflicts = proposed(state.people, matched.ids, saying, source)
    state.conflicts += conflicts
    for person, superior in above.items():
        state.people[person] = replace(state.people[person], superior=superior)


def _missing(state: _State, matched: Matched, source: Source) -> list[int]:
    """Who has an account there and is listed no more, unless they are too many at once."""
    if source.place is None:
        return []
    listed = {same_account(account) for row in source.rows for account in row.accounts}
    matched_ids = set(matched.ids.values())
    missing = [
        one
        for one in state.people.values()
        if one.active and one.id not in matched_ids
        if (own := {same_account(account) for account in one.accounts if account[:2] == source.place})
        if not own & listed
    ]
    if len(missing) > max(FEW, len(source.rows) // SHARE):
        names = tuple(one.name for one in missing)
        state.conflicts.append(Conflict(Trouble.MANY_LEFT, names, str(len(names))))
        return []
    return [one.id for one in missing]


def _leave(state: _State, gone: list[int], source: Source) -> None:
    """Who is still on another platform loses the account here; everybody else becomes inactive."""
    for person in [state.people[one] for one in gone if state.people[one].active]:
        elsewhere = frozenset(account for account in person.accounts if account[:2] != source.place)
        admins = [one.id for one in state.people.values() if one.admin and one.active]
        if any(account[0] != WEB_CHAT for account in elsewhere):
            state.people[person.id] = replace(person, accounts=elsewhere)
        elif admins == [person.id]:
            state.conflicts.append(Conflict(Trouble.LAST_ADMIN, (person.name,), person.name))
        else:
            state.people[person.id] = replace(person, active=False)


def _tidied(row: Row) -> Row:
    return replace(
        row,
        name=row.name.strip(),
        mobile=tidy_mobile(row.mobile),
        email=tidy_email(row.email),
        superior=row.superior.strip(),
    )
