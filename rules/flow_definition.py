"""What a flow is made of: steps, owners, choices, limits, ladders. Plain values that go to JSON and back.

A running flow keeps the dictionary of the definition it was started with, so later edits never reach it.
"""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from rules.durations import Limit, parse_limit
from rules.errors import RulesError
from rules.guard import Guard, parse_guard

DONE, PAUSE, REJECT = "done", "pause", "reject"
GOTO = "goto:"
AT_ONCE = "到期"
MODES = ("any", "all")


class BadFlow(RulesError):
    """A definition that could not run: an unknown step, a circle, a word that means nothing."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer an owner may give.

    `outcome`: done; pause (stops the clock and asks `resume_by`); reject (ends the flow); goto:<step> (sends it back).
    `form` is asked for with the press, `note` allows a free remark, `style` is primary, default or danger;
    `resume_form` is what the asked person fills in to set a paused clock going again.
    """

    name: str
    label: str
    outcome: str = DONE
    form: str | None = None
    note: bool = False
    style: str = "default"
    resume_form: str | None = None

    @property
    def target(self) -> str | None:
        """The step a goto leads to."""
        return self.outcome.removeprefix(GOTO) if self.outcome.startswith(GOTO) else None

    def to_dict(self) -> dict[str, Any]:
        return _sparse(self)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the escalation ladder: `after` the due moment, tell `to` (such as superior(owner))."""

    after: Limit
    to: str
    text: str = ""

    def to_dict(self) -> dict[str, Any]:
        return _sparse(self) | {"after": _written(self.after)}


@dataclass(frozen=True, slots=True)
class StepDef:
    """One piece of work with its owners and clock.

    `owners` are expressions the runtime resolves: reporter, superior(reporter), role:技术部, person:x. With several
    owners, `mode` says whether any one settles it or all must. `after` names the steps that must be over first; None
    means the step before it in the list, an empty tuple means the beginning. A step whose `when` fails is skipped.
    """

    name: str
    title: str
    owners: tuple[str, ...]
    mode: str = "any"
    choices: tuple[Choice, ...] = ()
    form: str | None = None
    limit: Limit | None = None
    reminders: tuple[Limit, ...] = ()
    ladder: tuple[Rung, ...] = ()
    after: tuple[str, ...] | None = None
    when: Guard | None = None
    resume_by: str = "reporter"

    def choice(self, name: str) -> Choice:
        """The choice of that name; a step without choices has the one answer "done".

        Raises:
            BadFlow: no such choice.
        """
        for choice in self.choices or (Choice(DONE, "完成"),):
            if choice.name == name:
                return choice
        known = "、".join(choice.name for choice in self.choices) or DONE
        raise BadFlow(f"步骤「{self.title}」没有选项「{name}」；现有：{known}")

    def to_dict(self) -> dict[str, Any]:
        plain = _sparse(self)
        if self.limit:
            plain["limit"] = _written(self.limit)
        if self.when:
            plain["when"] = str(self.when)
        parts: dict[str, list[Any]] = {
            "owners": list(self.owners),
            "choices": [choice.to_dict() for choice in self.choices],
            "reminders": [_written(limit) for limit in self.reminders],
            "ladder": [rung.to_dict() for rung in self.ladder],
        }
        after = {} if self.after is None else {"after": list(self.after)}
        return plain | {key: value for key, value in parts.items() if value} | after


@dataclass(frozen=True, slots=True)
class FlowDef:
    """A flow: steps in order.

    Raises:
        BadFlow: no steps, two of one name, a step or outcome that names nothing, or a circle.
    """

    name: str
    title: str
    version: int
    steps: tuple[StepDef, ...]

    def __post_init__(self) -> None:
        names = [step.name for step in self.steps]
        if not names:
            raise BadFlow(f"流程「{self.title}」没有步骤；请至少写一个")
        _refuse_twins(f"流程「{self.title}」的步骤", names)
        for step in self.steps:
            _check_step(step, names)
        try:
            graphlib.TopologicalSorter({name: self.prerequisites(name) for name in names}).prepare()
        except graphlib.CycleError as circle:
            raise BadFlow(
                f"流程「{self.title}」的步骤互相等待：{' → '.join(circle.args[1])}；请去掉一个 after"
            ) from None

    def step(self, name: str) -> StepDef:
        """The step of that name.

        Raises:
            BadFlow: no such step.
        """
        for step in self.steps:
            if step.name == name:
                return step
        raise BadFlow(f"流程「{self.title}」没有步骤「{name}」；现有：{'、'.join(step.name for step in self.steps)}")

    def prerequisites(self, name: str) -> tuple[str, ...]:
        """The steps that must be over before this one opens."""
        for previous, step in zip((None, *self.steps), self.steps, strict=False):
            if step.name == name:
                return step.after if step.after is not None else (previous.name,) if previous else ()
        raise BadFlow(f"流程「{self.title}」没有步骤「{name}」")

    def downstream(self, name: str) -> frozenset[str]:
        """Every step that waits for this one, directly or not."""
        found: set[str] = set()
        frontier = {name}
        while frontier:
            frontier = {s.name for s in self.steps if frontier & set(self.prerequisites(s.name))} - found
            found |= frontier
        return frozenset(found)

    def to_dict(self) -> dict[str, Any]:
        """A JSON value; `from_dict` gives the same flow back."""
        return _sparse(self) | {"steps": [step.to_dict() for step in self.steps]}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> FlowDef:
        """Reads what `to_dict` or a pack's YAML gives; limits are texts such as 4小时工作时间, `owner` may stand alone.

        Raises:
            BadFlow, BadDuration, BadGuard: whatever cannot be read, with what is allowed.
        """
        _refuse_unknown(plain, cls, "流程")
        steps = tuple(_read_step(step) for step in plain.get("steps", ()))
        return cls(plain["name"], plain.get("title", plain["name"]), int(plain.get("version", 1)), steps)


def _read_step(plain: Mapping[str, Any]) -> StepDef:
    _refuse_unknown(plain, StepDef, "步骤", "owner")
    given = dict(plain)
    owners = given.pop("owners", None) or given.pop("owner", ())
    return StepDef(
        **given
        | {
            "title": plain.get("title", plain.get("name")),
            "owners": (owners,) if isinstance(owners, str) else tuple(owners),
            "choices": tuple(_read_choice(choice) for choice in plain.get("choices", ())),
            "limit": parse_limit(plain["limit"]) if plain.get("limit") else None,
            "reminders": tuple(parse_limit(text) for text in plain.get("reminders", ())),
            "ladder": tuple(_read_rung(rung) for rung in plain.get("ladder", ())),
            "after": None if plain.get("after") is None else tuple(plain["after"]),
            "when": parse_guard(plain["when"]) if plain.get("when") else None,
        }
    )


def _read_choice(plain: Mapping[str, Any]) -> Choice:
    _refuse_unknown(plain, Choice, "选项")
    return Choice(**{"label": plain.get("name"), **plain})


def _read_rung(plain: Mapping[str, Any]) -> Rung:
    _refuse_unknown(plain, Rung, "升级")
    after = plain.get("after", AT_ONCE)
    return Rung(Limit() if after == AT_ONCE else parse_limit(after), plain["to"], plain.get("text", ""))


def _check_step(step: StepDef, names: list[str]) -> None:
    title = f"步骤「{step.title}」"
    if not step.owners or not all(step.owners):
        raise BadFlow(f"{title}没有负责人；请写 owner，例如 superior(reporter)、role:技术部、reporter")
    if step.mode not in MODES:
        raise BadFlow(f"{title}的 mode 是「{step.mode}」；可用：any（一人即可）、all（全部都要）")
    if (step.reminders or step.ladder) and step.limit is None:
        raise BadFlow(f"{title}有提醒或升级，却没有时限；请写 limit，例如 4小时工作时间")
    _refuse_twins(f"{title}的选项", [choice.name for choice in step.choices])
    targets = [(choice.target, choice) for choice in step.choices]
    for target, choice in targets:
        if target is None and choice.outcome not in (DONE, PAUSE, REJECT):
            raise BadFlow(
                f"{title}的选项「{choice.label}」结果是「{choice.outcome}」；可用：done、pause、reject、goto:步骤"
            )
    for named in [*(step.after or ()), *(target for target, _ in targets if target is not None)]:
        if named not in names:
            raise BadFlow(f"{title}提到了没有的步骤「{named}」；现有：{'、'.join(names)}")


def _refuse_twins(where: str, names: list[str]) -> None:
    twins = [name for name in names if names.count(name) > 1]
    if twins:
        raise BadFlow(f"{where}「{twins[0]}」出现了两次；请改一个名字")


def _refuse_unknown(plain: Mapping[str, Any], kind: type, where: str, *more: str) -> None:
    known = [field.name for field in fields(kind)] + list(more)
    unknown = [key for key in plain if key not in known]
    if unknown:
        raise BadFlow(f"{where}里不认识「{unknown[0]}」；可用：{'、'.join(known)}")
    missing = [key for key in ("name", "to") if key in known and key not in plain]
    if missing:
        raise BadFlow(f"{where}缺少「{missing[0]}」")


def _sparse(value: Any) -> dict[str, Any]:
    """The fields that differ from their defaults; nested values are the caller's."""
    plain: Iterable[tuple[str, Any, Any]] = ((f.name, getattr(value, f.name), f.default) for f in fields(value))
    return {name: given for name, given, default in plain if given != default}


def _written(limit: Limit) -> str:
    return str(limit) if limit != Limit() else AT_ONCE
