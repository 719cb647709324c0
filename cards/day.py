"""日清 cards: the morning's list, the evening's gaps, the group's digests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from cards.model import Action, Block, Button, Card, Style, Table, Tag, Tags, Text, Tone
from cards.progress import OpenForm
from cards.texts import say
from cards.visits import CompleteVisit, StartVisit

SHOWN = 8
"""Lines on a card before it says how many more there are."""

ACTED_ON = 3
"""Lines that get a button of their own."""


class PostponeTask(Action):
    """Not today: the task moves to the next workday's morning."""

    name: ClassVar[str] = "task.postpone"
    task: int


@dataclass(frozen=True, slots=True)
class Line:
    """Something to do: with whom, what, when, how long since the last contact."""

    customer_id: int
    customer: str
    what: str
    when: str = ""
    since: str = ""
    untouched: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Something of today that is not done or not proven."""

    what: str
    customer: str
    customer_id: int = 0
    task_id: int = 0
    visit_id: int = 0


@dataclass(frozen=True, slots=True)
class MemberRow:
    name: str
    reports: int
    visits: int
    unverified: int
    requests: int
    before: int = 0
    """Reports of the span before, for comparison."""


def morning(day: str, lines: Sequence[Line], untouched: int) -> Card:
    """The day's actions, the longest silence first within the same urgency."""
    title = say("day.morning", day=day, count=len(lines))
    rows = tuple((line.customer, line.when or line.what, _silence(line)) for line in lines[:SHOWN])
    blocks: list[Block] = []
    if untouched:
        blocks.append(Tags(tags=(Tag(text=say("day.untouched", count=untouched), tone=Tone.WARN),)))
    if rows:
        blocks.append(Table(columns=("客户", "今天", "上次联系"), rows=rows))
    if len(lines) > SHOWN:
        blocks.append(Text(text=say("day.more", count=len(lines) - SHOWN), soft=True))
    buttons = (
        Button.does("开始拜访", StartVisit(customer=lines[0].customer_id if lines else 0), style=Style.PRIMARY),
        Button.does("记一条推进", OpenForm()),
    )
    return Card(title=title, lead="" if lines else say("day.nothing"), blocks=tuple(blocks), buttons=buttons)


def evening(gaps: Sequence[Gap], done: int) -> Card:
    """What of today is not done or not proven, with the button that does it."""
    lines = "\n".join(f"{number}. {gap.customer}：{gap.what}" for number, gap in enumerate(gaps[:SHOWN], start=1))
    buttons: list[Button] = []
    for gap in gaps[:ACTED_ON]:
        if gap.visit_id:
            buttons.append(
                Button.does(
                    say("day.complete", customer=gap.customer), CompleteVisit(visit=gap.visit_id), style=Style.PRIMARY
                )
            )
        if gap.customer_id:
            buttons.append(
                Button.does(
                    say("day.record", customer=gap.customer), OpenForm(customer=gap.customer_id), style=Style.PRIMARY
                )
            )
        if gap.task_id:
            buttons.append(Button.does(say("day.postpone", customer=gap.customer), PostponeTask(task=gap.task_id)))
    title = say("day.evening", count=len(gaps))
    return Card(
        title=title,
        lead=say("day.evening_lead", done=done),
        tone=Tone.WARN,
        blocks=(Text(text=lines),),
        buttons=tuple(buttons),
    )


def still_open(rows: Sequence[tuple[str, str]]) -> Card:
    """For the superior: who still has gaps at night."""
    table = Table(columns=("成员", "还差"), rows=tuple(rows))
    return Card(title=say("day.still_open", count=len(rows)), tone=Tone.WARN, blocks=(table,))


def digest(team: str, span: str, rows: Sequence[MemberRow], notes: Sequence[Tag], *, before: str) -> Card:
    """For the group. Each figure stands beside the one of the span before."""
    total, earlier = sum(row.reports for row in rows), sum(row.before for row in rows)
    table = Table(
        columns=("成员", "推进", "拜访", "待验证", "支持请求"),
        rows=tuple(
            (
                row.name,
                f"{row.reports}（{before} {row.before}）",
                str(row.visits),
                str(row.unverified),
                str(row.requests),
            )
            for row in rows
        ),
    )
    blocks: tuple[Block, ...] = (Tags(tags=tuple(notes)), table) if notes else (table,)
    return Card(
        title=say("day.digest", team=team, span=span),
        lead=say("day.digest_lead", total=total, before=before, earlier=earlier),
        tone=Tone.WARN if any(note.tone is Tone.LATE for note in notes) else Tone.PLAIN,
        blocks=blocks,
    )


def _silence(line: Line) -> str:
    return f"{line.since} ⚠" if line.untouched else line.since
