"""The migrations give exactly the tables, on both databases, and may be run again."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from storage.database import Database
from storage.migrating import migrate, version
from storage.tables import Table


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Table.metadata))


async def test_the_migrations_and_the_tables_say_the_same(database_url: str) -> None:
    db = Database(database_url)
    await migrate(db)
    await migrate(db)
    here, newest = await version(db)
    assert here == newest
    async with db.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await db.close()
