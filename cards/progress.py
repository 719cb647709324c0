"""客户推进 cards: the draft to nod at, and what was filed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from cards.model import Action, Block, Button, Card, Chain, Due, Input, Link, Style, Tag, Tags, Text, Tone
from cards.texts import say


class ConfirmDraft(Action):
    name: ClassVar[str] = "progress.confirm"
    draft: int


class DropDraft(Action):
    name: ClassVar[str] = "progress.drop"
    draft: int


class RedoDraft(Action):
    name: ClassVar[str] = "progress.redo"
    draft: int


class KeepOut(Action):
    """What was heard for the customer's file is not filed."""

    name: ClassVar[str] = "progress.keep_out"
    draft: int


class UndoReport(Action):
    name: ClassVar[str] = "progress.undo"
    report: int


class OpenForm(Action):
    """Offers the form, for a customer where one is known."""

    name: ClassVar[str] = "progress.form"
    customer: int = 0


@dataclass(frozen=True, slots=True)
class Filed:
    """A filed report as its card says it."""

    report_id: int
    customer: str
    action: str
    obstacle: str = ""
    support: str = ""
    next_at: str = ""
    kept: Sequence[str] = ()
    """What else was heard and kept: 联系人 王经理, 竞品 博创 …"""
    links: Sequence[Link] = ()
    due: str = ""
    elapsed: float = 0.0
    answered: str = ""
    undo_until: str = ""
    undone: bool = False


def draft_card(
    draft_id: int,
    inputs: tuple[Input, ...],
    *,
    origin: str,
    number: str = "",
    kept: Sequence[Tag] = (),
    found: Sequence[str] = (),
) -> Card:
    """`origin`: 来自 7 秒语音, or the typed words. `number`: 1/2 where one message held several records. `found` goes
    to the customer's file."""
    wrong = any(entry.problem for entry in inputs)
    title = say("progress.draft", number=number)
    blocks: list[Block] = list(inputs)
    if kept:
        blocks.append(Tags(tags=tuple(kept)))
    if found:
        blocks.append(Text(text=say("progress.found", found=found)))
    return Card(
        title=title,
        lead=say("forms.wrong") if wrong else origin,
        tone=Tone.WARN if wrong else Tone.PLAIN,
        blocks=tuple(blocks),
        buttons=(
            Button.does("确认", ConfirmDraft(draft=draft_id), style=Style.PRIMARY, submits=True),
            Button.does("重说一遍", RedoDraft(draft=draft_id)),
            Button.does("不记", DropDraft(draft=draft_id)),
            *((Button.does("档案里不记", KeepOut(draft=draft_id)),) if found else ()),
        ),
        summary=title,
    )


def dropped_card(redo: bool) -> Card:
    return Card(title=say("progress.redo") if redo else say("progress.dropped"))


def filed_card(filed: Filed) -> Card:
    """已记下 · 宏达机械 · 已报价."""
    title = say("progress.undone" if filed.undone else "progress.filed", filed=filed)
    if filed.undone:
        return Card(title=title, lead=say("progress.undone_lead"))
    tags = [Tag(text=filed.obstacle, tone=Tone.WARN)] if filed.obstacle and filed.obstacle != "无" else []
    tags += [Tag(text=words) for words in filed.kept]
    blocks: list[Block] = [Tags(tags=tuple(tags))] if tags else []
    if filed.support:
        blocks.append(Text(text=say("progress.support", filed=filed)))
    if filed.next_at:
        blocks.append(Text(text=say("progress.next", filed=filed), soft=True))
    if filed.links:
        blocks.append(Chain(links=tuple(filed.links)))
    if filed.due:
        blocks.append(Due(text=filed.due, elapsed=filed.elapsed))
    buttons = (
        (Button.does(say("progress.undo", until=filed.undo_until), UndoReport(report=filed.report_id)),)
        if filed.undo_until
        else ()
    )
    return Card(title=title, lead=filed.answered, tone=Tone.GOOD, blocks=tuple(blocks), buttons=buttons, summary=title)


def nothing_understood(file: str = "") -> Card:
    """`file`: the name of what was sent instead of words."""
    return Card(
        title=say("progress.nothing", file=file),
        lead=say("progress.nothing_lead", file=file),
        buttons=(Button.does("填推进卡", OpenForm(), style=Style.PRIMARY),),
    )
