"""How a number compares: the middle of a team, and the colour a threshold gives it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum


class Colour(StrEnum):
    """The word beside the colour always says it too."""

    NONE = ""
    GREEN = "正常"
    YELLOW = "留意"
    RED = "要关注"


def median(values: Iterable[Decimal | None]) -> Decimal | None:
    """The middle of what is known, the mean of the middle two of an even number; None when nothing is known."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return None
    half = len(known) // 2
    return known[half] if len(known) % 2 else (known[half - 1] + known[half]) / 2


def colour(value: Decimal | None, good: Decimal | None, warn: Decimal | None, *, more_is_better: bool = True) -> Colour:
    """Green from `good` on, yellow from `warn` on, red beyond; none without a value or thresholds."""
    if value is None or good is None:
        return Colour.NONE
    if _reaches(value, good, more_is_better):
        return Colour.GREEN
    return Colour.YELLOW if warn is None or _reaches(value, warn, more_is_better) else Colour.RED


def _reaches(value: Decimal, mark: Decimal, more_is_better: bool) -> bool:
    return value >= mark if more_is_better else value <= mark
