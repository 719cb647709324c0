"""Slash commands: who may, help, an audit line for each that changes something."""

from __future__ import annotations

import shlex
import unicodedata

from rapidfuzz import process
from sqlalchemy.ext.asyncio import AsyncSession

from bot.context import Context
from bot.errors import Refused
from bot.router import Command, Who
from cards.texts import say
from storage import people
from storage.tables import Person

SUPERIOR_ROLES = ("manager", "director", "vp")


async def run(ctx: Context, text: str) -> None:
    """Runs a typed command. Raises Refused in words: unknown (with a suggestion), not allowed, wrong arguments."""
    name, words = split(text)
    known = ctx.services.routes.commands
    command = known.get(name)
    if command is None:
        likely = process.extractOne(name, list(known), score_cutoff=50)
        raise Refused(say("commands.unknown", name=name, likely=likely[0] if likely else ""))
    changing = bool(words) and words[0] in command.changes
    await _check(ctx, command, changing)
    await command.handler(ctx, words)
    if changing or command.who is Who.ADMINS:
        await ctx.event("command", ("person", ctx.actor.id), {"text": text.strip()})


def split(text: str) -> tuple[str, list[str]]:
    """The command's name and its words; quotes keep spaces together. Full-width slashes and spaces count."""
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        words = shlex.split(plain.replace("“", '"').replace("”", '"'))
    except ValueError:
        words = plain.split()
    return words[0].lstrip("/").lower(), words[1:]


async def allowed(tx: AsyncSession, person: Person, who: Who) -> bool:
    """Whether a person may use what is for these people."""
    if who is Who.EVERYBODY or person.admin:
        return True
    return who is Who.SUPERIORS and (person.role in SUPERIOR_ROLES or bool(await people.below(tx, person)))


async def _check(ctx: Context, command: Command, changing: bool) -> None:
    needed = Who.ADMINS if changing else command.who
    if not await allowed(ctx.tx, ctx.actor, needed):
        admins = "、".join(person.name for person in await people.admins(ctx.tx))
        raise Refused(say("commands.not_allowed", name=command.name, who=needed.value, admins=admins))


def usage(command: Command) -> str:
    """The command's help, for when its words are wrong."""
    return say("commands.usage", name=command.name, summary=command.summary, lines=command.usage)


def wrong(ctx: Context, name: str, reason: str = "") -> Refused:
    """What to raise when a command's words make no sense: the reason, then how it is used."""
    return Refused(f"{reason}\n{usage(ctx.services.routes.commands[name])}".strip())
