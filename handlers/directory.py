"""/who sync and what follows when a platform says that people changed; people from an Excel file sent in chat."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot import directory as platforms
from bot import errands, people_import, people_sheet
from bot.context import Context, Message
from bot.directory import Listing
from bot.errors import NotYours, Refused
from bot.people_import import Preview, conflict_words
from bot.router import Router
from bot.services import Services
from cards import directory as cards
from cards.directory import ImportPeople
from cards.texts import say
from handlers import private
from rules.directory import Change, Decisions, decide
from rules.listing import Place, Source
from storage import directory, events, people
from storage.deadlines import Alarm
from storage.tables import Deadline, Event

ERRAND = "directory"
CHANGED = "directory.changed"
PAUSE = timedelta(minutes=10)
"""Between two looks at a directory that says by itself that it changed: changes come in bursts."""

SHEET = re.compile(r"人员.*\.xlsx", re.IGNORECASE)
SHEET_BYTES = 5 << 20
REMEMBERED = 50
"""Takings-over looked back on for the conflicts an app's directory had last."""

router = Router("directory")


async def sync(ctx: Context, words: list[str]) -> None:
    """/who sync 飞书: asks the platforms, and answers when they have."""
    wanted = _meant(ctx, words)
    errand = {"places": wanted, "by": ctx.actor.id}
    await errands.send(ctx, ERRAND, errand, key=ctx.cause)
    names = list(dict.fromkeys(_name(place) for place in wanted))
    await private.answer(ctx, say("directory.started", platforms=names))


@router.job("sync_directory")
async def nightly(ctx: Context, occurrence: Deadline) -> None:
    wanted = platforms.places(ctx.services)
    if wanted:
        await errands.send(ctx, ERRAND, {"places": wanted, "by": None}, key=ctx.cause)


@router.on("platform.directory")
async def changed(ctx: Context, event: Event) -> None:
    """A platform says that people changed: once now, and what comes meanwhile once later."""
    assert ctx.inbound is not None
    place = (ctx.inbound.platform, ctx.inbound.app)
    prefix = f"{CHANGED}:{place[0]}:{place[1]}:"
    last = await directory.newest_alarm(ctx.tx, prefix)
    if last is not None and last.state == "open":
        return
    at = max(ctx.now, last.at + PAUSE) if last is not None else ctx.now
    await ctx.alarm(Alarm(key=f"{prefix}{at.isoformat()}", kind=CHANGED, at=at, payload={"place": list(place)}))


@router.due(CHANGED)
async def look(ctx: Context, deadline: Deadline) -> None:
    await errands.send(ctx, ERRAND, {"places": [deadline.payload["place"]], "by": None}, key=ctx.cause)


async def fetch(services: Services, errand: dict[str, Any]) -> list[Listing]:
    """Holds no transaction."""
    return await platforms.listings(services, [(platform, app) for platform, app in errand["places"]])


@router.errand(ERRAND, fetch=fetch)
async def take_over(ctx: Context, errand: dict[str, Any], listings: list[Listing]) -> None:
    """One after another, so that the second platform finds whom the first one brought."""
    by = await people.person(ctx.tx, errand["by"]) if errand["by"] else None
    ctx = ctx.acting(by) if by is not None else ctx
    ranks = tuple(platforms.places(ctx.services))
    decided = [await _one(ctx, listing, ranks) for listing in listings]
    if by is not None:
        outcomes = [_outcome(listing, one) for listing, (one, _) in zip(listings, decided, strict=True)]
        source = say("directory.source", names=list(dict.fromkeys(_name(one.place) for one in listings)))
        await ctx.push(by, cards.outcome_card(source, _together(outcomes)), urgent=True)
        return
    fresh = [words for _, conflicts in decided for words in conflicts]
    for admin in await people.admins(ctx.tx) if fresh else ():
        await ctx.push(admin, cards.conflicts_card(fresh))


async def _one(ctx: Context, listing: Listing, ranks: tuple[Place, ...]) -> tuple[Decisions, list[str]]:
    """Takes one listing over; gives the decisions, and the conflicts it did not have the last time."""
    known = await directory.known(ctx.tx)
    decided = decide(known, Source(listing.rows, listing.place, ranks))
    told = await _told(ctx, listing.place)
    conflicts = [conflict_words(one) for one in decided.conflicts]
    await platforms.take_over(ctx, decided, _name(listing.place))
    for change in decided.left:
        await _tell_superior(ctx, change, _name(listing.place))
    if not listing.problem:
        counts = {"new": len(decided.new), "changed": len(decided.changed), "left": len(decided.left)}
        place = list(listing.place)
        await ctx.event("directory.synced", ("runtime", None), {"place": place, "conflicts": conflicts, **counts})
    return decided, [words for words in conflicts if words not in told]


