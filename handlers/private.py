"""Answers that are for one person's eyes: asked in a group, they go to the private chat and the group is told so."""

from __future__ import annotations

from dataclasses import replace

from bot.context import Context
from cards.model import Card
from cards.texts import say


async def answer(ctx: Context, words: str | Card) -> None:
    """Answers the actor alone."""
    await aside(ctx).reply(words)
    if ctx.group is not None:
        await ctx.reply(say("help.private", name=ctx.actor.name))


def aside(ctx: Context) -> Context:
    """The same handling, as if it had been said in the private chat."""
    return replace(ctx, group=None)
