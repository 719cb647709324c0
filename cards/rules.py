"""规则: what one fired for, and what admins see of rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cards.help import RunCommand
from cards.model import Block, Button, Card, Fact, Facts, Style, Table, Text, Tone
from cards.texts import say

LISTED = 10
"""Rows of a list; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something a rule fired for."""

    line: str
    owner: str
    lead: str
    facts: Sequence[tuple[str, str]]
    customer: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A rule in the list."""

    title: str
    state: str
    """live, off or draft."""
    when: str
    count: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A rule with everything an admin may want to know of it."""

    title: str
    sentence: str
    state: str
    version: int
    again: str
    about: str = ""
    problem: str = ""
    draft: str = ""
    fired: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would do now."""

    title: str
    sentence: str
    matching: int
    new: int
    entries: Sequence[Entry]
    columns: Sequence[str]
    named: bool
    """Whether it is kept under its title, so that it can be published."""


def fired(title: str, entries: Sequence[Entry]) -> Card:
    """高潜客户流失预警 · 李雷 · 宏达机械, or a list of several."""
    if len(entries) > 1:
        return _several(title, entries)
    (one,) = entries
    name = " · ".join(part for part in (title, one.owner, one.line) if part)
    facts = (Facts(facts=tuple(Fact(label=label, value=value) for label, value in one.facts)),) if one.facts else ()
    buttons = (Button.does("看客户档案", RunCommand(text=f"/customer {one.customer}")),) if one.customer else ()
    return Card(title=name, lead=one.lead, tone=Tone.WARN, blocks=facts, buttons=buttons, summary=name)


def _several(title: str, entries: Sequence[Entry]) -> Card:
    name = say("rules.several", title=title, count=len(entries))
    blocks: list[Block] = [_table(entries, [label for label, _ in entries[0].facts])]
    if len(entries) > LISTED:
        blocks.append(Text(text=say("rules.more", count=len(entries) - LISTED), soft=True))
    return Card(title=name, tone=Tone.WARN, blocks=tuple(blocks), summary=name)


def _table(entries: Sequence[Entry], columns: Sequence[str]) -> Table:
    rows = tuple((one.line, one.owner, *(value for _, value in one.facts)) for one in entries[:LISTED])
    return Table(columns=("哪一条", "负责人", *columns), rows=rows)


def task(title: str, line: str, lead: str, due: str) -> Card:
    name = f"{title} · {line}"
    return Card(title=name, lead=lead, tone=Tone.WARN, blocks=(Text(text=say("rules.due", due=due)),), summary=name)


def listed(rows: Sequence[Row]) -> Card:
    table = Table(
        columns=("规则", "状态", "什么时候看", "近 30 天"),
        rows=tuple((row.title, _state(row.state), row.when, say("rules.times", count=row.count)) for row in rows),
    )
    return Card(title=say("rules.list", count=len(rows)), lead=say("rules.list_lead"), blocks=(table,))


def shown(rule: Shown) -> Card:
    blocks: list[Block] = [Text(text=rule.sentence)]
    if rule.problem:
        blocks.append(Text(text=rule.problem))
    facts = [Fact(label="版本", value=str(rule.version)), Fact(label="多久后再提醒", value=rule.again)]
    if rule.about:
        facts.append(Fact(label="说的是", value=rule.about))
    blocks.append(Facts(facts=tuple(facts)))
    if rule.draft:
        blocks.append(Text(text=say("rules.draft", sentence=rule.draft)))
    blocks += [Text(text=line, soft=True) for line in rule.fired]
    title = say("rules.show", title=rule.title, state=_state(rule.state))
    return Card(title=title, blocks=tuple(blocks), buttons=tuple(_buttons(rule)))


def _buttons(rule: Shown) -> list[Button]:
    on = rule.state == "live" and not rule.draft
    buttons = [_command("试运行", f"/rule dry-run {rule.title}", style=Style.DEFAULT if on else Style.PRIMARY)]
    if on:
        return [
            *buttons,
            _command("停用", f"/rule off {rule.title}", confirm=say("rules.off_confirm", title=rule.title)),
        ]
    return [*buttons, _command("发布", f"/rule publish {rule.title}")]


def tried(trial: Trial) -> Card:
    """What a dry run found: how often it would have fired now, and for whom."""
    blocks: list[Block] = [Text(text=trial.sentence, soft=True)]
    if trial.entries:
        blocks.append(_table(trial.entries, trial.columns))
    if len(trial.entries) > LISTED:
        blocks.append(Text(text=say("rules.more", count=len(trial.entries) - LISTED), soft=True))
    buttons = (_command("发布", f"/rule publish {trial.title}", style=Style.PRIMARY),) if trial.named else ()
    title = say("rules.tried", trial=trial)
    return Card(title=title, lead=say("rules.tried_lead", trial=trial), blocks=tuple(blocks), buttons=buttons)


def changed(title: str, state: str, version: int, lead: str) -> Card:
    """What holds after a change."""
    buttons = (_command("撤销", f"/rule undo {title}"), _command("看规则", f"/rule show {title}"))
    return Card(
        title=say("rules.changed", title=title, state=_state(state), version=version), lead=lead, buttons=buttons
    )


def _command(label: str, text: str, *, style: Style = Style.DEFAULT, confirm: str = "") -> Button:
    return Button.does(label, RunCommand(text=text), style=style, confirm=confirm)


def _state(state: str) -> str:
    return say("rules.state", state=state)
