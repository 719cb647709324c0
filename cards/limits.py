"""Time limits as tables: of the flows' steps, and of the stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cards.model import Card, Table
from cards.texts import say


@dataclass(frozen=True, slots=True)
class Clock:
    """One step's clock in words."""

    flow: str
    step: str
    owner: str
    limit: str
    reminders: str
    ladder: str


def limits_card(clocks: Sequence[Clock], lead: str = "") -> Card:
    rows = tuple(
        (f"{one.flow} · {one.step}", one.owner, one.limit, one.reminders or "-", one.ladder or "-") for one in clocks
    )
    table = Table(columns=("步骤", "谁处理", "时限", "提前提醒", "到期后"), rows=rows)
    return Card(title=say("limits.title", count=len(clocks)), lead=lead or say("limits.lead"), blocks=(table,))


def stall_card(stages: Sequence[tuple[str, str]], lead: str = "") -> Card:
    """`stages`: stage and its limit, as written."""
    table = Table(columns=("阶段", "多久没联系算停滞"), rows=tuple(stages))
    return Card(title=say("limits.stall"), lead=lead or say("limits.stall_lead"), blocks=(table,))
