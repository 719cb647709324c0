"""The migrations give exactly the tables, on both databases, and may be run again."""

from __future__ import annotations

from datetime import UTC, datetime

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, bindparam, text

from storage import outbox
from storage.database import Database
from storage.migrating import migrate, version
from storage.tables import Contact, Draft, Table
from storage.types import Instant

NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)


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


async def test_contacts_and_drafts_of_the_first_release_stay(database_url: str) -> None:
    """0002 gives old contacts no department and nobody who left, and old drafts nothing found."""
    db = Database(database_url)
    await migrate(db, "0001")
    at = "2026-03-11 02:00:00" + ("" if db.is_sqlite else "+00:00")
    async with db.engine.begin() as connection:
        for statement in (
            f"INSERT INTO customers (id, name, level, industry, region, product_line, address, phone, licence, created_at) "
            f"VALUES (1, '宏达机械', 'A', '', '', '', '', '', '', '{at}')",
            "INSERT INTO contacts (id, customer_id, name, title, phone) VALUES (1, 1, '王经理', '采购经理', '')",
            f"INSERT INTO people (id, name, role, title, department, admin, active, mobile, email, joined_at) "
            f"VALUES (1, '李雷', 'rep', '', '', false, true, '', '', '{at}')",
            f"INSERT INTO drafts (id, person_id, form, text, answers, sources, audio, state, created_at) "
            f"VALUES (1, 1, 'progress', '宏达已报价', '{{}}', '{{}}', '', 'open', '{at}')",
        ):
            await connection.exec_driver_sql(statement)
    await migrate(db)
    async with db.read() as tx:
        contact, draft = await tx.get_one(Contact, 1), await tx.get_one(Draft, 1)
        assert (contact.title, contact.department, contact.left_at, contact.undone_at) == ("采购经理", "", None, None)
        assert draft.findings == []
    await db.close()


async def test_a_push_of_the_release_before_is_taken_up_and_not_in_doubt(database_url: str) -> None:
    db = Database(database_url)
    await migrate(db, "0002")
    old = text(
        "INSERT INTO outbox (key, receiver, kind, payload, thread, why, urgent, created_at, not_before, state,"
        """ attempts, error) VALUES ('k', 'group:1', 'text', '{"text": "早"}', '', '{}', false, :at, :at, 'pending',"""
        " 0, '')"
    ).bindparams(bindparam("at", NOW, type_=Instant))
    async with db.write() as tx:
        await tx.execute(old)
    await migrate(db)
    async with db.read() as tx:
        (row,) = await outbox.ready(tx, NOW)
    assert (row.payload, row.begun_at, row.notes) == ({"text": "早"}, None, None)
    await db.close()
