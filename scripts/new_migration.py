"""Drafts a migration from the difference between the tables and the newest migration; finish it by hand."""

from __future__ import annotations

import sys

from alembic import command
from sqlalchemy import create_engine, pool

from storage.migrating import config


def main(revision: str, message: str) -> None:
    engine = create_engine("sqlite://", poolclass=pool.StaticPool)
    with engine.connect() as connection:
        command.upgrade(config(connection), "head")
        command.revision(config(connection), message, autogenerate=True, rev_id=revision)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
