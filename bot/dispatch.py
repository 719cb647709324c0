"""From a durable message to its handler, in one transaction with everything the handler decides."""

from __future__ import annotations

import hashlib
import json

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import commands, errands, presses
from bot.context import Context, Message
from bot.errors import Refused
from bot.intake import Intake
from bot.jobs import rearm
from bot.platforms.base import Inbound, Kind
from bot.services import Services
from cards.texts import say
from storage import inbox, people
from storage.tables import Deadline, Group, Inbox, Person

SPOKEN = (Kind.TEXT, Kind.VOICE, Kind.PHOTO, Kind.FILE, Kind.POSITION)

log = structlog.get_logger()


class Dispatcher:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._intake = Intake(services)

    async def handle(self, row: Inbox) -> None:
        """Handles one message: its effects and its being done are one transaction.

        A refusal (the person asked for what cannot be done) rolls back the effects; the message is done and the
        person is told why. Any other exception leaves the message where it was.
        """
        if row.platform == errands.PLATFORM:
            await self._run_errand(row)
            return
        inbound = Inbound.from_json(json.loads(row.payload))
        message = await self._intake.ready(inbound) if for_us(inbound) else Message(inbound.text)
        try:
            async with self._services.db.write() as tx:
                if await inbox.claim(tx, row.id, self._services.clock.now()):
                    await self._route(await self._context(tx, row, inbound, message))
        except Refused as refused:
            await self._refuse(row, inbound, message, refused)
        self._services.wake()

    async def _run_errand(self, row: Inbox) -> None:
        """Fetches first; what is made of it and the errand's being done are one transaction."""
        wanted = json.loads(row.payload)
        errand = self._services.routes.errands[row.app]
        fetched = await errand.fetch(self._services, wanted)
        async with self._services.db.write() as tx:
            if await inbox.claim(tx, row.id, self._services.clock.now()):
                await errand.handler(await self.context(tx, f"inbox:{row.id}"), wanted, fetched)
        self._services.wake()

    async def tell_parked(self, row: Inbox) -> None:
        """A message that cannot be handled: its sender and the admins are told in words; it is kept for a retry."""
        async with self._services.db.write() as tx:
            ctx = await self.context(tx, f"inbox:{row.id}")
            sender = row.app
            if row.platform != errands.PLATFORM:
                inbound = Inbound.from_json(json.loads(row.payload))
                ctx, sender = await self._context(tx, row, inbound, Message(inbound.text)), inbound.sender
                await ctx.reply(say("runtime.parked"))
            for admin in await people.admins(tx):
                words = say("runtime.parked_admin", id=row.id, sender=sender, error=row.error)
                await ctx.push(admin, words, urgent=True)
            await ctx.event("inbox.parked", ("inbox", row.id), {"error": row.error})
        self._services.wake()

    async def fire(self, tx: AsyncSession, deadline: Deadline) -> None:
        """Acts on a deadline, in the transaction that marks it fired."""
        handler = self._services.routes.deadlines.get(deadline.kind)
        if handler is None:
            raise LookupError(f"no handler for deadlines of kind {deadline.kind}")
        await handler(await self.context(tx, f"deadline:{deadline.id}"), deadline)

    async def gave_up(self, tx: AsyncSession, deadline: Deadline) -> None:
        ctx = await self.context(tx, f"deadline:{deadline.id}")
        for admin in await people.admins(tx):
            await ctx.push(
                admin,
                say("runtime.deadline_failed", id=deadline.id, kind=deadline.kind, error=deadline.error),
                urgent=True,
            )
        await ctx.event("deadline.failed", ("deadline", deadline.id), {"error": deadline.error})
        await rearm(ctx)

    async def context(self, tx: AsyncSession, cause: str, person: Person | None = None) -> Context:
        """A context without a message."""
        catalogue = await self._services.catalogues.load(tx)
        return Context(self._services, tx, self._services.clock.now(), catalogue, cause, person=person)

    async def _context(self, tx: AsyncSession, row: Inbox, inbound: Inbound, message: Message) -> Context:
        known = "" if inbound.outside else inbound.sender
        person = await people.by_identity(tx, inbound.platform, inbound.app, known)
        ctx = await self.context(tx, f"inbox:{row.id}", person)
        ctx.inbound, ctx.inbox_id, ctx.message = inbound, row.id, message
        if inbound.chat.kind == "group":
            ctx.group = await _group(ctx, inbound)
        if person is not None:
            await people.seen(tx, inbound.platform, inbound.app, inbound.sender, ctx.now)
        return ctx

    async def _refuse(self, row: Inbox, inbound: Inbound, message: Message, refused: Refused) -> None:
        async with self._services.db.write() as tx:
            if not await inbox.claim(tx, row.id, self._services.clock.now()):
                return
            ctx = await self._context(tx, row, inbound, message)
            await ctx.event("refused", ("inbox", row.id), {"text": refused.text})
            await ctx.reply(refused.text)

    async def _route(self, ctx: Context) -> None:
        inbound = ctx.inbound
        assert inbound is not None
        if not for_us(inbound) or await _told(ctx):
            return
        if ctx.person is None:
            await _stranger(ctx)
        elif not ctx.person.active:
            await ctx.reply(say("runtime.left"), key=_once_a_day(ctx))
        elif inbound.kind is Kind.PRESS:
            await presses.press(ctx)
        elif inbound.kind in (Kind.ENTERED, Kind.BOT_ADDED):
            await self._offer(ctx, str(inbound.kind))
        elif inbound.kind in SPOKEN:
            await self._said(ctx)
        else:
            await ctx.reply(_no_use(inbound))

    async def _offer(self, ctx: Context, kind: str) -> None:
        for handler in self._services.routes.events.get(f"chat.{kind}", ()):
            await handler(ctx, None)

    async def _said(self, ctx: Context) -> None:
        message = ctx.message
        assert message is not None
        if message.problem:
            raise Refused(message.problem)
        if message.text.lstrip().startswith(("/", "／")):
            await commands.run(ctx, message.text)
            return
        for said in self._services.routes.said:
            if await said.handler(ctx, message):
                return
        await ctx.reply(say("runtime.not_understood"))


