"""/me: who I am to the bot, what I have chosen, and my leave."""

from __future__ import annotations

from bot.commands import wrong
from bot.context import Context
from bot.router import Router
from cards import me as cards
from cards.texts import say
from handlers import leave, private
from storage import people

AUTOFILE = "autofile"
"""The preference {"on": bool}: drafts with nothing unsure are filed without a nod."""

router = Router("me")


@router.command(
    "me",
    "我的资料、偏好和请假",
    "/me",
    "/me autofile on|off（听得清楚的推进不用确认，直接记下）",
    "/me leave 3月20日 3月22日 代理 韩梅",
    "/me leave cancel",
)
async def command(ctx: Context, words: list[str]) -> None:
    match [word.lower() for word in words]:
        case []:
            await private.answer(ctx, cards.me_card(await _seen(ctx)))
        case ["autofile", ("on" | "off") as wish]:
            await _autofile(ctx, wish == "on")
        case ["autofile"]:
            raise wrong(ctx, "me", say("me.autofile_which"))
        case ["leave", "cancel" | "取消"]:
            await leave.cancel(ctx)
        case ["leave", *_]:
            await leave.take(ctx, words[1:])
        case _:
            raise wrong(ctx, "me", say("me.unknown", word=words[0]))


async def _autofile(ctx: Context, on: bool) -> None:
    await people.prefer(ctx.tx, ctx.actor.id, AUTOFILE, {"on": on})
    await ctx.event("preference.changed", ("person", ctx.actor.id), {"autofile": on})
    await ctx.reply(say("me.autofile", on=on))


async def _seen(ctx: Context) -> cards.Me:
    """Everything the bot knows of the actor that they may want to check."""
    me, today = ctx.actor, ctx.local(ctx.now).date()
    team = await people.team(ctx.tx, me.team_id)
    above = await people.superior(ctx.tx, me)
    away = []
    for row in await people.leaves(ctx.tx, me.id, today):
        stand_in = await people.person(ctx.tx, row.substitute_id) if row.substitute_id else None
        away.append(say("me.leave", days=leave.span(ctx, row), substitute=stand_in.name if stand_in else ""))
    return cards.Me(
        name=me.name,
        role=say("roles.name", role=me.role),
        title=me.title,
        department=me.department,
        team=team.name if team else "",
        superior=above.name if above else "",
        platforms=[say("me.platform", platform=one.platform) for one in await people.identities(ctx.tx, me.id)],
        leave=away,
        autofile=bool((await people.preference(ctx.tx, me.id, AUTOFILE)).get("on")),
        admin=me.admin,
    )
