"""How the bot is doing, line by line, and what to press to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cards.help import RunCommand
from cards.model import Button, Card, Style, Table, Text, Tone
from cards.texts import say

State = Literal["ok", "warn", "fail"]
ORDER: tuple[State, ...] = ("fail", "warn", "ok")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at: whether it is well, in words, and what to do if not."""

    what: str
    state: State
    words: str
    remedy: str = ""


def doctor_card(lines: Sequence[Line], *, stuck: int) -> Card:
    """What is wrong comes first. `stuck`: how many things a retry would put back in line."""
    ordered = in_order(lines)
    worst = ordered[0].state if ordered else "ok"
    table = Table(
        columns=("项目", "状态", "说明"),
        rows=tuple((line.what, say("doctor.state", state=line.state), line.words) for line in ordered),
    )
    remedies = [Text(text=f"**{line.what}** {line.remedy}") for line in ordered if line.remedy and line.state != "ok"]
    again = Button.does("再检查一次", RunCommand(text="/doctor"))
    retry = Button.does(f"重试 {stuck} 件", RunCommand(text="/doctor retry"), style=Style.PRIMARY)
    return Card(
        title=say("doctor.title", fails=_count(lines, "fail"), warns=_count(lines, "warn")),
        lead=say("doctor.lead", worst=worst),
        tone={"ok": Tone.GOOD, "warn": Tone.WARN, "fail": Tone.LATE}[worst],
        blocks=(table, *remedies),
        buttons=(retry, again) if stuck else (again,),
    )


def in_order(lines: Sequence[Line]) -> list[Line]:
    """What is wrong first."""
    return sorted(lines, key=lambda line: ORDER.index(line.state))


def _count(lines: Sequence[Line], state: State) -> int:
    return sum(line.state == state for line in lines)
