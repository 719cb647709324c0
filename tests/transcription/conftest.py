"""What the tests of understanding share."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from transcription.corpus import as_record
from transcription.lexicon import Entry, Lexicon
from transcription.understanding import understand

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
NOW = datetime.fromisoformat("2026-05-19T09:20:00+08:00")
"""A Tuesday morning."""

CUSTOMERS = (
    "江南纺织",
    "鼎盛钢构",
    "同济口腔",
    "上海申通阀门有限公司",
    "三江化工",
    "三江食品",
    "乐购便利店",
    "乐购便利店二店",
    "东方重工",
)


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon(customers=tuple(Entry(name) for name in CUSTOMERS), competitors=(Entry("博世", ("Bosch",)),))


def records(text: str, lexicon: Lexicon) -> list[dict[str, Any]]:
    """The records of a typed message."""
    return [as_record(draft) for draft in understand(text, now=NOW, lexicon=lexicon).drafts]
