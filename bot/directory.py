"""The platforms' directories: asking them, and taking over what was decided, with an event for each change."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog

from bot.context import Context
from bot.errors import DeliveryError
from bot.platforms.base import DirectoryPerson
from bot.services import Services
from cards.texts import say
from rules.directory import WEB_CHAT, Decisions
from rules.listing import Known, Place, Row
from storage import directory

FETCH = 180.0
"""Seconds a platform has for its whole directory."""

MOST = 20_000
"""People taken from one app; a longer list is cut off nowhere but refused."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Listing:
    """What one app's directory shows, or why it could not be had, in words."""

    place: Place
    rows: tuple[Row, ...] = ()
    problem: str = ""


def places(services: Services) -> list[Place]:
    """The configured apps, in their order; the web chat has no directory of its own."""
    return [place for place in services.platforms if place[0] != WEB_CHAT]


async def listings(services: Services, wanted: list[Place]) -> list[Listing]:
    """All of them at once, in the order asked for. What fails is a problem in words."""
    return list(await asyncio.gather(*(_listing(services, place) for place in wanted)))


async def _listing(services: Services, place: Place) -> Listing:
    platform = services.platforms.get(place)
    if platform is None:
        return Listing(place, problem=say("directory.not_configured"))
    found: list[DirectoryPerson] = []
    try:
        async with asyncio.timeout(FETCH):
            async for person in platform.client.people():
                found.append(person)
                if len(found) > MOST:
                    return Listing(place, problem=say("directory.too_many", most=MOST))
    except TimeoutError:
        return Listing(place, problem=say("directory.slow", seconds=int(FETCH)))
    except DeliveryError as error:
        return Listing(place, problem=str(error))
    except Exception as error:
        # One platform's broken answer must not keep the others from being taken over.
        log.exception("directory", platform=place[0], app=place[1])
        return Listing(place, problem=say("directory.broken", error=f"{type(error).__name__}: {error}"))
    return Listing(place, tuple(_row(place, person) for person in found))


def _row(place: Place, person: DirectoryPerson) -> Row:
    return Row(
        key=person.user,
        name=person.name,
        mobile=person.mobile,
        email=person.email,
        title=person.title,
        department=person.departments[0] if person.departments else "",
        superior=person.superior,
        active=person.active,
        accounts=frozenset({(*place, person.user)}),
    )


async def take_over(ctx: Context, decided: Decisions, source: str) -> None:
    """Writes what was decided. `source` is its name, for the trail."""
    ids = await directory.apply(ctx.tx, decided, ctx.now)
    names = {one.id: one.name for one in await directory.known(ctx.tx)}
    for one in decided.new:
        added = {"name": one.name, "role": one.role, "source": source}
        await ctx.event("person.added", ("person", ids[one.id]), added)
    for change in decided.changed:
        for field in change.fields:
            before, after = (_words(one, field, names, ids) for one in (change.before, change.after))
            what = say("directory.field", field=field)
            trail = {"what": what, "before": before, "after": after, "source": source}
            await ctx.event("person.changed", ("person", change.after.id), trail)


def _words(person: Known, field: str, names: dict[int, str], ids: dict[int, int]) -> str:
    value: Any = getattr(person, field)
    match field:
        case "superior":
            return names.get(ids.get(value, value), "")
        case "accounts":
            return "、".join(sorted(say("me.platform", platform=platform) for platform, _, _ in value))
        case "role":
            return say("roles.name", role=value)
        case "active":
            return say("directory.state", active=value)
        case _:
            return str(value)
