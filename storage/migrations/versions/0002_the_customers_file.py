"""The customer's file: changes of key people, competitors' moves, policies; what drafts found of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import BigId, Instant, Json, Money

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEXES = {
    "contact_changes": {"ix_contact_changes_contact_id": ["contact_id"]},
    "competitor_moves": {"ix_competitor_moves_competitor_at": ["competitor", "at"]},
    "policy_effects": {"ix_policy_effects_policy": ["policy"]},
}
"""The new tables, with the indexes each has beside those of every row of the file."""


def upgrade() -> None:
    with op.batch_alter_table("contacts") as batch:
        batch.add_column(sa.Column("department", sa.String(200), nullable=False, server_default=""))
        batch.add_column(sa.Column("left_at", Instant(), nullable=True))
        batch.add_column(sa.Column("undone_at", Instant(), nullable=True))
    with op.batch_alter_table("drafts") as batch:
        batch.add_column(sa.Column("findings", Json, nullable=False, server_default="[]"))
    for name, indexes in INDEXES.items():
        primary = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}"))
        op.create_table(name, *_evidence(name), *_own(name), primary)
        op.create_index(f"ix_{name}_customer_id_at", name, ["customer_id", "at"])
        op.create_index(f"ix_{name}_source", name, ["source_kind", "source_id"])
        for index, over in indexes.items():
            op.create_index(index, name, over)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_table(name)
    with op.batch_alter_table("drafts") as batch:
        batch.drop_column("findings")
    with op.batch_alter_table("contacts") as batch:
        for column in ("undone_at", "left_at", "department"):
            batch.drop_column(column)


def _own(table: str) -> list[sa.Column[Any]]:
    """What the rows of one table say."""
    words = {
        "contact_changes": {"kind": 64, "before": 200, "after": 200},
        "competitor_moves": {"competitor": 200, "kind": 64},
        "policy_effects": {"policy": 200, "effect": 64},
    }
    columns = [sa.Column(name, sa.String(length), nullable=False) for name, length in words[table].items()]
    if table == "contact_changes":
        columns += [_key(table, "contact_id", "contacts.id"), sa.Column("made", sa.Boolean(), nullable=False)]
    if table == "competitor_moves":
        columns.append(sa.Column("price", Money(), nullable=True))
    return columns


def _evidence(table: str) -> list[sa.Column[Any]]:
    """Where a row of the file came from."""
    return [
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        _key(table, "customer_id", "customers.id"),
        _key(table, "person_id", "people.id"),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("source_kind", sa.String(64), nullable=False),
        sa.Column("source_id", BigId, nullable=False),
        _key(table, "draft_id", "drafts.id", nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("starts", sa.Float(), nullable=True),
        sa.Column("ends", sa.Float(), nullable=True),
        sa.Column("undone_at", Instant(), nullable=True),
    ]


def _key(table: str, column: str, target: str, *, nullable: bool = False) -> sa.Column[Any]:
    name = op.f(f"fk_{table}_{column}")
    return sa.Column(column, BigId, sa.ForeignKey(target, name=name), nullable=nullable)
