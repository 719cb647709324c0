"""The facts as a table for the guide, from the same catalogue the rules are read with."""

from __future__ import annotations

from rules.expression import Kind
from rules.literals import EXAMPLES, KIND_NAMES
from storage.facts import AsOf, FactDef, Subject
from storage.subjects import subjects

LISTED = 8
"""Options of a choice that are written out."""


def markdown(at: AsOf) -> str:
    """One table a subject; facts it shares with another are listed once, where they first appear."""
    parts, told = [], set[str]()
    for one in subjects(at):
        own = [fact for fact in one.facts.values() if fact.name not in told]
        told |= {fact.name for fact in own}
        parts.append(_table(one, own))
    return "\n\n".join(parts)


def _table(about: Subject, facts: list[FactDef]) -> str:
    rows = ["| 字段 | 也可以写 | 写法 | 意思 |", "|---|---|---|---|"]
    for one in facts:
        rows.append(f"| {one.name} | {'、'.join(one.fact.aliases)} | {_how(one)} | {one.fact.explanation} |")
    return "\n".join([f"### {about.name}", "", *rows])


def _how(one: FactDef) -> str:
    """How a value of this fact is written."""
    kind, unit = one.fact.kind, one.fact.unit
    if one.fact.options:
        return "、".join(one.fact.options[:LISTED])
    if kind is Kind.NUMBER:
        return f"数字，例如 2 {unit}".strip()
    return f"{KIND_NAMES[kind]}，例如 {EXAMPLES[kind]}" if kind in EXAMPLES else KIND_NAMES[kind]
