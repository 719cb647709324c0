"""What is in force now: the packs with the admins' changes on top. Read in each transaction, built again only on change."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from config.packs import JobDef, MetricDef, Packs, RuleDef
from rules.calendar import BusinessCalendar
from rules.flow_definition import FlowDef
from rules.forms import FormDef
from storage import calendars, definitions, people
from storage.definitions import Change
from storage.tables import Definition


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From evening to morning nothing that can wait is pushed."""

    start: time
    end: time

    def until(self, now: datetime, calendar: BusinessCalendar) -> datetime | None:
        """When the quiet ends, or None outside of it."""
        local = now.astimezone(calendar.zone)
        if self.end <= local.time() < self.start:
            return None
        day = local.date() if local.time() < self.end else local.date() + timedelta(days=1)
        return datetime.combine(day, self.end, calendar.zone)


@dataclass(frozen=True, slots=True)
class Held:
    """A version in force, as a plain value: a cached row would go stale with the transaction that read it."""

    version: int
    body: Any


@dataclass(frozen=True)
class Catalogue:
    """Everything an admin may change, in the version in force."""

    packs: Packs
    zone: str
    changed: Mapping[tuple[str, str], Held]
    """(kind, name) to the newest version an admin made."""

    @cached_property
    def forms(self) -> dict[str, FormDef]:
        return self._merged("form", self.packs.forms, FormDef)

    @cached_property
    def flows(self) -> dict[str, FlowDef]:
        return self._merged("flow", self.packs.flows, FlowDef)

    @cached_property
    def rules(self) -> dict[str, RuleDef]:
        own = {name: RuleDef.model_validate(row.body) for (kind, name), row in self.changed.items() if kind == "rule"}
        return {**self.packs.rules, **own}

    @cached_property
    def metrics(self) -> Mapping[str, MetricDef]:
        return self.packs.metrics

    @cached_property
    def jobs(self) -> list[JobDef]:
        return list(self.packs.jobs.values())

    @cached_property
    def calendar(self) -> BusinessCalendar:
        return calendars.from_setting(self.setting("calendar"), self.zone)

    @cached_property
    def quiet(self) -> QuietHours:
        hours = self.setting("quiet")
        return QuietHours(time.fromisoformat(hours["from"]), time.fromisoformat(hours["to"]))

    def setting(self, name: str) -> Any:
        """A setting in force. Raises KeyError when neither a pack nor an admin ever gave it."""
        row = self.changed.get(("setting", name))
        return row.body if row is not None else self.packs.settings[name]

    def form(self, name: str) -> FormDef:
        """By name or title. Raises Refused with the names there are."""
        found: FormDef = _find(self.forms, name, "表单")
        return found

    def flow(self, name: str) -> FlowDef:
        found: FlowDef = _find(self.flows, name, "流程")
        return found

    def version(self, kind: str, name: str) -> int:
        row = self.changed.get((kind, name))
        return row.version if row else 0

    def job(self, name: str, team: int | None = None) -> JobDef | None:
        """A job as it holds for a team, None when it is switched off there or gone."""
        job = self.packs.jobs.get(name)
        if job is None or team is None:
            return job
        own = self.setting_or(f"job:{name}:{team}", {})
        return None if own.get("off") else job.model_copy(update={key: own[key] for key in ("at",) if key in own})

    def setting_or(self, name: str, default: Any) -> Any:
        row = self.changed.get(("setting", name))
        return row.body if row is not None else self.packs.settings.get(name, default)

    async def team_ids(self, tx: AsyncSession) -> list[int]:
        return [team.id for team in await people.teams(tx)]

    def _merged(self, kind: str, given: Mapping[str, Any], cls: Any) -> dict[str, Any]:
        own = {name: cls.from_dict(row.body) for (of, name), row in self.changed.items() if of == kind}
        return {**given, **own}


class Catalogues:
    """Gives each transaction the catalogue in force."""

    def __init__(self, packs: Packs, zone: str) -> None:
        self.packs = packs
        self._zone = zone
        self._mark = -1
        self._catalogue = Catalogue(packs, zone, {})

    async def load(self, tx: AsyncSession) -> Catalogue:
        mark = await definitions.fingerprint(tx)
        if mark != self._mark:
            kinds = ("form", "flow", "rule", "setting")
            rows = {
                (kind, row.name): Held(row.version, copy.deepcopy(row.body))
                for kind in kinds
                for row in await definitions.all_newest(tx, kind)
            }
            self._catalogue, self._mark = Catalogue(self.packs, self._zone, rows), mark
        return self._catalogue


async def change(tx: AsyncSession, kind: str, name: str, body: Any, *, by: int, now: datetime, note: str) -> Definition:
    """Writes a new version of something an admin may change; in force from the next transaction on."""
    return await definitions.write(tx, Change(kind, name, body, by, note), now)


def _find(known: Mapping[str, Any], name: str, what: str) -> Any:
    for key, found in known.items():
        if name in (key, found.title):
            return found
    raise Refused(f"没有{what}「{name}」；现有：{'、'.join(found.title for found in known.values())}")
