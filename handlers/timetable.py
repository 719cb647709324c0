"""Makes a change of times live at once: the pending jobs are set again from what now holds."""

from __future__ import annotations

from dataclasses import replace

from bot.catalogue import Catalogue, Catalogues
from bot.context import Context
from bot.jobs import KIND, rearm
from storage import deadlines


async def in_force(ctx: Context) -> Catalogue:
    """The catalogue with what this transaction has changed.

    Read anew and kept by nobody: should the transaction be undone, no cache remembers what never was.
    """
    fresh = Catalogues(ctx.services.catalogues.packs, ctx.services.settings.zone)
    return await fresh.load(ctx.tx)


async def live_at_once(ctx: Context, *, every_job: bool = False) -> Context:
    """Sets the jobs again; `every_job` also those whose own times stayed, because the calendar moved under them."""
    current = replace(ctx, catalogue=await in_force(ctx))
    if every_job:
        for row in await deadlines.open_of_kind(ctx.tx, KIND):
            if row.at > ctx.now:
                row.state = "cancelled"
        await ctx.tx.flush()
    await rearm(current)
    return current
