"""A push notes that an attempt is under way before it is made, and what the attempt's repeat has to know."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Instant, Json

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("begun_at", Instant, nullable=True))
    op.add_column("outbox", sa.Column("notes", Json, nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "notes")
    op.drop_column("outbox", "begun_at")
