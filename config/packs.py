"""Packs: forms, flows, rules, metrics, timetables and settings in YAML. Policy lives here, mechanism in code.

The built-in packs are read first, then the installation's own folder, whose definitions replace those of the same
name. Everything is checked at load time; an error names the file, the place and what is allowed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from rules.durations import parse_duration
from rules.errors import RulesError
from rules.flow_definition import FlowDef
from rules.forms import FormDef
from rules.schedule import Timetable

BUILT_IN = Path(__file__).parent / "builtin"


class BadPack(Exception):
    """A pack cannot be used: which file, which definition, what is wrong with it."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class JobDef(Strict):
    """An entry of the schedule: when, which handler, for the company or for each team.

    `process`: looks after the product itself, every so often while it is up; nothing to catch up on after a pause.
    """

    name: str
    title: str
    handler: str
    at: str = ""
    every: str = ""
    weekday: int | None = None
    """1 = Monday … 7 = Sunday."""
    late: str = "4小时"
    scope: Literal["company", "team", "process"] = "company"

    def timetable(self) -> Timetable:
        return Timetable(
            at=time.fromisoformat(self.at) if self.at else None,
            every=parse_duration(self.every) if self.every else None,
            weekday=self.weekday - 1 if self.weekday else None,
            late=parse_duration(self.late),
        )

    def fingerprint(self) -> str:
        """Differs when the times differ."""
        return json.dumps([self.at, self.every, self.weekday])


class RuleDef(Strict):
    """A rule: its sentence, and how often it may fire for one thing."""

    name: str
    title: str
    sentence: str
    again: str = "7天"
    """After how long it may fire again for the same thing when nothing has changed."""
    live: bool = True
    show: tuple[str, ...] = ()
    """Facts its cards show, by name or alias, at most three; those of the condition where this is empty."""
    lead: str = ""
    """What its cards say first, with facts by name: {{ 未联系时长 }}没有新的联系了."""


class MetricDef(Strict):
    """A named number about people: how many records, a sum over them, or a share of them, in the rules' own words."""

    name: str
    title: str
    subject: str
    """客户, 商机, 拜访, 客户推进 or 支持请求."""
    where: str = ""
    """Which of them count."""
    total: str = ""
    """A fact to add up, instead of counting."""
    of: str = ""
    """Makes it a share: those of `where` among those of `of`."""
    time: str = ""
    """The fact that places a record in a period; without one it is how things stand now."""
    unit: str = "次"
    note: str = ""
    """What is counted and what is not, for people."""
    better: Literal["more", "less"] = "more"
    good: Decimal | None = None
    """From here on it is green; up to here where less is better. Yuan, a share 0-1, or a count."""
    warn: Decimal | None = None
    """From here on it is yellow, beyond it red."""


class PackFile(Strict):
    """One YAML file."""

    title: str
    forms: dict[str, dict[str, Any]] = {}
    flows: dict[str, dict[str, Any]] = {}
    rules: dict[str, dict[str, Any]] = {}
    metrics: dict[str, dict[str, Any]] = {}
    schedule: list[JobDef] = []
    settings: dict[str, Any] = {}


@dataclass(frozen=True)
class Packs:
    """All packs together, by name."""

    forms: Mapping[str, FormDef] = field(default_factory=dict)
    flows: Mapping[str, FlowDef] = field(default_factory=dict)
    rules: Mapping[str, RuleDef] = field(default_factory=dict)
    metrics: Mapping[str, MetricDef] = field(default_factory=dict)
    jobs: Mapping[str, JobDef] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


def load(*folders: Path | None) -> Packs:
    """The built-in packs with those of the given folders on top. Raises BadPack."""
    files = [path for folder in (BUILT_IN, *folders) if folder for path in sorted(folder.glob("*.yaml"))]
    return merged([(path, _read(path)) for path in files])


def merged(files: Iterable[tuple[Path, PackFile]]) -> Packs:
    forms: dict[str, FormDef] = {}
    flows: dict[str, FlowDef] = {}
    rules: dict[str, RuleDef] = {}
    metrics: dict[str, MetricDef] = {}
    jobs: dict[str, JobDef] = {}
    settings: dict[str, Any] = {}
    for path, pack in files:
        try:
            forms |= {
                name: FormDef.from_dict({"name": name, "version": 1, **body}) for name, body in pack.forms.items()
            }
            flows |= {
                name: FlowDef.from_dict({"name": name, "version": 1, **body}) for name, body in pack.flows.items()
            }
            rules |= {name: RuleDef(name=name, **body) for name, body in pack.rules.items()}
            metrics |= {name: MetricDef(name=name, **body) for name, body in pack.metrics.items()}
            jobs |= {job.name: job for job in pack.schedule}
            settings |= pack.settings
        except (RulesError, ValidationError, TypeError) as error:
            raise BadPack(f"{path.name}: {error}") from error
    packs = Packs(forms, flows, rules, metrics, jobs, settings)
    _check(packs)
    return packs


def _read(path: Path) -> PackFile:
    try:
        return PackFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise BadPack(f"{path.name}: {error}") from error


def _check(packs: Packs) -> None:
    """Every form a flow names exists, every time can be read."""
    for flow in packs.flows.values():
        for step in flow.steps:
            named = [step.form, *(form for choice in step.choices for form in (choice.form, choice.resume_form))]
            unknown = [form for form in named if form and form not in packs.forms]
            if unknown:
                raise BadPack(f"流程「{flow.title}」的步骤「{step.title}」要用表单「{unknown[0]}」，但没有这个表单")
    for job in packs.jobs.values():
        try:
            job.timetable()
        except (RulesError, ValueError) as error:
            raise BadPack(f"定时「{job.title}」的时间看不懂：{error}") from error
