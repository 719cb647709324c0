"""When the digests come, and where to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cards.help import RunCommand
from cards.model import Button, Card, Style, Table
from cards.texts import say


@dataclass(frozen=True, slots=True)
class Entry:
    """One digest of a team: its title, when, and when next; `on` False where it is switched off."""

    title: str
    at: str
    following: str
    on: bool


def digest_card(team: str, entries: Sequence[Entry], groups: Sequence[str], lead: str = "") -> Card:
    rows = tuple((one.title, one.at if one.on else "已关闭", one.following if one.on else "-") for one in entries)
    at_once = Button.does("现在发一次日报", RunCommand(text=f'/digest now "{team}"'), style=Style.PRIMARY)
    return Card(
        title=say("digest.title", team=team),
        lead=lead or say("digest.groups", groups=groups),
        blocks=(Table(columns=("摘要", "时间", "下一次"), rows=rows),),
        buttons=(at_once,) if groups else (),
    )