def for_us(inbound: Inbound) -> bool:
    """False for what people say to each other in a group; an app may be allowed to see all of it."""
    talk = inbound.chat.kind == "group" and inbound.kind in (*SPOKEN, Kind.UNSUPPORTED)
    return inbound.mentioned or not talk


async def _told(ctx: Context) -> bool:
    """Takes in what the platform says of itself. False: there is somebody to answer."""
    assert ctx.inbound is not None
    match ctx.inbound.kind:
        case Kind.BOT_REMOVED if ctx.group is not None:
            ctx.group.active = False
        case Kind.RECALLED:
            await _recalled(ctx)
        case Kind.DIRECTORY | Kind.NOTICE as kind:
            await ctx.event(f"platform.{kind}", ("inbox", ctx.inbox_id), {"text": ctx.inbound.text})
        case kind:
            if kind is Kind.WITHHELD:
                await _tell_admins_of_quota(ctx)
            return False
    return True


def _no_use(inbound: Inbound) -> str:
    """To whoever sent what we do not understand, or what did not come through."""
    if inbound.kind is Kind.WITHHELD:
        return say("runtime.withheld", platform=say("me.platform", platform=inbound.platform))
    return say("runtime.unsupported")


async def _recalled(ctx: Context) -> None:
    """A message its sender took back: not handled any more if it still waits. What it led to already stays."""
    assert ctx.inbound is not None
    said = ctx.inbound.message_id
    withdrawn = await inbox.withdraw(ctx.tx, ctx.inbound.platform, ctx.inbound.app, said, ctx.now)
    what = {"text": ctx.inbound.text, "message": said, "withdrawn": withdrawn}
    await ctx.event("platform.recalled", ("inbox", ctx.inbox_id), what)


def _once_a_day(ctx: Context) -> str:
    """The key of an answer to somebody who only opened the chat, which some platforms say at every opening; else none."""
    assert ctx.inbound is not None
    if ctx.inbound.kind is not Kind.ENTERED:
        return ""
    who = f"{ctx.inbound.platform}:{ctx.inbound.app}:{ctx.inbound.sender}:{ctx.local(ctx.now).date().isoformat()}"
    return f"entered:{hashlib.sha256(who.encode()).hexdigest()[:40]}"


async def _group(ctx: Context, inbound: Inbound) -> Group:
    group = await people.group(ctx.tx, inbound.platform, inbound.app, inbound.chat.id)
    if group is None:
        team_id = ctx.person.team_id if ctx.person else None
        group = Group(
            platform=inbound.platform,
            app=inbound.app,
            chat=inbound.chat.id,
            title=inbound.chat.title,
            team_id=team_id,
            active=True,
        )
        ctx.tx.add(group)
        await ctx.tx.flush()
    if inbound.kind is not Kind.BOT_REMOVED:
        group.active = True
    group.title = inbound.chat.title or group.title
    return group


async def _stranger(ctx: Context) -> None:
    """Somebody whose account belongs to no person: told what to do; their message stays in the inbox's record."""
    assert ctx.inbound is not None
    if ctx.inbound.outside:
        if ctx.inbound.sender:
            await ctx.reply(say("runtime.outside"), key=_once_a_day(ctx))
        return
    if ctx.inbound.sender and (ctx.group is None or ctx.inbound.mentioned):
        await ctx.reply(say("runtime.stranger", user=ctx.inbound.sender), key=_once_a_day(ctx))
        await ctx.event(
            "stranger", ("inbox", ctx.inbox_id), {"user": ctx.inbound.sender, "platform": ctx.inbound.platform}
        )


async def _tell_admins_of_quota(ctx: Context) -> None:
    """Once a day for each app: until somebody acts, everything people say there is lost."""
    inbound = ctx.inbound
    assert inbound is not None
    who = ctx.person.name if ctx.person else inbound.sender
    words = say("runtime.withheld_admin", platform=say("me.platform", platform=inbound.platform), sender=who)
    day = ctx.local(ctx.now).date().isoformat()
    for admin in await people.admins(ctx.tx):
        key = f"withheld:{inbound.platform}:{inbound.app}:{admin.id}:{day}"
        await ctx.push(admin, words, urgent=True, key=key)
    await ctx.event("platform.withheld", ("inbox", ctx.inbox_id), {"platform": inbound.platform, "app": inbound.app})
