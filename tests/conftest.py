"""Fixtures every test may use."""

from __future__ import annotations

import logging

from bot import logs
from tests.harness.databases import database_url, postgres_server
from tests.harness.fixtures import company, team

logs.configure("text", level=logging.ERROR)

__all__ = ["company", "database_url", "postgres_server", "team"]
