"""待办: everything that waits for somebody, each thing one press away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from cards.help import RunCommand
from cards.model import Action, Block, Button, Card, Style, Table, Text, Tone
from cards.texts import say

BUTTONS = 4
"""Things that get a button of their own; platforms hold few."""


class ShowFlow(Action):
    """Sends the newest card of a flow's step again."""

    name: ClassVar[str] = "todo.flow"
    step: int


class ShowDraft(Action):
    name: ClassVar[str] = "todo.draft"
    draft: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step or draft that waits. `subject` is short enough for a button."""

    title: str
    subject: str
    due: str
    late: bool
    opens: Action


@dataclass(frozen=True, slots=True)
class Contact:
    customer: str
    reason: str
    last: str


@dataclass(frozen=True, slots=True)
class Todo:
    waiting: Sequence[Waiting]
    tasks: Sequence[tuple[str, str]]
    contacts: Sequence[Contact]

    @property
    def count(self) -> int:
        return len(self.waiting) + len(self.tasks) + len(self.contacts)


def todo_card(todo: Todo) -> Card:
    if not todo.count:
        return Card(title=say("todo.nothing"), lead=say("todo.nothing_lead"), tone=Tone.GOOD)
    blocks: list[Block] = []
    if todo.waiting:
        steps = tuple((say("todo.what", one=one), one.due or "-") for one in todo.waiting)
        blocks.append(Table(columns=("等我处理", "时限"), rows=steps))
    if todo.tasks:
        blocks.append(Table(columns=("任务", "时间"), rows=tuple(todo.tasks)))
    if todo.contacts:
        rows = tuple((one.customer, one.reason, one.last or say("todo.none_yet")) for one in todo.contacts)
        blocks.append(Table(columns=("今天要联系", "为什么", "上次联系"), rows=rows))
    if len(todo.waiting) > BUTTONS:
        blocks.append(Text(text=say("todo.more", count=len(todo.waiting) - BUTTONS), soft=True))
    return Card(
        title=say("todo.title", count=todo.count),
        lead=say("todo.late", count=sum(one.late for one in todo.waiting)),
        tone=Tone.LATE if any(one.late for one in todo.waiting) else Tone.PLAIN,
        blocks=tuple(blocks),
        buttons=tuple(_buttons(todo)),
    )


def _buttons(todo: Todo) -> list[Button]:
    buttons = [
        Button.does(say("todo.open", one=one), one.opens, style=Style.DEFAULT if number else Style.PRIMARY)
        for number, one in enumerate(todo.waiting[:BUTTONS])
    ]
    if todo.contacts:
        first = todo.contacts[0].customer
        buttons.append(Button.does(say("todo.record", customer=first), RunCommand(text=f'/progress "{first}"')))
    return buttons
