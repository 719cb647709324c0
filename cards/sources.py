"""Where a value came from, for whoever cannot press a button to hear it."""

from __future__ import annotations

from cards.model import Source
from cards.texts import say


def source_line(source: Source) -> str:
    """听到“已报价”（录音第 3–4 秒): the words, and the seconds of the recording they were heard at."""
    if not source.audio or source.end <= source.start:
        return source.text
    return say(
        "forms.heard_at", text=source.text, start=int(source.start), end=max(int(source.start) + 1, round(source.end))
    )
