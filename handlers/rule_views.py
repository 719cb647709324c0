"""A rule and what it fired for, as its cards, events and /why say them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.context import Context
from cards.texts import render, say
from config.packs import RuleDef
from handlers.facts import said
from rules.evaluation import explain
from rules.expression import Rule, facts_in
from rules.rendering import render_condition
from storage.facts import AsOf, Subject
from storage.hits import Hit
from storage.tables import FlowInstance, RuleFiring

SHOWN = 3
"""Facts on a card: what a person reads in three seconds."""

OWNER, STAGE = "负责人", "商机阶段"

_NAMED = re.compile(r"{{\s*(\w+)\s*}}")


@dataclass(frozen=True, slots=True)
class Live:
    """A rule that can be looked at: its definition, its meaning, what it is about, the facts as of now."""

    definition: RuleDef
    rule: Rule
    subject: Subject
    at: AsOf
    version: int


@dataclass(frozen=True, slots=True)
class Firing:
    """Something a rule fired for: `line` names it on cards, `facts` are values in people's words."""

    hit: Hit
    row: RuleFiring
    line: str
    facts: Mapping[str, str]
    flows: dict[str, FlowInstance] = field(default_factory=dict)
    """Flows it has started, by title."""

    @property
    def owner(self) -> str:
        return self.facts.get(OWNER, "")


def thread_of(kind: str, subject_id: int) -> str:
    """The cards that rules have pushed about one thing hang together."""
    return f"rule:{kind}:{subject_id}"


def wanted_facts(live: Live) -> list[str]:
    """Facts to read beside those of the condition: what the cards show and name."""
    words = [*live.definition.show, *_NAMED.findall(live.definition.lead), OWNER, STAGE]
    known = [live.subject.called(word) for word in words]
    return list(dict.fromkeys(fact.name for fact in known if fact is not None))


def said_facts(ctx: Context, live: Live, hit: Hit) -> dict[str, str]:
    return {name: said(ctx, live.subject.facts[name], value) for name, value in hit.facts.items()}


def line_of(live: Live, hit: Hit) -> str:
    """天宇科技 · 谈判; a person's name where it is about people."""
    stage = hit.facts.get(STAGE) if live.subject.kind == "opportunity" else None
    return " · ".join(part for part in (hit.customer or str(hit.facts.get(OWNER) or ""), stage) if part)


def shown_facts(live: Live, facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Label and value of what the cards show."""
    condition = facts_in(live.rule.condition) if live.rule.condition is not None else ()
    words = live.definition.show or tuple(one.name for one in condition)
    known = [(word, live.subject.called(word)) for word in words]
    return [(word, facts[fact.name]) for word, fact in known if fact is not None][:SHOWN]


def known_facts(live: Live, facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the cards show, without what nobody knows."""
    return [(label, value) for label, value in shown_facts(live, facts) if value != say("rules.no_value")]


def lead_of(live: Live, facts: Mapping[str, str]) -> str:
    """The rule's own first words, or its condition."""
    if live.definition.lead:
        return render(live.definition.lead, **facts)
    return render_condition(live.rule.condition) if live.rule.condition is not None else ""


def why(live: Live, firing: Firing) -> dict[str, Any]:
    """What /why tells of a push from a rule: which rule and version, its sentence, what each comparison saw."""
    condition, hit = live.rule.condition, firing.hit
    return {
        "kind": "rule",
        "rule": live.definition.name,
        "title": live.definition.title,
        "version": live.version,
        "sentence": live.definition.sentence,
        "subject": [live.subject.kind, hit.id],
        "firing": firing.row.id,
        "at": firing.row.at.isoformat(),
        "inputs": _inputs(live, firing),
        "lines": list(explain(condition, hit.facts, live.at.today)) if condition is not None else [],
    }


def _inputs(live: Live, firing: Firing) -> dict[str, str]:
    """What the condition saw, by fact, in people's words."""
    spoken = facts_in(live.rule.condition) if live.rule.condition is not None else ()
    return {one.name: firing.facts[one.name] for one in spoken}
