"""The working calendar as a table, and what was changed in it."""

from __future__ import annotations

from datetime import date

from cards.help import RunCommand
from cards.model import Block, Button, Card, Table, Text
from cards.texts import say
from rules.hours import WEEKDAYS
from rules.month import Day, Month


def month_card(first: date, month: Month, hours: str, lead: str = "") -> Card:
    rows = tuple(tuple(_cell(day) for day in week) for week in month.weeks)
    blocks: list[Block] = [Table(columns=WEEKDAYS, rows=rows), Text(text=say("calendar.hours", hours=hours), soft=True)]
    if month.provisional:
        blocks.append(Text(text=say("calendar.provisional", year=first.year), soft=True))
    return Card(
        title=say("calendar.title", first=first, workdays=month.workdays),
        lead=lead,
        blocks=tuple(blocks),
        buttons=tuple(_turn(other) for other in (_shifted(first, -1), _shifted(first, 1))),
    )


def _cell(day: Day | None) -> str:
    if day is None:
        return ""
    return say("calendar.cell", day=day)


def _turn(first: date) -> Button:
    return Button.does(f"{first.year} 年 {first.month} 月", RunCommand(text=f"/calendar show {first:%Y-%m}"))


def _shifted(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
