"""Long texts keep every word, wherever they are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.text import shorten, split_text, utf8


def _words(text: str) -> str:
    return "".join(text.split())


@given(st.text(alphabet=st.sampled_from("宏达。！，\n ab🙂"), max_size=300), st.integers(4, 120))
def test_pieces_fit_and_lose_nothing_but_blanks(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert all(piece and utf8(piece) <= limit for piece in pieces)
    assert _words("".join(pieces)) == _words(text)


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("短", 10, ["短"]),
        ("", 10, []),
        ("报价已发。客户嫌价格高。等总监答复。", 13, ["报价已发。客户嫌价格高。", "等总监答复。"]),
        ("甲甲甲甲\n乙乙乙。丙丙", 9, ["甲甲甲甲", "乙乙乙。丙丙"]),
        ("甲乙丙丁，戊己庚辛", 6, ["甲乙丙丁，", "戊己庚辛"]),
        ("a" * 10, 4, ["aaaa", "aaaa", "aa"]),
    ],
)
def test_the_strongest_break_wins(text: str, limit: int, pieces: list[str]) -> None:
    assert split_text(text, limit, len) == pieces


def test_a_limit_below_one_character_is_an_error() -> None:
    with pytest.raises(ValueError, match="limit of 3"):
        split_text("宏", 3)


@given(st.text(max_size=200), st.integers(0, 100))
def test_a_shortened_text_fits_and_says_so(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert utf8(short) <= limit
    assert short == text or "…" in short or limit < utf8("…")


def test_the_tail_counts_in_the_measure() -> None:
    assert shorten("一二三四五六七八九十十一十二", 12, len) == "一二三四五六…（已截断）"
