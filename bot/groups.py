"""Groups that are spoken to without being heard: named in a platform's settings, or made by the bot itself."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.platforms.base import Boards, MakesGroups
from bot.services import Services
from storage import people
from storage.tables import Group, Person

Place = tuple[str, str]
"""Platform and app."""


@dataclass(frozen=True, slots=True)
class Board:
    """A group by the name people know it by."""

    platform: str
    app: str
    chat: str
    title: str


def boards(services: Services) -> list[Board]:
    """Those the settings name."""
    return [
        Board(*place, chat, title)
        for place, platform in services.platforms.items()
        if isinstance(platform.client, Boards)
        for title, chat in platform.client.boards().items()
    ]


def makers(services: Services) -> list[Place]:
    """The apps that can make a group."""
    return [place for place, platform in services.platforms.items() if isinstance(platform.client, MakesGroups)]


async def make(services: Services, place: Place, name: str, users: list[str], key: str) -> Board:
    """A new group with these accounts in it; the same key makes no second one. Raises the typed errors of bot.errors."""
    client = services.platforms[place].client
    assert isinstance(client, MakesGroups), f"{place} makes no groups"
    return Board(*place, await client.make_group(name, users, key), name)


async def row_of(tx: AsyncSession, board: Board) -> Group:
    """The group as it is kept, which it is from now on."""
    kept = await people.group(tx, board.platform, board.app, board.chat)
    if kept is None:
        kept = Group(platform=board.platform, app=board.app, chat=board.chat, title=board.title, active=True)
        tx.add(kept)
        await tx.flush()
    return kept


async def accounts(tx: AsyncSession, team_id: int, also: Person, place: Place) -> list[str]:
    """A team's accounts on one app, each once, and that of somebody who may stand outside the team."""
    members = [also, *(one for one in await people.everybody(tx) if one.team_id == team_id and one.active)]
    entries = [entry for one in members for entry in await people.identities(tx, one.id)]
    return list(dict.fromkeys(entry.user for entry in entries if (entry.platform, entry.app) == place))
