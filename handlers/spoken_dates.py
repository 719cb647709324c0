"""Days and months as people type them behind a command."""

from __future__ import annotations

import re
from datetime import date

from bot.context import Context
from transcription.when import when

ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
SHORT = re.compile(r"(\d{1,2})[-.](\d{1,2})")
MONTH = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})月?")


def day_meant(ctx: Context, words: str) -> date | None:
    """2026-03-20, 3月20日, 3.20, 明天, 下周一; without a year it is the coming one. None for anything else."""
    found = ISO.fullmatch(words)
    if found is not None:
        return _day(int(found[1]), int(found[2]), int(found[3]))
    short = SHORT.fullmatch(words)
    meant = when(f"{short[1]}月{short[2]}日" if short else words, ctx.local(ctx.now), ctx.calendar)
    return meant.day if meant is not None and meant.last is None else None


def month_meant(ctx: Context, words: str) -> date | None:
    """The first day of 2026-03, 2026年3月, 3月, 上月, 本月; a bare month is this year's. None for the rest."""
    today = ctx.local(ctx.now).date()
    shift = {"上月": -1, "上个月": -1, "本月": 0, "这个月": 0, "下月": 1, "下个月": 1}.get(words)
    if shift is not None:
        months = today.year * 12 + today.month - 1 + shift
        return date(months // 12, months % 12 + 1, 1)
    found = MONTH.fullmatch(words)
    return _day(int(found[1] or today.year), int(found[2]), 1) if found else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
