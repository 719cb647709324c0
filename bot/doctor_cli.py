"""`genjin doctor`: the lines of /doctor at the command line, also while nothing runs."""

from __future__ import annotations

from bot.app import build
from bot.platforms.registry import looked_at
from cards.doctor import Line
from cards.texts import say
from config.settings import Settings
from storage import migrating
from storage.database import Database

MARKS = {"fail": "✗", "warn": "!", "ok": "✓"}


async def report(settings: Settings) -> tuple[list[str], bool]:
    """The lines to print, what is wrong first, and whether nothing fails."""
    settings.data.mkdir(parents=True, exist_ok=True)
    db = Database(settings.database_url)
    here, newest = await migrating.version(db)
    if here != newest:
        await db.close()
        kind = "SQLite" if db.is_sqlite else "PostgreSQL"
        words = say("doctor.database_old", kind=kind, here=here, newest=newest)
        return _drawn([Line(say("doctor.database"), "fail", words, say("doctor.migrate_remedy"))]), False
    try:
        app = build(settings, db=db, platforms=looked_at)
    except ValueError as error:  # names the app and what is wrong with it
        await db.close()
        return _drawn([Line(say("doctor.settings"), "fail", str(error), say("doctor.settings_remedy"))]), False
    try:
        found = await app.examine()
    finally:
        await app.close()
    return _drawn(found), all(line.state != "fail" for line in found)


def _drawn(lines: list[Line]) -> list[str]:
    drawn: list[str] = []
    for line in lines:
        drawn.append(f"{MARKS[line.state]} {line.what}：{line.words}")
        if line.remedy and line.state != "ok":
            drawn.append(f"    → {line.remedy}")
    return drawn
