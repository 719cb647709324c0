"""/rule: rules are written, tried on what is there now, published, switched off and taken back, version by version."""

from __future__ import annotations

from datetime import timedelta

from bot.catalogue import change
from bot.commands import wrong
from bot.context import Context
from bot.errors import Refused
from bot.router import Router, Who
from cards import rules as cards
from cards.texts import say
from config.packs import RuleDef
from handlers.facts import as_of
from handlers.rule_actions import RECEIVERS
from handlers.rule_views import Live, lead_of, line_of, said_facts, shown_facts
from handlers.rules import arm, find, read
from rules.errors import RulesError
from rules.rendering import render, render_trigger
from rules.suggestion import suggestion
from storage import definitions, firings, people
from storage.tables import Definition

KIND, DRAFT = "rule", "rule_draft"
MONTH = timedelta(days=30)
SHORTEST, LONGEST = 2, 30

router = Router("rule_commands")


@router.command(
    "rule",
    "规则：查看、新写、试运行、发布、停用、撤销",
    "/rule list",
    "/rule show 停滞提醒",
    "/rule add 高潜客户流失预警 当 客户等级 = A 且 本月拜访次数 < 2 时 推送 高潜客户流失预警 给 主管",
    "/rule dry-run 高潜客户流失预警",
    "/rule publish 高潜客户流失预警",
    "/rule off 高潜客户流失预警",
    "/rule undo 高潜客户流失预警",
    who=Who.SUPERIORS,
    changes=("add", "dry-run", "publish", "off", "undo"),
)
async def command(ctx: Context, words: list[str]) -> None:
    verbs = {"add": add, "dry-run": dry_run, "publish": publish, "off": off, "undo": undo, "show": show}
    if not words or words[0] == "list":
        await show_list(ctx)
    elif words[0] in verbs and len(words) > 1:
        await verbs[words[0]](ctx, words[1:])
    else:
        raise wrong(ctx, "rule")


async def show_list(ctx: Context) -> None:
    """Every rule and draft, with how often it fired lately."""
    rules = {**await _drafts(ctx), **ctx.catalogue.rules}
    rows = [
        cards.Row(
            one.title, _state(ctx, one), await _when(ctx, one), await firings.of_rule(ctx.tx, name, ctx.now - MONTH)
        )
        for name, one in rules.items()
    ]
    await ctx.reply(cards.listed(rows))


async def show(ctx: Context, words: list[str]) -> None:
    rule = await _named(ctx, words[0])
    draft = (await _drafts(ctx)).get(rule.name)
    about, problem = "", ""
    try:
        about = (await _read(ctx, rule)).subject.name
    except RulesError as error:
        problem = str(error)
    lines = [
        say(
            "rules.fired",
            at=ctx.moment(row.at),
            line="，".join(f"{name} {value}" for name, value in firings.facts_of(row).items()),
        )
        for row in await firings.last_of(ctx.tx, rule.name)
    ]
    state, version = _state(ctx, rule), ctx.catalogue.version(KIND, rule.name)
    waiting = draft.sentence if draft is not None and draft != rule else ""
    await ctx.reply(
        cards.shown(cards.Shown(rule.title, rule.sentence, state, version, rule.again, about, problem, waiting, lines))
    )


async def add(ctx: Context, words: list[str]) -> None:
    """A draft: nothing is pushed before it is published, and what is in force stays in force."""
    if len(words) < 2:
        raise wrong(ctx, "rule")
    title, sentence = words[0], " ".join(words[1:])
    if not SHORTEST <= len(title) <= LONGEST:
        raise Refused(say("rules.taken", name=title))
    known = next((one for one in ctx.catalogue.rules.values() if title in (one.name, one.title)), None)
    given = known.model_dump() if known is not None else {"name": title, "title": title}
    draft = RuleDef.model_validate({**given, "sentence": sentence, "live": True})
    live = await _checked(ctx, draft)
    row = await _write(ctx, DRAFT, draft, "add")
    understood = say("rules.added_lead", sentence=render(live.rule))
    shown_ = cards.Shown(draft.title, understood, "draft", row.version, draft.again, live.subject.name)
    await ctx.reply(cards.shown(shown_))


async def dry_run(ctx: Context, words: list[str]) -> None:
    """How often it would fire now, and for whom. A whole sentence may be tried without a name."""
    named = len(words) == 1
    rule = await _newest(ctx, words[0]) if named else RuleDef(name="-", title="这句话", sentence=" ".join(words))
    live = await _checked(ctx, rule)
    found = await find(ctx, live)
    entries = []
    for hit in found.new:
        facts = said_facts(ctx, live, hit)
        entries.append(
            cards.Entry(line_of(live, hit), facts.get("负责人", ""), lead_of(live, facts), shown_facts(live, facts))
        )
    columns = [label for label, _ in entries[0].facts] if entries else []
    trial = cards.Trial(rule.title, render(live.rule), len(found.all), len(found.new), entries, columns, named)
    await ctx.reply(cards.tried(trial))


