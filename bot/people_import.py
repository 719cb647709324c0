"""Taking people over from an Excel file: what it would change, and doing it, all of it or nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot import directory as platforms
from bot import people_sheet
from bot.context import Context
from cards.texts import say
from rules.directory import Decisions, decide
from rules.listing import Conflict, Source
from storage import directory


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would change; with `problems`, each with its row, it changes nothing."""

    decided: Decisions
    problems: tuple[str, ...]
    rows: int


async def preview(ctx: Context, content: bytes) -> Preview:
    """Reads the file and decides; writes nothing."""
    apps: dict[str, str] = {}
    for platform, app in ((name, app) for name, apps in ctx.services.settings.platforms.items() for app in apps):
        apps.setdefault(platform, app)
    sheet = await asyncio.to_thread(people_sheet.read, content, apps)
    if sheet.problems:
        return Preview(Decisions(), sheet.problems, 0)
    decided = decide(await directory.known(ctx.tx), Source(sheet.rows))
    problems = sorted(((_first(one), one) for one in decided.conflicts), key=lambda pair: pair[0])
    return Preview(decided, tuple(_line(one) for _, one in problems), len(sheet.rows))


async def take_over(ctx: Context, found: Preview) -> None:
    """Writes what the preview says. Raises ValueError for one with problems."""
    if found.problems:
        raise ValueError("a sheet with problems is not imported")
    await platforms.take_over(ctx, found.decided, "Excel")


def conflict_words(conflict: Conflict) -> str:
    """What is the matter, and what to do."""
    return say("directory.conflict", trouble=conflict.trouble.value, who=list(conflict.who), about=conflict.about)


def _first(conflict: Conflict) -> int:
    return min((int(key) for key in conflict.keys), default=0)


def _line(conflict: Conflict) -> str:
    rows = "、".join(conflict.keys)
    words = conflict_words(conflict)
    return say("directory.row", row=rows, words=words) if rows else words
