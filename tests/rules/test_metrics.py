"""The middle of a team and the colours of thresholds."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.metrics import Colour, colour, median

numbers = st.decimals(-1000, 1000, places=2)


@pytest.mark.parametrize(
    ("values", "middle"),
    [([], None), ([None], None), (["3"], "3"), (["1", "9"], "5"), (["9", None, "1", "2"], "2")],
)
def test_median(values: list[str | None], middle: str | None) -> None:
    found = median(None if value is None else Decimal(value) for value in values)
    assert found == (None if middle is None else Decimal(middle))


@given(st.lists(numbers, min_size=1))
def test_half_lies_on_either_side_of_the_median(values: list[Decimal]) -> None:
    middle = median(values)
    assert middle is not None
    assert sum(value < middle for value in values) * 2 <= len(values)
    assert sum(value > middle for value in values) * 2 <= len(values)


@pytest.mark.parametrize(
    ("value", "good", "warn", "more", "expected"),
    [
        ("0.9", "0.9", "0.75", True, Colour.GREEN),
        ("0.8", "0.9", "0.75", True, Colour.YELLOW),
        ("0.7", "0.9", "0.75", True, Colour.RED),
        ("0.7", "0.9", None, True, Colour.YELLOW),
        ("0", "0", "3", False, Colour.GREEN),
        ("3", "0", "3", False, Colour.YELLOW),
        ("4", "0", "3", False, Colour.RED),
        (None, "0.9", "0.75", True, Colour.NONE),
        ("5", None, None, True, Colour.NONE),
    ],
)
def test_colours(value: str | None, good: str | None, warn: str | None, more: bool, expected: Colour) -> None:
    given_ = [None if text is None else Decimal(text) for text in (value, good, warn)]
    assert colour(given_[0], given_[1], given_[2], more_is_better=more) is expected