async def publish(ctx: Context, words: list[str]) -> None:
    """The draft is in force from now on; without one, a rule that was off is on again."""
    held, draft = ctx.catalogue.rules.get((await _named(ctx, words[0])).name), await _newest(ctx, words[0])
    if held is not None and held.live and held == draft:
        raise Refused(say("rules.no_draft", title=held.title))
    rule = draft.model_copy(update={"live": True})
    live = await _checked(ctx, rule)
    row = await _write(ctx, KIND, rule, "publish")
    await arm(ctx, Live(rule, live.rule, live.subject, live.at, row.version), ctx.now)
    await ctx.reply(cards.changed(rule.title, "live", row.version, say("rules.published_lead")))


async def off(ctx: Context, words: list[str]) -> None:
    rule = await _named(ctx, words[0])
    if not rule.live or rule.name not in ctx.catalogue.rules:
        raise Refused(say("rules.already_off", title=rule.title))
    row = await _write(ctx, KIND, rule.model_copy(update={"live": False}), "off")
    await ctx.reply(cards.changed(rule.title, "off", row.version, say("rules.off_lead")))


async def undo(ctx: Context, words: list[str]) -> None:
    """Back to the version before, as a version of its own; before the first is what the packs say."""
    rule = await _named(ctx, words[0])
    version = ctx.catalogue.version(KIND, rule.name)
    earlier = await definitions.version(ctx.tx, KIND, rule.name, version - 1)
    packed = ctx.catalogue.packs.rules.get(rule.name)
    if earlier is not None:
        before = RuleDef.model_validate(earlier.body)
    elif packed is not None and version == 1:
        before = packed
    elif version == 1:
        before = rule.model_copy(update={"live": False})
    else:
        raise Refused(say("rules.nothing_to_undo", title=rule.title))
    row = await _write(ctx, KIND, before, "undo")
    if before.live:
        live = await _checked(ctx, before)
        await arm(ctx, Live(before, live.rule, live.subject, live.at, row.version), ctx.now)
    lead = say("rules.undone_lead", before=version - 1, sentence=before.sentence)
    await ctx.reply(cards.changed(before.title, "live" if before.live else "off", row.version, lead))


async def _checked(ctx: Context, rule: RuleDef) -> Live:
    """The rule with every name in it checked. Raises Refused in the parser's words."""
    try:
        return await _read(ctx, rule)
    except RulesError as error:
        raise Refused(str(error)) from error


async def _read(ctx: Context, rule: RuleDef) -> Live:
    names = tuple(person.name for person in await people.everybody(ctx.tx))
    return read(ctx, rule, ctx.catalogue.version(KIND, rule.name), as_of(ctx), (*RECEIVERS, *names))


async def _drafts(ctx: Context) -> dict[str, RuleDef]:
    rows = await definitions.all_newest(ctx.tx, DRAFT)
    return {row.name: RuleDef.model_validate(row.body) for row in rows}


async def _named(ctx: Context, name: str) -> RuleDef:
    """The rule in force of this name or title, or a draft that was never published. Raises Refused with a suggestion."""
    known = {**await _drafts(ctx), **ctx.catalogue.rules}
    for one in known.values():
        if name in (one.name, one.title):
            return one
    raise Refused(say("rules.unknown", name=name, likely=suggestion(name, [one.title for one in known.values()])))


async def _newest(ctx: Context, name: str) -> RuleDef:
    """The draft of this name where one was written after what is in force, else what is in force."""
    rule = await _named(ctx, name)
    draft, held = await definitions.newest(ctx.tx, DRAFT, rule.name), await definitions.newest(ctx.tx, KIND, rule.name)
    if draft is None or (held is not None and held.id > draft.id):
        return rule
    return RuleDef.model_validate(draft.body)


async def _write(ctx: Context, kind: str, rule: RuleDef, note: str) -> Definition:
    body = rule.model_dump(mode="json")
    return await change(ctx.tx, kind, rule.name, body, by=ctx.actor.id, now=ctx.now, note=note)


def _state(ctx: Context, rule: RuleDef) -> str:
    if rule.name not in ctx.catalogue.rules:
        return "draft"
    return "live" if rule.live else "off"


async def _when(ctx: Context, rule: RuleDef) -> str:
    try:
        trigger = (await _read(ctx, rule)).rule.trigger
    except RulesError:
        return "—"
    return say("rules.trigger", trigger=render_trigger(trigger) if trigger is not None else "")
