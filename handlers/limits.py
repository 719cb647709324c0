"""/sla and /stall: how long things may take. What is changed holds for new clocks; running ones keep theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.catalogue import change
from bot.commands import wrong
from bot.context import Context
from bot.errors import Refused
from bot.router import Router
from cards import limits as cards
from cards.texts import say
from rules.durations import Limit, compact, parse_duration, parse_limit
from rules.errors import RulesError
from rules.flow_definition import FlowDef, Rung, StepDef
from rules.limits import clocked, with_limit, with_reminders
from storage import clocks

DEFAULT = "default"
"""The key of the limit for stages without their own."""

SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=60)
REMIND = ("提醒", "提前提醒")
NONE = ("无", "没有", "不提醒")

router = Router("limits")


@router.command(
    "sla",
    "流程各步骤的时限和提醒",
    "/sla show",
    "/sla set 支持请求 6小时工作时间（流程有几步时写上步骤名）",
    "/sla set 支持请求 提醒 1小时工作时间（不提醒写 无）",
    changes=("set",),
)
async def sla(ctx: Context, words: list[str]) -> None:
    match words:
        case [] | ["show"]:
            await ctx.reply(cards.limits_card(_clocks(list(ctx.catalogue.flows.values()))))
        case ["show", name]:
            await ctx.reply(cards.limits_card(_clocks([ctx.catalogue.flow(name)])))
        case ["set", *rest]:
            await set_limit(ctx, rest)
        case _:
            raise wrong(ctx, "sla", say("limits.unknown", word=" ".join(words)))


async def set_limit(ctx: Context, words: list[str]) -> None:
    """The limit of a step, or how long before it is due somebody is reminded."""
    if len(words) < 2:
        raise wrong(ctx, "sla", say("limits.set_usage"))
    flow = ctx.catalogue.flow(words[0])
    step, rest = _step(flow, words[1:])
    if not rest:
        raise wrong(ctx, "sla", say("limits.set_usage"))
    reminding = rest[0] in REMIND
    try:
        changed = _reminded(ctx, flow, step, rest[1:]) if reminding else _limited(ctx, flow, step, "".join(rest))
    except RulesError as error:
        raise Refused(str(error)) from error
    await change(ctx.tx, "flow", flow.name, changed.to_dict(), by=ctx.actor.id, now=ctx.now, note=" ".join(words))
    before, after = (_said(one.step(step.name), reminding) for one in (flow, changed))
    running = await clocks.running(ctx.tx, flow.name, step.name)
    what = "提醒" if reminding else "时限"
    values = {"what": what, "before": before, "after": after, "running": running}
    lead = say("limits.changed", flow=flow.title, step=step.title, **values)
    await ctx.event("limit.changed", ("flow", None), {"text": lead})
    await ctx.reply(cards.limits_card(_clocks([changed]), lead))


@router.command(
    "stall",
    "商机各阶段多久没联系算停滞",
    "/stall show",
    "/stall set 方案演示 48小时（其他阶段：/stall set 默认 72小时）",
    changes=("set",),
)
async def stall(ctx: Context, words: list[str]) -> None:
    match words:
        case [] | ["show"]:
            await ctx.reply(cards.stall_card(_stages(ctx, ctx.catalogue.setting("stall"))))
        case ["set", stage, *limit] if limit:
            await set_stall(ctx, stage, "".join(limit))
        case ["set", *_]:
            raise wrong(ctx, "stall", say("limits.stall_usage"))
        case _:
            raise wrong(ctx, "stall", say("limits.unknown", word=" ".join(words)))


async def set_stall(ctx: Context, stage: str, words: str) -> None:
    stages = ctx.catalogue.setting("stages")
    key = DEFAULT if stage in ("默认", "其他", DEFAULT) else stage
    if key != DEFAULT and key not in stages:
        raise Refused(say("limits.stall_stage", word=stage, stages=stages))
    try:
        limit = parse_duration(words)
    except RulesError as error:
        raise Refused(str(error)) from error
    after, setting = compact(limit), dict(ctx.catalogue.setting("stall"))
    if not SHORTEST <= limit <= LONGEST:
        raise Refused(say("limits.stall_short", limit=after))
    before = setting.get(key, setting[DEFAULT])
    named = say("limits.stall_default") if key == DEFAULT else key
    if setting.get(key) is not None and parse_duration(setting[key]) == limit:
        raise Refused(say("limits.stall_same", stage=named, limit=before))
    setting[key] = after
    await change(ctx.tx, "setting", "stall", setting, by=ctx.actor.id, now=ctx.now, note=f"{stage} {words}")
    lead = say("limits.stall_changed", stage=named, before=before, after=after)
    await ctx.event("limit.changed", ("setting", None), {"text": lead})
    await ctx.reply(cards.stall_card(_stages(ctx, setting), lead))


def _stages(ctx: Context, setting: dict[str, str]) -> list[tuple[str, str]]:
    own = [(stage, setting[stage]) for stage in ctx.catalogue.setting("stages") if stage in setting]
    return [*own, (say("limits.stall_default"), setting[DEFAULT])]


def _clocks(flows: Sequence[FlowDef]) -> list[cards.Clock]:
    return [
        cards.Clock(
            flow=flow.title,
            step=step.title,
            owner="、".join(say("limits.owner", expression=one) for one in step.owners),
            limit=str(step.limit),
            reminders="、".join(str(one) for one in step.reminders),
            ladder="；".join(_rung(rung) for rung in step.ladder),
        )
        for flow in flows
        for step in clocked(flow)
    ]


def _rung(rung: Rung) -> str:
    after = "" if rung.after == Limit() else str(rung.after)
    return say("limits.rung", after=after, to=say("limits.owner", expression=rung.to))


def _step(flow: FlowDef, words: list[str]) -> tuple[StepDef, list[str]]:
    """The step that is named, or the only one with a limit; and the words behind it."""
    named = [step for step in flow.steps if words[0] in (step.name, step.title)]
    if named:
        return named[0], words[1:]
    steps = clocked(flow)
    if not steps:
        raise Refused(say("limits.no_clock", flow=flow.title))
    if len(steps) > 1:
        raise Refused(say("limits.which_step", flow=flow.title, steps=[step.title for step in steps]))
    return steps[0], words


def _limited(ctx: Context, flow: FlowDef, step: StepDef, words: str) -> FlowDef:
    return with_limit(flow, step.name, parse_limit(words), ctx.calendar)


def _reminded(ctx: Context, flow: FlowDef, step: StepDef, words: list[str]) -> FlowDef:
    limits = [parse_limit(word) for word in words if word not in NONE]
    if not words:
        raise wrong(ctx, "sla", say("limits.set_usage"))
    return with_reminders(flow, step.name, limits, ctx.calendar)


def _said(step: StepDef, reminding: bool) -> str:
    return "、".join(str(one) for one in step.reminders) if reminding else str(step.limit or "")
