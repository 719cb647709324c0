"""支持请求: a rep's own requests at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cards.model import Card, Table
from cards.texts import say


@dataclass(frozen=True, slots=True)
class Row:
    customer: str
    text: str
    standing: str


def mine(rows: Sequence[Row]) -> Card:
    if not rows:
        return Card(title=say("support.none"), lead=say("support.none_lead"))
    table = Table(
        columns=("客户", "需要什么", "现在"), rows=tuple((row.customer, row.text, row.standing) for row in rows)
    )
    return Card(title=say("support.mine", count=len(rows)), blocks=(table,))
