"""What an unknown word may have been meant as."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

CLOSE_ENOUGH = 50.0
"""Likeness (0-100) from which a known word is offered: one character of two may differ."""

LISTED = 12
"""How many known words an error lists."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """The end of an error's sentence: ，是不是「客户等级」？ for the nearest known word, else what there is."""
    choices = list(dict.fromkeys(known))
    near = process.extractOne(word, choices, scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH)
    if near:
        return f"，是不是「{near[0]}」？"
    listed = "、".join(choices[:LISTED]) + ("…" if len(choices) > LISTED else "")
    return f"；可用：{listed}" if listed else "；现在还没有可用的"
