"""客户档案: contacts with their changes, competitors' moves, policies, each with its words and where they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cards.help import RunCommand
from cards.model import Block, Button, Card, Table, Text
from cards.texts import say


@dataclass(frozen=True, slots=True)
class Person:
    """One of the customer's people; `left` is since when no longer."""

    name: str
    post: str
    phone: str
    left: str
    leads: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the file with its evidence. `second` of the recording, None where it was typed."""

    at: str
    what: str
    words: str
    second: float | None
    who: str
    customer: str = ""


def people(customer: str, known: Sequence[Person], changes: Sequence[Told]) -> Card:
    """联系人 · 宏达机械: who is in charge first, who has left last; then what changed."""
    title = say("customer_file.people", customer=customer, count=len(known))
    blocks: list[Block] = []
    if known:
        rows = tuple((one.name, one.post or "-", one.phone or "-", _state(one)) for one in known)
        blocks.append(Table(columns=("姓名", "职务", "电话", "现在"), rows=rows))
    if changes:
        blocks += [Text(text=say("customer_file.changes")), _evidence(changes)]
    lead = "" if known else say("customer_file.nobody")
    return Card(title=title, lead=lead, blocks=tuple(blocks), buttons=(_file(customer),), summary=title)


def moves(whose: str, rows: Sequence[Told]) -> Card:
    """竞品动态 · 宏达机械, the newest first."""
    return _listed(say("customer_file.moves", whose=whose), rows, say("customer_file.no_moves"), whose)


def policies(customer: str, rows: Sequence[Told]) -> Card:
    return _listed(say("customer_file.policies", customer=customer), rows, say("customer_file.no_policies"), customer)


def taken_back(customer: str, who: str) -> Card:
    """For whoever was told what an undone report had said."""
    return Card(title=say("customer_file.taken_back", customer=customer, who=who))


def _listed(title: str, rows: Sequence[Told], nothing: str, customer: str) -> Card:
    if not rows:
        return Card(title=title, lead=nothing, summary=title)
    buttons = () if any(row.customer for row in rows) else (_file(customer),)
    lead = say("customer_file.lead", count=len(rows))
    return Card(title=title, lead=lead, blocks=(_evidence(rows),), buttons=buttons, summary=title)


def _evidence(rows: Sequence[Told]) -> Table:
    named = any(row.customer for row in rows)
    columns = ("时间", *(("客户",) if named else ()), "动态", "原话", "谁说的")
    return Table(
        columns=columns,
        rows=tuple((row.at, *((row.customer,) if named else ()), row.what, _words(row), row.who) for row in rows),
    )


def _words(row: Told) -> str:
    return say("customer_file.words", words=row.words, second=None if row.second is None else round(row.second))


def _state(one: Person) -> str:
    return say("customer_file.state", left=one.left, leads=one.leads)


def _file(customer: str) -> Button:
    return Button.does("看客户档案", RunCommand(text=f'/customer "{customer}"'))
