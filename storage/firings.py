"""What rules fired for, and what they are to be quiet about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from rules.firing import Fired
from storage.tables import Deadline, FlowInstance, RuleFiring

QUIET = "rule.quiet"
"""Deadlines of this kind: nothing is said about their subject until they are due."""


async def newest(tx: AsyncSession, rule: str, subject_kind: str, since: datetime) -> dict[int, RuleFiring]:
    """The newest firing of a rule for each thing, among those since a moment."""
    query = select(RuleFiring).where(
        RuleFiring.rule == rule, RuleFiring.subject_kind == subject_kind, RuleFiring.at > since
    )
    return {row.subject_id: row for row in (await tx.scalars(query.order_by(RuleFiring.id))).all()}


def seen(row: RuleFiring | None) -> Fired | None:
    """A firing as the decision needs it."""
    return Fired(row.at, row.inputs["inputs"]) if row is not None else None


async def write(
    tx: AsyncSession,
    rule: tuple[str, int],
    subject: tuple[str, int],
    now: datetime,
    inputs: Mapping[str, str],
    facts: Mapping[str, str],
    *,
    before: RuleFiring | None,
) -> RuleFiring:
    """Keeps a firing with what it saw. Two scans that see the same thing at once collide on its key."""
    digest = hashlib.sha256(json.dumps(inputs, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
    row = RuleFiring(
        rule=rule[0],
        version=rule[1],
        key=f"{subject[0]}:{subject[1]}:{digest}:{before.id if before else 0}",
        subject_kind=subject[0],
        subject_id=subject[1],
        at=now,
        inputs={"inputs": dict(inputs), "facts": dict(facts)},
    )
    tx.add(row)
    await tx.flush()
    return row


async def quiet_until(tx: AsyncSession, subject_kind: str) -> dict[int, datetime]:
    """Until when nothing is to be said about each thing of a kind; moments that have passed are kept."""
    query = select(Deadline.subject_id, func.max(Deadline.at)).where(
        Deadline.kind == QUIET, Deadline.subject_kind == subject_kind, Deadline.state != "cancelled"
    )
    rows = (await tx.execute(query.group_by(Deadline.subject_id))).all()
    return {subject_id: at for subject_id, at in rows if subject_id is not None}


async def in_flow(tx: AsyncSession, flow: str, subject_kind: str) -> set[int]:
    """Things a flow of this name is under way for."""
    query = select(FlowInstance.about_id).where(
        FlowInstance.flow == flow, FlowInstance.about_kind == subject_kind, FlowInstance.state == "open"
    )
    return set((await tx.scalars(query)).all())


async def of_rule(tx: AsyncSession, rule: str, since: datetime) -> int:
    """How often a rule fired since a moment."""
    query = select(func.count()).select_from(RuleFiring).where(RuleFiring.rule == rule, RuleFiring.at >= since)
    return int((await tx.scalars(query)).one())


async def last_of(tx: AsyncSession, rule: str, limit: int = 5) -> list[RuleFiring]:
    query = select(RuleFiring).where(RuleFiring.rule == rule).order_by(RuleFiring.id.desc()).limit(limit)
    return list((await tx.scalars(query)).all())


def facts_of(row: RuleFiring) -> dict[str, Any]:
    """The values a firing saw, as people read them."""
    return dict(row.inputs["facts"])
