"""Answers to plain questions: figures beside the team's, a customer's records, who has waited long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from cards.help import RunCommand
from cards.model import Action, Block, Button, Card, Style, Table, Text, Tone
from cards.texts import say

LISTED = 15


class ShowRecords(Action):
    """The records of one customer, or another part of its file, where a name meant several."""

    name: ClassVar[str] = "questions.records"
    customer: int
    part: str = "records"


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric of one person: values are words with their unit, `word` says the colour where there is a threshold."""

    title: str
    mine: str
    median: str
    before: str
    word: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    at: str
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Silent:
    customer: str
    owner: str
    last: str


def figures(period: str, who: str, rows: Sequence[Figure], *, before: str) -> Card:
    """本月 · 李雷: own figures, the team's median, the period before."""
    columns = ("指标", who, "团队中位", *((before,) if before else ()))
    table = Table(
        columns=columns,
        rows=tuple(
            (row.title, f"{row.mine}{row.word}", row.median, *((row.before,) if before else ())) for row in rows
        ),
    )
    title = say("questions.figures", period=period, who=who)
    return Card(title=title, blocks=(table,), summary=title)


def team(period: str, whose: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Card:
    """华东一组 · 本月: one row a rep, the whole at the end."""
    table = Table(columns=("", *columns), rows=tuple(tuple(row) for row in rows))
    title = say("questions.team", period=period, whose=whose)
    return Card(title=title, lead=say("questions.team_lead", count=len(rows) - 1), blocks=(table,), summary=title)


def records(customer: str, rows: Sequence[Record], others: Sequence[tuple[str, int]]) -> Card:
    """跟进记录 · 宏达机械: the newest first."""
    title = say("questions.records", customer=customer)
    buttons = [Button.does("看客户档案", RunCommand(text=f"/customer {customer}"))]
    buttons += [Button.does(f"看{name}", ShowRecords(customer=one)) for name, one in others]
    if not rows:
        return Card(title=title, lead=say("questions.no_records"), buttons=tuple(buttons))
    table = Table(columns=("时间", "谁", "做了什么"), rows=tuple((row.at, row.who, row.what) for row in rows))
    lead = say("questions.records_lead", count=len(rows))
    return Card(title=title, lead=lead, blocks=(table,), buttons=tuple(buttons), summary=title)


def which(called: str, choices: Sequence[tuple[str, int]], part: str = "records") -> Card:
    """A name that means several customers: asked, never guessed."""
    buttons = [Button.does(name, ShowRecords(customer=one, part=part)) for name, one in choices]
    buttons[:1] = [buttons[0].model_copy(update={"style": Style.PRIMARY})]
    return Card(title=say("questions.which", name=called), buttons=tuple(buttons))


def silent(limit: str, rows: Sequence[Silent], *, with_owner: bool) -> Card:
    """好久没联系 · 3 家: the longest first."""
    if not rows:
        return Card(title=say("questions.all_touched", limit=limit), tone=Tone.GOOD)
    columns = ("客户", *(("负责人",) if with_owner else ()), "最近联系")
    shown = tuple((row.customer, *((row.owner,) if with_owner else ()), row.last) for row in rows[:LISTED])
    blocks: list[Block] = [Table(columns=columns, rows=shown)]
    if len(rows) > LISTED:
        blocks.append(Text(text=say("questions.more", count=len(rows) - LISTED), soft=True))
    title = say("questions.silent", count=len(rows))
    lead = say("questions.silent_lead", limit=limit)
    return Card(title=title, lead=lead, tone=Tone.WARN, blocks=tuple(blocks), summary=title)


def declined() -> Card:
    """What can be asked, for a question that cannot be answered."""
    return Card(title=say("questions.declined"), lead=say("questions.declined_lead"))
