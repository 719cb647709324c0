"""Writes the table of facts into docs/guide/rules.md. Run it when a fact is added: python -m scripts.write_fact_table"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from config.packs import load
from handlers.facts import FORM_FIELDS
from storage.fact_table import markdown
from storage.facts import AsOf, Policy

GUIDE = Path(__file__).parent.parent / "docs" / "guide" / "rules.md"
BEGIN, END = "<!-- 字段表：自动生成，开始 -->", "<!-- 字段表：自动生成，结束 -->"


def guide(text: str) -> str:
    """The guide with the table of the shipped packs between its marks."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{table()}\n\n{END}{tail}"


def table() -> str:
    packs = load(None)
    options = {fact: tuple(packs.forms[form].field(name).options) for fact, (form, name) in FORM_FIELDS.items()}
    policy = Policy.read(packs.settings.__getitem__, options)
    return markdown(AsOf(datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("Asia/Shanghai"), policy))


if __name__ == "__main__":
    GUIDE.write_text(guide(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
