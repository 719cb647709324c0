"""Brings a database to the newest schema, or to any named one."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.database import Database

HERE = Path(__file__).parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.attributes["connection"] = connection
    return made


async def migrate(db: Database, revision: str = "head") -> None:
    """Runs the migrations up to `revision`. Safe to run again."""
    async with db.engine.connect() as connection:
        await connection.run_sync(lambda sync: command.upgrade(config(sync), revision))
        await connection.commit()


async def version(db: Database) -> tuple[str | None, str | None]:
    """The schema's revision in the database, and the newest one known."""
    async with db.engine.connect() as connection:
        here = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return here, ScriptDirectory.from_config(config()).get_current_head()
