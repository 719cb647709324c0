"""Events as lines a person can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cards.model import Card, Table
from cards.texts import UnknownText, say

Line = tuple[str, str, str]
"""When, who, what."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "命令": ("command",),
    "推进": ("progress.filed", "progress.undone", "draft.dropped", "draft.kept_out"),
    "流程": (
        "flow.started",
        "flow.step_opened",
        "flow.answered",
        "flow.supplied",
        "flow.withdrawn",
        "flow.reminder",
        "flow.due",
        "flow.escalated",
        "flow.nobody_above",
        "flow.finished",
    ),
    "升级": ("flow.escalated", "flow.nobody_above"),
    "拜访": (
        "visit.started",
        "visit.arrived",
        "visit.finished",
        "visit.completed",
        "visit.cancelled",
        "visit.far",
    ),
    "客户": ("customer.created", "customer.alias", "customer.transferred", "stage.changed"),
    "档案": (
        "contact.changed",
        "contact.change_undone",
        "contact.edited",
        "competitor.moved",
        "competitor.move_undone",
        "policy.noted",
        "policy.undone",
    ),
    "人员": ("person.added", "person.changed", "person.linked", "leave.taken", "leave.cancelled", "preference.changed"),
    "修改": ("form.changed", "limit.changed", "calendar.changed", "digest.changed", "digest.group"),
    "规则": ("rule.fired", "rule.quiet_over", "rule.unreadable", "stall.quiet"),
    "导出": ("exported",),
    "故障": ("inbox.parked", "deadline.failed", "job.skipped", "audit.mended", "doctor.retried"),
    "拒绝": ("refused", "stranger"),
}
"""Words for kinds of events, as somebody asks for them."""


def sentence(kind: str, subject: str, payload: Mapping[str, Any]) -> str:
    """What happened. A kind without a sentence of its own is named as it is."""
    try:
        return say(f"trail.{kind}", subject=subject, p=payload)
    except UnknownText:
        return say("trail.other", kind=kind, subject=subject)


def trail_card(lines: Sequence[Line], about: str) -> Card:
    if not lines:
        return Card(title=say("trail.nothing", about=about))
    table = Table(columns=("时间", "谁", "做了什么"), rows=tuple(lines))
    return Card(title=say("trail.title", count=len(lines), about=about), blocks=(table,))
