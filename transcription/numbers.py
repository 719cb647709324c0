"""Chinese and Arabic numbers as people say them."""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10_000, "亿": 100_000_000}
_LETTERS = {"w": "万", "k": "千"}

CHINESE = "零〇一二两三四五六七八九十百千万亿"
NUMBER = rf"(?:\d+(?:,\d{{3}})*(?:\.\d+)?(?:[百千万亿wk]+\d?)?|[{CHINESE}]+(?:点[零〇一二三四五六七八九]+[万亿]?)?)"
"""A regular expression source for an amount: 125000, 12.5万, 3w, 12万5, 十二万五, 三点二万."""

SMALL = r"(?:\d{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九])"
"""The source for a count below 1000 in digits or below 100 in characters."""


def small(words: str) -> int:
    """The value of words matched by SMALL: 三十一 is 31."""
    return int(words) if words.isdigit() else int(_section(words))


def amount(words: str) -> Decimal | None:
    """The value of words matched by NUMBER; 十二万五 is 125000. None where they make no number."""
    words = words.replace(",", "")
    for letter, unit in _LETTERS.items():
        words = words.replace(letter, unit)
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([百千万亿]*)(\d?)", words)
    if match:
        return _mixed(*match.groups())
    if "点" in words:
        return _pointed(words)
    return _chinese(words)


def _mixed(figures: str, units: str, tail: str) -> Decimal | None:
    scale = _scale(units)
    if tail and (scale < 100 or "." in figures):
        return None
    return Decimal(figures) * scale + (int(tail) * scale // 10 if tail else 0)


def _scale(units: str) -> int:
    scale = 1
    for unit in units:
        scale *= _UNITS.get(unit) or _BIG[unit]
    return scale


def _pointed(words: str) -> Decimal | None:
    whole, _, rest = words.partition("点")
    unit = rest[-1] if rest and rest[-1] in _BIG else ""
    figures = "".join(str(DIGITS[char]) for char in rest.removesuffix(unit))
    start = _chinese(whole)
    return None if start is None or not figures else Decimal(f"{start}.{figures}") * _BIG.get(unit, 1)


def _chinese(words: str) -> Decimal | None:
    if not words or words[0] in "百千万亿":
        return None
    if len(words) > 1 and all(char in DIGITS for char in words):
        return Decimal("".join(str(DIGITS[char]) for char in words))
    total, rest = 0, words
    for big in "亿万":
        if big in rest:
            head, _, rest = rest.partition(big)
            total += int(_section(head)) * _BIG[big]
            if len(rest) == 1 and rest in DIGITS and rest not in "零〇":
                return Decimal(total + DIGITS[rest] * _BIG[big] // 10)
    return Decimal(total + _section(rest))


def _section(words: str) -> int:
    """Up to 9999; a bare last digit after 百 or 千 counts in the unit below, as in 三百五."""
    total, digit, last = 0, 0, 0
    for char in words:
        if char in _UNITS:
            total += (digit or (1 if char == "十" else 0)) * _UNITS[char]
            digit, last = 0, _UNITS[char]
        else:
            digit, last = DIGITS.get(char, 0), last if DIGITS.get(char, 0) else 0
    return total + (digit * last // 10 if digit and last >= 100 and words[-2:-1] in _UNITS else digit)
