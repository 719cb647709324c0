"""Changes to the clocks of a flow: a step's limit and its reminders. Each gives the flow's next version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rules.calendar import BusinessCalendar
from rules.durations import Limit
from rules.errors import RulesError
from rules.flow_definition import FlowDef, StepDef

LONGEST_DAYS = 60


class BadLimit(RulesError):
    """A limit that is no limit, or reminders that do not fit in it."""


def clocked(flow: FlowDef) -> tuple[StepDef, ...]:
    """The steps that have a limit."""
    return tuple(step for step in flow.steps if step.limit is not None)


def with_limit(flow: FlowDef, step_name: str, limit: Limit, calendar: BusinessCalendar) -> FlowDef:
    """The flow in which this step has that limit; its ladder starts from the new due moment.

    Raises:
        BadLimit: nothing would change, it is longer than 60 days, or a reminder would come before the beginning.
    """
    step = flow.step(step_name)
    if step.limit == limit:
        raise BadLimit(f"「{step.title}」的时限本来就是 {limit}，没有改动")
    if limit.duration(calendar).days >= LONGEST_DAYS:
        raise BadLimit(f"时限最长 {LONGEST_DAYS} 天，{limit} 太长，没有改动")
    changed = replace(step, limit=limit)
    _check(changed, calendar)
    return _with(flow, changed)


def with_reminders(flow: FlowDef, step_name: str, reminders: Sequence[Limit], calendar: BusinessCalendar) -> FlowDef:
    """The flow in which this step reminds that long before it is due; none for no reminders.

    Raises:
        BadLimit: the step has no limit, nothing would change, or a reminder would come before the beginning.
    """
    step = flow.step(step_name)
    if step.limit is None:
        raise BadLimit(f"「{step.title}」没有时限，不用提醒；先用 /sla set 给它时限")
    ordered = tuple(sorted(reminders, key=lambda limit: limit.duration(calendar), reverse=True))
    if step.reminders == ordered:
        raise BadLimit(f"「{step.title}」的提醒本来就是这样，没有改动")
    changed = replace(step, reminders=ordered)
    _check(changed, calendar)
    return _with(flow, changed)


def _check(step: StepDef, calendar: BusinessCalendar) -> None:
    for reminder in step.reminders:
        if step.limit is not None and reminder.duration(calendar) >= step.limit.duration(calendar):
            example = f"/sla set 流程 {step.title} 提醒 30分钟工作时间"
            raise BadLimit(f"时限 {step.limit} 不比提前 {reminder} 的提醒长，没有改动；先改提醒，例如 {example}")


def _with(flow: FlowDef, changed: StepDef) -> FlowDef:
    steps = tuple(changed if step.name == changed.name else step for step in flow.steps)
    return replace(flow, version=flow.version + 1, steps=steps)
