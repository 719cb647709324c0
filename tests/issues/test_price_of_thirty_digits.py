"""A number of thirty digits in a message was taken for a price and broke the understanding of the message."""

from __future__ import annotations

import pytest

from transcription.prices import sums


@pytest.mark.parametrize("text", ["10000000000000000000000000000", "报价" + "9" * 40 + "元"])
def test_a_number_far_beyond_prices_is_left_out(text: str) -> None:
    assert sums(text) == ()


def test_a_large_price_is_kept() -> None:
    assert [each.yuan for each in sums("报价三亿")] == [300_000_000]