async def _told(ctx: Context, place: Place) -> list[str]:
    for event in await events.newest(ctx.tx, limit=REMEMBERED, kinds=("directory.synced",)):
        if event.payload["place"] == list(place):
            return list(event.payload["conflicts"])
    return []


async def _tell_superior(ctx: Context, change: Change, source: str) -> None:
    """What somebody who left had open, for whoever stands above them now, or else the admins."""
    left = await directory.left_open(ctx.tx, change.after.id)
    person = await people.person(ctx.tx, change.after.id)
    if not left or person is None:
        return
    card = cards.left_card(person.name, source, left.waiting, left.tasks, left.customers)
    above = [one for one in await people.superiors(ctx.tx, person) if one.active][:1]
    for concerned in above or await people.admins(ctx.tx):
        await ctx.push(concerned, card, thread=f"left:{person.id}")


def _outcome(listing: Listing, decided: Decisions) -> cards.Outcome:
    name = _name(listing.place)
    problem = say("directory.failed", name=name, problem=listing.problem) if listing.problem else ""
    nobody = say("directory.nobody", name=name) if not listing.rows and not problem else ""
    return replace(_changes(decided), failures=[words for words in (problem, nobody) if words])


def _changes(decided: Decisions) -> cards.Outcome:
    kept = [change for change in decided.changed if not change.left]
    return cards.Outcome(
        new=[one.name for one in decided.new],
        changed=[_change_words(change) for change in kept],
        left=[change.after.name for change in decided.left],
        conflicts=[conflict_words(one) for one in decided.conflicts],
        roleless=[one.name for one in decided.new if one.role == "member"],
    )


def _together(outcomes: list[cards.Outcome]) -> cards.Outcome:
    names = ("new", "changed", "left", "conflicts", "failures", "roleless")
    return cards.Outcome(
        **{name: list(dict.fromkeys(word for one in outcomes for word in getattr(one, name))) for name in names}
    )


def _change_words(change: Change) -> str:
    fields = [say("directory.field", field=field) for field in change.fields]
    return say("directory.changed_one", name=change.after.name, fields=fields)


def _name(place: Place) -> str:
    return say("me.platform", platform=place[0])


def _meant(ctx: Context, words: list[str]) -> list[Place]:
    """The apps of the platform named, or all. Raises Refused in words."""
    known = platforms.places(ctx.services)
    if not known:
        raise Refused(say("directory.no_platform"))
    wanted = [place for place in known if not words or words[0].lower() in (_name(place), place[0])]
    if not wanted or len(words) > 1:
        names = list(dict.fromkeys(_name(place) for place in known))
        raise Refused(say("directory.unknown_platform", word=" ".join(words), known=names))
    return wanted


# An Excel file in the chat


@router.says(rank=5)
async def sheet(ctx: Context, message: Message) -> bool:
    """A file named 人员*.xlsx from an admin: what it would change, and a button."""
    found = [one for one in message.attachments if one.kind == "file" and SHEET.fullmatch(one.name)]
    if not found or not ctx.actor.admin:
        return False
    preview = await _preview(ctx, found[0].sha256)
    imports = ImportPeople(sha256=found[0].sha256, file=found[0].name)
    outcome = replace(_changes(preview.decided), conflicts=list(preview.problems))
    await private.answer(ctx, cards.preview_card(found[0].name, preview.rows, outcome, imports))
    return True


@router.pressed(ImportPeople)
async def take_sheet(ctx: Context, press: ImportPeople) -> None:
    """Decides again: people may have changed since the preview."""
    if not ctx.actor.admin:
        raise NotYours("人员名单")
    preview = await _preview(ctx, press.sha256)
    if preview.problems:
        raise Refused(say("directory.stale", problem=preview.problems[0]))
    await people_import.take_over(ctx, preview)
    card = cards.imported_card(press.file, ctx.actor.name, _changes(preview.decided))
    if ctx.card is not None:
        await ctx.redraw(ctx.card, card, close=True)
    else:
        await private.answer(ctx, card)


async def _preview(ctx: Context, sha256: str) -> Preview:
    content = await ctx.services.attachments.get(sha256)
    if len(content) > SHEET_BYTES:
        raise Refused(say("directory.long_sheet", most=people_sheet.MOST))
    return await people_import.preview(ctx, content)
