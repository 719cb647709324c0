from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.numbers import amount, small


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("十二万五", 125_000),
        ("三十八万六", 386_000),
        ("3.2万", 32_000),
        ("3w", 30_000),
        ("12万5", 125_000),
        ("26万8", 268_000),
        ("三百五", 350),
        ("一千二", 1_200),
        ("两百零五", 205),
        ("三点二万", 32_000),
        ("125,000", 125_000),
        ("一万零五百", 10_500),
        ("一亿二", 120_000_000),
        ("四万八千", 48_000),
        ("20k", 20_000),
        ("二〇二六", 2026),
    ],
)
def test_amount(words: str, value: int) -> None:
    assert amount(words) == Decimal(value)


@pytest.mark.parametrize("words", ["", "万", "百", "1.5万5"])
def test_no_number(words: str) -> None:
    assert amount(words) is None


@pytest.mark.parametrize(("words", "value"), [("三十一", 31), ("十", 10), ("两", 2), ("25", 25), ("二十", 20)])
def test_small(words: str, value: int) -> None:
    assert small(words) == value


@given(st.integers(1, 9_999_999))
def test_figures_mean_themselves(value: int) -> None:
    assert amount(f"{value:,}") == value == amount(str(value))
