"""/doctor: is everything running, what has stopped, and putting it back in line."""

from __future__ import annotations

import asyncio

from bot.commands import wrong
from bot.context import Context
from bot.router import Router, Who
from cards import doctor as cards
from cards.doctor import Line
from cards.texts import say
from handlers import private
from handlers.doctor_lines import of_backlog, of_leases, of_machine, of_platform
from storage import doctor, leases, people
from storage.tables import Event

router = Router("doctor")


@router.command(
    "doctor",
    "运行状况，重试没成功的",
    "/doctor",
    "/doctor retry（把没成功的消息、推送、到点的事放回去重做）",
    who=Who.ADMINS,
)
async def command(ctx: Context, words: list[str]) -> None:
    match [word.lower() for word in words]:
        case []:
            await examine(ctx)
        case ["retry"]:
            await retry(ctx)
        case _:
            raise wrong(ctx, "doctor", say("doctor.usage", word=words[0]))


@router.on("platform.notice")
async def tell_admins(ctx: Context, event: Event) -> None:
    """What a platform says about the app itself: who can act on it hears it at once."""
    assert ctx.inbound is not None
    place = say("doctor.platform", name=say("me.platform", platform=ctx.inbound.platform), app=ctx.inbound.app)
    for admin in await people.admins(ctx.tx):
        await ctx.push(admin, say("doctor.notice", place=place, words=event.payload["text"]), urgent=True)


async def examine(ctx: Context) -> None:
    """Looks at everything and says what is wrong first."""
    lines, stuck = await findings(ctx)
    await private.answer(ctx, cards.doctor_card(lines, stuck=stuck))


async def findings(ctx: Context) -> tuple[list[Line], int]:
    """Every line, in chat and at the command line alike, and how many things a retry would put back in line."""
    backlog = await doctor.backlog(ctx.tx, ctx.now)
    delivered = await doctor.last_deliveries(ctx.tx)
    seen = [of_platform(ctx, place, delivered) for place in ctx.services.platforms]
    platforms = [line for lines in await asyncio.gather(*seen) for line in lines]
    holders = of_leases(ctx, await leases.all_held(ctx.tx, ctx.now))
    stuck = backlog.parked + backlog.failed_pushes + backlog.failed_deadlines
    return [*await of_machine(ctx), *of_backlog(backlog), *holders, *platforms], stuck


async def retry(ctx: Context) -> None:
    """Everything that has stopped goes back in line, and its mailboxes are woken."""
    retried = await doctor.retry(ctx.tx, ctx.now)
    counts = {"messages": len(retried.mailboxes), "pushes": retried.pushes, "deadlines": retried.deadlines}
    await ctx.event("doctor.retried", ("runtime", None), counts)
    await private.answer(ctx, say("doctor.retried", **counts))
    for mailbox in retried.mailboxes:
        ctx.services.wake_mailbox(mailbox)
