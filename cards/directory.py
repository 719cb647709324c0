"""What a directory or a sheet changed in the people on record, and what an admin has to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from cards.help import RunCommand
from cards.model import Action, Block, Button, Card, Fact, Facts, Style, Text, Tone
from cards.texts import say

NAMED = 10
LISTED = 15
"""Conflicts on one card; the rest is counted, a card holds no more."""


class ImportPeople(Action):
    """Take over the sheet that was sent; `sha256` is its key."""

    name: ClassVar[str] = "directory.import"
    sha256: str
    file: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Names of who is new, changed and gone; conflicts and failures in words; who has no role yet."""

    new: Sequence[str]
    changed: Sequence[str]
    left: Sequence[str]
    conflicts: Sequence[str]
    failures: Sequence[str] = ()
    roleless: Sequence[str] = ()


def outcome_card(source: str, outcome: Outcome) -> Card:
    counts = {"new": len(outcome.new), "changed": len(outcome.changed), "left": len(outcome.left)}
    worries = len(outcome.conflicts) + len(outcome.failures)
    blocks: list[Block] = [*_people(outcome), *_listed(outcome.failures), *_listed(outcome.conflicts)]
    if outcome.roleless:
        first, names = outcome.roleless[0], _names(outcome.roleless)
        blocks.append(Text(text=say("directory.roles_remedy", names=names, first=first), soft=True))
    return Card(
        title=say("directory.title", source=source, conflicts=len(outcome.conflicts), **counts),
        lead="" if outcome.failures else say("directory.lead", conflicts=worries, **counts),
        tone=Tone.WARN if worries else Tone.GOOD,
        blocks=tuple(blocks),
        buttons=(
            Button.does("看所有人", RunCommand(text="/who")),
            Button.does("再取一次", RunCommand(text="/who sync")),
        ),
    )


def conflicts_card(conflicts: Sequence[str]) -> Card:
    """For the admins, when nobody asked."""
    return Card(
        title=say("directory.quiet_title", count=len(conflicts)),
        lead=say("directory.quiet_lead"),
        tone=Tone.WARN,
        blocks=tuple(_listed(conflicts)),
        buttons=(Button.does("再取一次", RunCommand(text="/who sync")),),
    )


def left_card(name: str, source: str, waiting: Sequence[str], tasks: int, customers: Sequence[str]) -> Card:
    """For the superior of somebody who has left."""
    facts = (("等处理", _names(waiting)), ("待办", say("directory.count", count=tasks)), ("客户", _names(customers)))
    known = [Fact(label=label, value=value) for label, value in facts if value and (label != "待办" or tasks)]
    return Card(
        title=say("directory.left_title", name=name),
        lead=say("directory.left_lead", name=name, source=source),
        tone=Tone.WARN,
        blocks=(Facts(facts=tuple(known)), Text(text=say("directory.left_remedy", customers=list(customers)))),
    )


def preview_card(name: str, rows: int, outcome: Outcome, imports: ImportPeople) -> Card:
    """A sheet before it is taken over; with conflicts it cannot be."""
    counts = {"problems": len(outcome.conflicts), "new": len(outcome.new), "changed": len(outcome.changed)}
    ready = not outcome.conflicts and bool(outcome.new or outcome.changed)
    button = Button.does("导入", imports, style=Style.PRIMARY)
    return Card(
        title=say("directory.preview", name=name, **counts),
        lead=say("directory.preview_lead", rows=rows, **counts),
        tone=Tone.WARN if outcome.conflicts else Tone.PLAIN,
        blocks=(*_people(outcome), *_listed(outcome.conflicts)),
        buttons=(button,) if ready else (),
    )


def imported_card(name: str, by: str, outcome: Outcome) -> Card:
    return Card(
        title=say("directory.imported", new=len(outcome.new), changed=len(outcome.changed)),
        lead=say("directory.imported_lead", by=by, name=name),
        tone=Tone.GOOD,
        blocks=tuple(_people(outcome)),
    )


def _people(outcome: Outcome) -> list[Block]:
    groups = (("新增", outcome.new), ("更新", outcome.changed), ("离职", outcome.left))
    facts = tuple(Fact(label=label, value=_names(names)) for label, names in groups if names)
    return [Facts(facts=facts)] if facts else []


def _names(names: Sequence[str]) -> str:
    return say("directory.names", names=list(names), most=NAMED)


def _listed(lines: Sequence[str]) -> list[Block]:
    shown: list[Block] = [Text(text=line) for line in lines[:LISTED]]
    if len(lines) > LISTED:
        shown.append(Text(text=say("directory.more", count=len(lines) - LISTED), soft=True))
    return shown
