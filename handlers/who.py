"""/who: who is who and who stands above whom; admins set it."""

from __future__ import annotations

from bot.commands import wrong
from bot.context import Context
from bot.errors import Refused
from bot.router import Router
from cards import team as cards
from cards.texts import say
from handlers import directory
from handlers.team import member_of
from handlers.who_changes import PROPERTIES, change
from rules.listing import ROLES
from storage import people, team
from storage.tables import Identity, Person

router = Router("who")


@router.command(
    "who",
    "人员、角色和上级",
    "/who",
    "/who 李雷",
    "/who set 李雷 上级 王主管（还可以改 角色、团队、部门、职务、管理员、状态）",
    "/who add 张三 销售 王主管",
    "/who link 张三 编号（把聊天账号连到这个人）",
    "/who sync 飞书（从通讯录更新；不写平台就是全部）",
    changes=("set", "add", "link", "sync"),
)
async def command(ctx: Context, words: list[str]) -> None:
    verbs = {"set": set_property, "add": add, "link": link, "sync": directory.sync}
    if words and words[0].lower() in verbs:
        await verbs[words[0].lower()](ctx, words[1:])
    elif words:
        await show(ctx, await colleague(ctx, " ".join(words)))
    else:
        found = await people.everybody(ctx.tx)
        views = [await member_of(ctx, one) for one in found]
        await ctx.reply(cards.members_card(say("team.everybody", count=len(found)), views))


async def show(ctx: Context, person: Person, lead: str = "") -> None:
    below = [one.name for one in await people.below(ctx.tx, person) if one.superior_id == person.id]
    platforms = [say("me.platform", platform=one.platform) for one in await people.identities(ctx.tx, person.id)]
    await ctx.reply(cards.person_card(await member_of(ctx, person), list(dict.fromkeys(platforms)), below, lead))


async def colleague(ctx: Context, name: str) -> Person:
    """The one person of this name, those who have left too. Raises Refused in words."""
    found = await people.named(ctx.tx, name) or await team.called(ctx.tx, name)
    if len(found) == 1:
        return found[0]
    raise Refused(say("team.several" if found else "team.nobody", name=name, likely=[one.name for one in found]))


async def set_property(ctx: Context, words: list[str]) -> None:
    """/who set 李雷 上级 王主管."""
    if len(words) < 3:
        raise wrong(ctx, "who", say("team.set_usage"))
    if words[1] not in PROPERTIES:
        raise wrong(ctx, "who", say("team.unknown_property", word=words[1], known=list(PROPERTIES)))
    person = await colleague(ctx, words[0])
    before, after = await change(ctx, person, words[1], words[2:])
    if before == after:
        raise Refused(say("team.same", name=person.name, what=words[1], value=after or "空"))
    await ctx.tx.flush()
    await ctx.event("person.changed", ("person", person.id), {"what": words[1], "before": before, "after": after})
    await show(ctx, person, say("team.changed", what=words[1], before=before, after=after))


async def add(ctx: Context, words: list[str]) -> None:
    """/who add 张三 销售 王主管: in the superior's team."""
    if len(words) not in (2, 3):
        raise wrong(ctx, "who", say("team.add_usage"))
    if words[1] not in ROLES:
        raise Refused(say("team.unknown_role", word=words[1], known=list(ROLES)))
    same = await team.called(ctx.tx, words[0])
    if same:
        raise Refused(say("team.exists", name=words[0], left=not same[0].active))
    above = await colleague(ctx, words[2]) if len(words) == 3 else None
    role = ROLES[words[1]]
    person = await team.add_person(
        ctx.tx,
        Person(
            name=words[0],
            role=role,
            department=above.department if above else "",
            team_id=above.team_id if above else None,
            superior_id=above.id if above else None,
            admin=role == "admin",
            joined_at=ctx.now,
        ),
    )
    await ctx.event("person.added", ("person", person.id), {"name": person.name, "role": role})
    await show(ctx, person, say("team.added", name=person.name))


async def link(ctx: Context, words: list[str]) -> None:
    """/who link 张三 ou_1234: the account that wrote to the bot becomes this person's."""
    if len(words) != 2:
        raise wrong(ctx, "who", say("team.link_usage"))
    person = await colleague(ctx, words[0])
    heard = await team.stranger(ctx.tx, words[1])
    if heard is None or await people.by_identity(ctx.tx, heard.platform, heard.app, words[1]) is not None:
        raise Refused(say("team.not_seen", user=words[1]))
    identity = Identity(
        person_id=person.id, platform=heard.platform, app=heard.app, user=words[1], last_seen_at=heard.received_at
    )
    await team.add_identity(ctx.tx, identity)
    await ctx.event("person.linked", ("person", person.id), {"platform": heard.platform, "user": words[1]})
    await show(ctx, person, say("team.linked", name=person.name))
    await ctx.push(person, say("team.welcome", name=person.name), urgent=True)
