"""Customers: the file, the list, and those that may be the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from cards.help import RunCommand
from cards.model import Action, Block, Button, Card, Fact, Facts, Style, Table, Tone
from cards.texts import say

LISTED = 40
"""Rows of a list on a card; the rest is counted."""

CHOICES = 5


class CreateAnyway(Action):
    """A customer that looks like known ones is a new one all the same."""

    name: ClassVar[str] = "customer.create"
    called: str
    level: str = ""


class KeepOld(Action):
    name: ClassVar[str] = "customer.keep"
    called: str


@dataclass(frozen=True, slots=True)
class Record:
    at: str
    who: str
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class File:
    """A customer's file; empty strings are left out."""

    name: str
    level: str
    owner: str
    stage: str
    last: str
    aliases: Sequence[str]
    contacts: Sequence[str]
    records: Sequence[Record]
    moves: Sequence[str] = ()
    policies: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    level: str
    owner: str
    last: str


def file_card(file: File, lead: str = "") -> Card:
    facts = [
        ("跟进人", file.owner or "还没有"),
        ("上次联系", file.last or "还没有"),
        ("联系人", "、".join(file.contacts)),
        ("竞品动态", "；".join(file.moves)),
        ("政策影响", "；".join(file.policies)),
        ("也叫", "、".join(file.aliases)),
    ]
    blocks: list[Block] = [Facts(facts=tuple(Fact(label=label, value=value) for label, value in facts if value))]
    if file.records:
        rows = tuple((record.at, record.who, f"{record.kind} {record.note}".strip()) for record in file.records)
        blocks.append(Table(columns=("时间", "谁", "做了什么"), rows=rows))
    return Card(
        title=say("customers.file", file=file),
        lead=lead,
        blocks=tuple(blocks),
        buttons=tuple(_file_buttons(file)),
    )


def _file_buttons(file: File) -> list[Button]:
    """The parts of the file that hold something are one press away."""
    buttons = [Button.does("记推进", RunCommand(text=f'/progress "{file.name}"'), style=Style.PRIMARY)]
    for label, part, held in (("联系人", "people", file.contacts), ("竞品动态", "rivals", file.moves)):
        if held:
            buttons.append(Button.does(label, RunCommand(text=f'/customer {part} "{file.name}"')))
    return buttons


def list_card(rows: Sequence[Row], whose: str) -> Card:
    if not rows:
        return Card(title=say("customers.none"), lead=say("customers.none_lead"))
    table = Table(
        columns=("客户", "级别", "跟进人", "上次联系"),
        rows=tuple((row.name, row.level or "-", row.owner or "-", row.last or "还没有") for row in rows[:LISTED]),
    )
    return Card(
        title=say("customers.list", whose=whose, count=len(rows)),
        lead=say("customers.list_lead", left=max(len(rows) - LISTED, 0)),
        blocks=(table,),
    )


def alike_card(called: str, level: str, rows: Sequence[Row]) -> Card:
    """Shown before a customer is created: these may be the same."""
    known = tuple((row.name, row.level or "-", row.owner or "-") for row in rows)
    return Card(
        title=say("customers.alike", called=called),
        lead=say("customers.alike_lead"),
        tone=Tone.WARN,
        blocks=(Table(columns=("已有客户", "级别", "跟进人"), rows=known),),
        buttons=(
            Button.does("就是它，不新建", KeepOld(called=called), style=Style.PRIMARY),
            Button.does("不是，新建", CreateAnyway(called=called, level=level)),
        ),
    )


def kept_card(called: str) -> Card:
    return Card(title=say("customers.kept", called=called))


def which_card(called: str, names: Sequence[str]) -> Card:
    """A name that fits several customers: each one press away."""
    buttons = tuple(Button.does(name, RunCommand(text=f'/customer "{name}"')) for name in names[:CHOICES])
    return Card(title=say("customers.which", called=called), buttons=buttons)
