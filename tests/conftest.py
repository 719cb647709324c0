"""Fixtures every test may use."""

from __future__ import annotations

import logging
import os

from hypothesis import settings

from bot import logs
from tests.harness.databases import database_url, postgres_server
from tests.harness.fixtures import company, on_two, team

logs.configure("text", level=logging.ERROR)

# No example is judged by the clock: machines differ. In CI the examples are the same each time, elsewhere they explore.
settings.register_profile("house", deadline=None, print_blob=True)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")

__all__ = ["company", "database_url", "on_two", "postgres_server", "team"]
