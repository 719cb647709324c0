"""Who somebody is to the bot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cards.help import RunCommand
from cards.model import Button, Card, Fact, Facts
from cards.texts import say


@dataclass(frozen=True, slots=True)
class Me:
    name: str
    role: str
    title: str
    department: str
    team: str
    superior: str
    platforms: Sequence[str]
    leave: Sequence[str]
    autofile: bool
    admin: bool


def me_card(me: Me) -> Card:
    facts = [
        ("部门", " · ".join(part for part in (me.department, me.title) if part)),
        ("上级", me.superior or "没有"),
        ("平台", "、".join(me.platforms)),
        ("请假", "；".join(me.leave) or "没有"),
        ("语音和文字", say("me.autofile_on" if me.autofile else "me.autofile_off")),
        ("权限", "管理员" if me.admin else ""),
    ]
    turn = ("改为先确认", "/me autofile off") if me.autofile else ("改为直接记下", "/me autofile on")
    return Card(
        title=say("me.title", me=me),
        lead=say("me.lead"),
        blocks=(Facts(facts=tuple(Fact(label=label, value=value) for label, value in facts if value)),),
        buttons=(Button.does(turn[0], RunCommand(text=turn[1])),),
    )
