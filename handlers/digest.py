"""/digest: when a team's digests come and to which groups; a superior sets it for their own teams."""

from __future__ import annotations

import re
import unicodedata
from datetime import time

from bot.catalogue import change
from bot.commands import wrong
from bot.context import Context
from bot.errors import Refused
from bot.jobs import pending
from bot.router import Router, Who
from cards import digest as cards
from cards.texts import say
from config.packs import JobDef
from handlers import digest_groups
from handlers.day import daily_digest
from handlers.timetable import live_at_once
from storage import people
from storage.tables import Team

DAILY, WEEKLY = "digest", "week"
WHICH = {"日报": DAILY, "周报": WEEKLY}
EARLIEST, LATEST = time(6), time(23)
CLOCK = re.compile(r"(\d{1,2})(?::|点)(\d{2})?分?")

router = Router("digest")


@router.command(
    "digest",
    "团队的群摘要：时间、开关、发到哪个群",
    "/digest show",
    "/digest time 18:45（周报：/digest time 周报 17:30）",
    "/digest on|off（周报：/digest off 周报）",
    "/digest now（现在发一次日报）",
    "/digest group（在群里发，摘要就发到那个群；/digest group off 停发）",
    "/digest group 群名（设置里起了名字的群，例如企业微信的群消息推送）",
    "/digest group new 群名（让跟进在企业微信建一个团队的群）",
    who=Who.SUPERIORS,
)
async def command(ctx: Context, words: list[str]) -> None:
    which, rest = _which(words[1:])
    match words[0].lower() if words else "show":
        case "show":
            await show(ctx, await team_meant(ctx, rest))
        case "time":
            await set_time(ctx, which, rest)
        case "on" | "off" as verb:
            await turn(ctx, which, rest, on=verb == "on")
        case "now":
            await now(ctx, await team_meant(ctx, rest))
        case "group":
            await bind(ctx, rest)
        case verb:
            raise wrong(ctx, "digest", say("digest.unknown", word=verb))


async def show(ctx: Context, team: Team, lead: str = "") -> None:
    """Both digests with their next moments, and the groups."""
    entries = []
    for name in (DAILY, WEEKLY):
        job = ctx.catalogue.packs.jobs[name]
        held = ctx.catalogue.job(name, team.id)
        entries.append(cards.Entry(job.title, _times(held or job), await _next(ctx, name, team), held is not None))
    groups = [group.title or group.chat for group in await people.groups_of(ctx.tx, team.id)]
    await ctx.reply(cards.digest_card(team.name, entries, groups, lead))


async def set_time(ctx: Context, name: str, words: list[str]) -> None:
    if not words:
        raise wrong(ctx, "digest")
    team, at = await team_meant(ctx, words[1:]), _clock(words[0])
    before = ctx.catalogue.setting_or(_setting(name, team), {})
    job, was = ctx.catalogue.packs.jobs[name], before.get("at", ctx.catalogue.packs.jobs[name].at)
    if was == at:
        raise Refused(say("digest.same", title=job.title, at=at))
    await _take_effect(ctx, name, team, {**before, "at": at}, say("digest.timed", title=job.title, at=at, before=was))


async def turn(ctx: Context, name: str, words: list[str], *, on: bool) -> None:
    team, job = await team_meant(ctx, words), ctx.catalogue.packs.jobs[name]
    before = ctx.catalogue.setting_or(_setting(name, team), {})
    if on is not bool(before.get("off")):
        raise Refused(say("digest.already", title=job.title, on=on))
    body = {key: value for key, value in before.items() if key != "off"}
    lead = say("digest.turned_on" if on else "digest.turned_off", title=job.title, at=body.get("at", job.at))
    await _take_effect(ctx, name, team, body if on else {**body, "off": True}, lead)


async def now(ctx: Context, team: Team) -> None:
    """The daily digest at once, to the team's groups."""
    groups = [group.title or group.chat for group in await people.groups_of(ctx.tx, team.id)]
    if not groups:
        raise Refused(say("digest.no_groups", team=team.name))
    await daily_digest(ctx, team.id)
    await ctx.reply(say("digest.sent", groups=groups))


async def bind(ctx: Context, words: list[str]) -> None:
    """In a group, or of one that is named: from now on the team's digests come there, or no longer."""
    verb = words[0].lower() if words else ""
    if verb in digest_groups.NEW and ctx.group is None:
        await digest_groups.make(ctx, "".join(words[1:2]), await team_meant(ctx, words[2:]))
        return
    off = verb == "off"
    group, rest = await digest_groups.group_meant(ctx, words[1:] if off else words)
    team = await team_meant(ctx, rest)
    if (group.team_id == team.id) is not off:
        raise Refused(say("digest.not_bound" if off else "digest.bound_already", team=team.name))
    group.team_id = None if off else team.id
    await ctx.event("digest.group", ("team", team.id), {"group": group.title, "on": not off})
    following = await _next(ctx, DAILY, team)
    elsewhere = "" if ctx.group is not None else group.title
    lead = "digest.bound_off" if off else "digest.bound"
    await ctx.reply(say(lead, team=team.name, following=following, group=elsewhere))


async def team_meant(ctx: Context, words: list[str]) -> Team:
    """The team named, or one's own. Raises Refused when it is not theirs to set."""
    mine = await _teams(ctx)
    if not mine:
        raise Refused(say("digest.no_team"))
    names = [team.name for team in mine]
    if words:
        found = [team for team in mine if team.name == " ".join(words)]
        if not found:
            raise Refused(say("digest.not_yours", team=" ".join(words), teams=names))
        return found[0]
    own = [team for team in mine if team.id == ctx.actor.team_id] or mine
    if len(own) > 1:
        raise Refused(say("digest.which_team", teams=names))
    return own[0]


async def _teams(ctx: Context) -> list[Team]:
    """Every team for an admin; for a superior their own and those of the people below."""
    teams = await people.teams(ctx.tx)
    if ctx.actor.admin:
        return teams
    ids = {one.team_id for one in (ctx.actor, *await people.below(ctx.tx, ctx.actor))}
    return [team for team in teams if team.id in ids]


async def _take_effect(ctx: Context, name: str, team: Team, body: dict[str, object], lead: str) -> None:
    note = ctx.message.text.strip() if ctx.message else ""
    await change(ctx.tx, "setting", _setting(name, team), body, by=ctx.actor.id, now=ctx.now, note=note)
    await ctx.event("digest.changed", ("team", team.id), {"text": lead})
    await show(await live_at_once(ctx), team, lead)


async def _next(ctx: Context, name: str, team: Team) -> str:
    for row in await pending(ctx.tx):
        if row.payload["job"] == name and row.payload.get("team") == team.id:
            return ctx.moment(row.at)
    return ""


def _which(words: list[str]) -> tuple[str, list[str]]:
    """Daily unless the weekly one is named."""
    named = [WHICH[word] for word in words if word in WHICH]
    return (named[0] if named else DAILY), [word for word in words if word not in WHICH]


def _clock(word: str) -> str:
    found = CLOCK.fullmatch(unicodedata.normalize("NFKC", word))
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if hour > 23 or minute > 59:
        raise Refused(say("digest.bad_time", word=word))
    if not EARLIEST <= time(hour, minute) <= LATEST:
        raise Refused(say("digest.odd_time", word=word))
    return f"{hour:02d}:{minute:02d}"


def _times(job: JobDef) -> str:
    if job.weekday:
        return say("digest.weekly", weekday=job.weekday, at=job.at)
    return say("digest.daily", at=job.at)


def _setting(name: str, team: Team) -> str:
    return f"job:{name}:{team.id}"
