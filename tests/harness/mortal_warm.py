"""Loaded once by the process that mortals are forked from, so that a start costs a blink instead of seconds."""

from __future__ import annotations

from datetime import UTC, datetime

import bot.serving  # noqa: F401 - everything the product imports
from transcription.lexicon import Lexicon
from transcription.understanding import understand

understand("你好", now=datetime(2026, 3, 11, tzinfo=UTC), lexicon=Lexicon())
