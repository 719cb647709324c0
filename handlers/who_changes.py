"""What an admin may change of a person, and what must not be: circles of superiors, a company without an admin."""

from __future__ import annotations

from bot.context import Context
from bot.errors import Refused
from cards.texts import say
from rules.listing import ROLES
from storage import people
from storage.tables import Person, Team

NOTHING = ("无", "没有", "空")
NEW = "新建"
PROPERTIES = ("上级", "角色", "团队", "部门", "职务", "管理员", "状态")
STATES = {"在职": True, "启用": True, "离职": False, "停用": False}
ANSWERS = {"是": True, "on": True, "否": False, "off": False}

Change = tuple[str, str]
"""What stood there before and what stands there now, in words."""


async def change(ctx: Context, person: Person, what: str, words: list[str]) -> Change:
    """Changes one property. Raises Refused in words, with what is allowed."""
    changes = {"上级": _superior, "角色": _role, "团队": _team, "管理员": _admin, "状态": _state}
    if what in changes:
        return await changes[what](ctx, person, words)
    name = {"部门": "department", "职务": "title"}[what]
    before, after = getattr(person, name), "" if words[0] in NOTHING else " ".join(words)
    setattr(person, name, after)
    return before, after


async def _superior(ctx: Context, person: Person, words: list[str]) -> Change:
    before = await people.superior(ctx.tx, person)
    after = None if words[0] in NOTHING else await _one(ctx, " ".join(words))
    if after is not None:
        if after.id == person.id:
            raise Refused(say("team.self"))
        if person.id in {one.id for one in await people.superiors(ctx.tx, after)}:
            raise Refused(say("team.circle", name=person.name, superior=after.name))
    person.superior_id = after.id if after else None
    return before.name if before else "", after.name if after else ""


async def _role(ctx: Context, person: Person, words: list[str]) -> Change:
    if words[0] not in ROLES:
        raise Refused(say("team.unknown_role", word=words[0], known=list(ROLES)))
    before, person.role = say("roles.name", role=person.role), ROLES[words[0]]
    return before, say("roles.name", role=person.role)


async def _team(ctx: Context, person: Person, words: list[str]) -> Change:
    before = await people.team(ctx.tx, person.team_id)
    name, teams = " ".join(word for word in words if word != NEW), {one.name: one for one in await people.teams(ctx.tx)}
    if words[0] == NEW and name and name not in teams:
        teams[name] = Team(name=name)
        ctx.tx.add(teams[name])
        await ctx.tx.flush()
    if name not in teams and name not in NOTHING:
        raise Refused(say("team.unknown_team", word=name, known=list(teams), name=person.name))
    after = teams.get(name)
    person.team_id = after.id if after else None
    return before.name if before else "", after.name if after else ""


async def _admin(ctx: Context, person: Person, words: list[str]) -> Change:
    wish = ANSWERS.get(words[0].lower())
    if wish is None:
        raise Refused(say("team.yes_no"))
    if not wish:
        await _not_the_last_admin(ctx, person)
    before, person.admin = person.admin, wish
    return "是" if before else "否", "是" if wish else "否"


async def _state(ctx: Context, person: Person, words: list[str]) -> Change:
    wish = STATES.get(words[0])
    if wish is None:
        raise Refused(say("team.unknown_property", word=words[0], known=list(STATES)))
    below = [one.name for one in await people.below(ctx.tx, person) if one.superior_id == person.id]
    if not wish and below:
        raise Refused(say("team.has_people", name=person.name, below=below))
    if not wish:
        await _not_the_last_admin(ctx, person)
    before, person.active = person.active, wish
    return "在职" if before else "停用", "在职" if wish else "停用"


async def _not_the_last_admin(ctx: Context, person: Person) -> None:
    if [one.id for one in await people.admins(ctx.tx)] == [person.id]:
        raise Refused(say("team.last_admin", name=person.name))


async def _one(ctx: Context, name: str) -> Person:
    found = await people.named(ctx.tx, name)
    if len(found) != 1:
        raise Refused(say("team.several" if found else "team.nobody", name=name, likely=[one.name for one in found]))
    return found[0]
