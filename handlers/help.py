"""What one can do here: the list of commands, the menu of one's role, and the greeting."""

from __future__ import annotations

from dataclasses import replace

from rapidfuzz import process

from bot import commands
from bot.context import Context, Message
from bot.errors import Refused
from bot.router import Command, Router, Who
from cards import help as cards
from cards.help import RunCommand
from cards.model import Card
from cards.texts import say
from storage.tables import Event

HELP = {"帮助", "help", "怎么用", "使用说明", "全部用法", "?", "？"}
MENU = {"菜单", "menu", "常用"}

router = Router("help")


@router.command("help", "看全部命令，或一个命令的用法", "/help", "/help 命令名")
async def show(ctx: Context, words: list[str]) -> None:
    if words:
        await ctx.reply(await _usage(ctx, words[0].lstrip("/／").lower()))
        return
    usable = [command for command in ctx.services.routes.commands.values() if await _may(ctx, command)]
    await ctx.reply(cards.commands_card([(command.name, command.summary) for command in usable]))


@router.says(rank=10)
async def in_words(ctx: Context, message: Message) -> bool:
    """帮助 and 菜单, said plainly."""
    said = message.text.strip().rstrip("。！!").lower()
    if said in HELP:
        await show(ctx, [])
    elif said in MENU:
        await ctx.reply(_menu(ctx, greeting=False))
    return said in HELP or said in MENU


@router.on("chat.entered")
async def greet(ctx: Context, event: Event | None) -> None:
    """The menu, when somebody opens the chat; once a day, because some platforms say so at every opening."""
    if ctx.group is None:
        today = ctx.local(ctx.now).date()
        await ctx.push(
            ctx.actor, _menu(ctx, greeting=True), urgent=True, key=f"greeting:{ctx.actor.id}:{today.isoformat()}"
        )


@router.on("chat.bot_added")
async def greet_group(ctx: Context, event: Event | None) -> None:
    if ctx.group is not None:
        await ctx.reply(say("help.group"))


@router.pressed(RunCommand)
async def run(ctx: Context, press: RunCommand) -> None:
    """A menu's button: the command as if it had been typed, with the same checks. The menu stays as it is."""
    await commands.run(replace(ctx, card=None), press.text)


def _menu(ctx: Context, *, greeting: bool) -> Card:
    return cards.menu_card(ctx.actor.name, ctx.actor.role, set(ctx.services.routes.commands), greeting=greeting)


async def _usage(ctx: Context, name: str) -> str:
    """The forms of a command this person may use. Raises Refused with a suggestion when there is no such command."""
    known = ctx.services.routes.commands
    command = known.get(name)
    if command is None:
        likely = process.extractOne(name, list(known), score_cutoff=50)
        raise Refused(say("commands.unknown", name=name, likely=likely[0] if likely else ""))
    if await commands.allowed(ctx.tx, ctx.actor, Who.ADMINS):
        return commands.usage(command)
    lines = tuple(line for line in command.usage if not _changing(command, line))
    return commands.usage(replace(command, usage=lines))


def _changing(command: Command, line: str) -> bool:
    words = line.split()
    return len(words) > 1 and any(words[1].split("|")[0] == change for change in command.changes)


async def _may(ctx: Context, command: Command) -> bool:
    return await commands.allowed(ctx.tx, ctx.actor, command.who)
