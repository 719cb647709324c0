"""Fixtures every test may use."""

from __future__ import annotations

from tests.harness.databases import database_url, postgres_server
from tests.harness.fixtures import company, team

__all__ = ["company", "database_url", "postgres_server", "team"]
