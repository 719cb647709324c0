"""The team at a glance, and who is who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cards.model import Card, Fact, Facts, Table
from cards.texts import say


@dataclass(frozen=True, slots=True)
class Line:
    """One person's day and month."""

    name: str
    today: int
    visits_today: int
    month: int
    visits_month: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    role: str
    department: str
    team: str
    superior: str
    note: str = ""


def figures_card(lines: Sequence[Line], median: float) -> Card:
    rows = tuple(
        (
            line.name,
            say("team.counts", reports=line.today, visits=line.visits_today),
            say("team.counts", reports=line.month, visits=line.visits_month),
            str(line.waiting) if line.waiting else "-",
        )
        for line in lines
    )
    return Card(
        title=say("team.figures", count=len(lines)),
        lead=say("team.figures_lead", median=f"{median:g}"),
        blocks=(Table(columns=("姓名", "今天", "本月", "等答复"), rows=rows),),
    )


def members_card(title: str, members: Sequence[Member]) -> Card:
    rows = tuple(
        (one.name, one.role, one.team or one.department, one.superior or "-", one.note or "-") for one in members
    )
    table = Table(columns=("姓名", "角色", "团队", "上级", "今天"), rows=rows)
    return Card(title=title, blocks=(table,))


def person_card(member: Member, platforms: Sequence[str], below: Sequence[str], lead: str = "") -> Card:
    facts = [
        ("部门", member.department),
        ("团队", member.team),
        ("上级", member.superior or "没有"),
        ("下属", "、".join(below)),
        ("平台", "、".join(platforms) or "还没有连上"),
        ("今天", member.note),
    ]
    return Card(
        title=say("team.person", member=member),
        lead=lead,
        blocks=(Facts(facts=tuple(Fact(label=label, value=value) for label, value in facts if value)),),
    )
