"""Which group a digest goes to where the bot hears no group: one the settings name, or one it makes itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from bot import errands, groups
from bot.context import Context
from bot.errors import DeliveryError, Refused, RetryAfter
from bot.groups import Board
from bot.router import Router
from bot.services import Services
from cards.texts import say
from storage import people
from storage.tables import Group, Team

ERRAND = "make_group"
NEW = {"new", "建群"}
FEWEST = 2

router = Router("digest_groups")


@dataclass(frozen=True, slots=True)
class Made:
    board: Board | None = None
    problem: str = ""


async def group_meant(ctx: Context, words: list[str]) -> tuple[Group, list[str]]:
    """The group one is in, or the one named first; and the words after it. Raises Refused where there is neither."""
    if ctx.group is not None:
        return ctx.group, words
    known = groups.boards(ctx.services)
    named = [one for one in known if words and one.title == words[0]]
    if not named:
        can_make = bool(groups.makers(ctx.services))
        raise Refused(say("digest.in_group", boards=[one.title for one in known], can_make=can_make))
    return await groups.row_of(ctx.tx, named[0]), words[1:]


async def make(ctx: Context, name: str, team: Team) -> None:
    """Sends for a group of the team's people; the answer comes when it is made. Raises Refused."""
    for place in groups.makers(ctx.services):
        users = await groups.accounts(ctx.tx, team.id, ctx.actor, place)
        if len(users) >= FEWEST:
            break
    else:
        raise Refused(say("digest.too_few", team=team.name, can_make=bool(groups.makers(ctx.services))))
    wanted = {"place": place, "name": name or team.name, "users": users, "team": team.id, "by": ctx.actor.id}
    wanted["key"] = hashlib.sha256(f"{team.id}/{ctx.cause}".encode()).hexdigest()[:32]
    await errands.send(ctx, ERRAND, wanted, key=ctx.cause)
    await ctx.reply(say("digest.making", name=wanted["name"], count=len(users)))


async def fetch(services: Services, wanted: dict[str, Any]) -> Made:
    """Holds no transaction. A busy platform is asked again; what it refuses for good is told."""
    platform, app = wanted["place"]
    try:
        return Made(await groups.make(services, (platform, app), wanted["name"], wanted["users"], wanted["key"]))
    except RetryAfter:
        raise
    except DeliveryError as error:
        return Made(problem=str(error))


@router.errand(ERRAND, fetch=fetch)
async def made(ctx: Context, wanted: dict[str, Any], found: Made) -> None:
    """The group gets its digests from now on, and a first word, without which nobody sees it."""
    by, team = await people.person(ctx.tx, wanted["by"]), await people.team(ctx.tx, wanted["team"])
    assert by is not None and team is not None
    if found.board is None:
        await ctx.push(by, say("digest.not_made", name=wanted["name"], problem=found.problem), urgent=True)
        return
    group = await groups.row_of(ctx.tx, found.board)
    group.team_id = team.id
    await ctx.event("digest.group", ("team", team.id), {"group": group.title, "on": True})
    await ctx.post(group, say("digest.made_hello", team=team.name))
    await ctx.push(by, say("digest.made", name=group.title, team=team.name), urgent=True)
