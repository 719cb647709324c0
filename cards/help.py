"""The list of commands, and the menu that puts the usual thing one press away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from cards.model import Action, Button, Card, Style, Text
from cards.texts import say


class RunCommand(Action):
    """A command somebody could have typed: checked as if they had."""

    name: ClassVar[str] = "command.run"
    text: str


GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("记录", ("progress", "visit", "stage", "undo")),
    ("要处理的事", ("todo", "why")),
    ("客户与团队", ("customer", "team", "who", "me", "export")),
    ("规则与时间", ("form", "sla", "stall", "rule", "digest", "calendar")),
    ("运行", ("doctor", "audit", "help")),
)
"""The order in which commands are listed; one that is in none comes last."""

Entry = tuple[str, str]
"""A button's label and the command it runs."""

REP: tuple[Entry, ...] = (
    ("记推进", "/progress"),
    ("今日拜访", "/visit"),
    ("我的待办", "/todo"),
    ("我的客户", "/customer list"),
    ("全部用法", "/help"),
)
SUPERIOR: tuple[Entry, ...] = (
    ("待我处理", "/todo"),
    ("团队今天", "/team"),
    ("客户名单", "/customer list"),
    ("群摘要", "/digest show"),
    ("全部用法", "/help"),
)
OWNER: tuple[Entry, ...] = (("待我处理", "/todo"), ("我的资料", "/me"), ("全部用法", "/help"))
ADMIN: tuple[Entry, ...] = (
    ("运行状况", "/doctor"),
    ("人员", "/who"),
    ("表单", "/form show"),
    ("时限", "/sla show"),
    ("工作日历", "/calendar show"),
    ("全部用法", "/help"),
)
MENUS: dict[str, tuple[Entry, ...]] = {
    "rep": REP,
    "assistant": REP,
    "manager": SUPERIOR,
    "director": SUPERIOR,
    "vp": SUPERIOR,
    "admin": ADMIN,
}


def commands_card(commands: Sequence[tuple[str, str]]) -> Card:
    """`commands`: name and summary of each this person may use."""
    summaries = dict(commands)
    blocks = []
    for title, names in (*GROUPS, ("其他", tuple(sorted(_ungrouped(summaries))))):
        lines = [f"/{name}  {summaries[name]}" for name in names if name in summaries]
        if lines:
            blocks.append(Text(text="\n".join([f"**{title}**", *lines])))
    return Card(title=say("help.title", count=len(summaries)), lead=say("help.lead"), blocks=tuple(blocks))


def menu_card(name: str, role: str, known: set[str], *, greeting: bool) -> Card:
    """The buttons of a role, as far as those commands exist here."""
    entries = [(label, text) for label, text in MENUS.get(role, OWNER) if text.split()[0].lstrip("/") in known]
    buttons = [
        Button.does(label, RunCommand(text=text), style=Style.DEFAULT if number else Style.PRIMARY)
        for number, (label, text) in enumerate(entries)
    ]
    return Card(
        title=say("help.hello", name=name) if greeting else say("help.menu"),
        lead=say("help.hint", role=role),
        buttons=tuple(buttons),
    )


def _ungrouped(names: dict[str, str]) -> set[str]:
    return set(names) - {name for _, group in GROUPS for name in group}
