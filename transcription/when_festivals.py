"""The festival itself, where a phrase means the one day and not the days off around it: 端午节那天, 圣诞节, 双十一."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from rules.statutory import UnknownHoliday, festival

_FIXED = {
    "圣诞节": (12, 25), "圣诞": (12, 25), "平安夜": (12, 24), "情人节": (2, 14), "妇女节": (3, 8), "三八节": (3, 8), "植树节": (3, 12),
    "青年节": (5, 4), "儿童节": (6, 1), "六一": (6, 1), "建党节": (7, 1), "建军节": (8, 1), "教师节": (9, 10), "双十一": (11, 11),
    "双11": (11, 11), "双十二": (12, 12), "双12": (12, 12), "618": (6, 18),
}  # fmt: skip
_STATUTORY = {
    "元旦": "元旦", "春节": "春节", "大年初一": "春节", "年初一": "春节", "除夕": "农历除夕", "年三十": "农历除夕", "大年三十": "农历除夕",
    "清明": "清明节", "五一": "劳动节", "劳动节": "劳动节", "端午": "端午节", "中秋": "中秋节", "国庆": "国庆节", "十一": "国庆节",
}  # fmt: skip
_SELF = "(?:当天|那天|当日|那一天|当晚|正日子)"
_ALONE = ("大年初一", "年初一", "除夕", "年三十", "大年三十")
"""Names of one day, whatever follows."""
_FORM = re.compile(
    rf"(?P<fixed>{'|'.join(sorted(_FIXED, key=len, reverse=True))})(?P<side>之前|以前|前|之后|以后|后)?"
    rf"(?![\d万元块台件年个条号])(?:{_SELF})?"
    rf"|(?P<alone>{'|'.join(sorted(_ALONE, key=len, reverse=True))})"
    rf"|(?P<name>{'|'.join(sorted(_STATUTORY, key=len, reverse=True))})节?{_SELF}"
)


@dataclass(frozen=True, slots=True)
class Festival:
    """The day of a festival; `side` where the words say before or after it."""

    day: date
    end: int
    side: str = ""


def festival_at(text: str, start: int, today: date) -> Festival | None:
    """The festival that words beginning at `start` name: the next one that is not over."""
    hit = _FORM.match(text, start)
    if hit is None or (start > 0 and text[start - 1] in "0123456789."):
        return None
    for year in (today.year, today.year + 1):
        day = _day(hit, year)
        if day is not None and day >= today:
            return Festival(day, hit.end(), hit["side"] or "")
    return None


def _day(hit: re.Match[str], year: int) -> date | None:
    if hit["fixed"]:
        return date(year, *_FIXED[hit["fixed"]])
    try:
        return festival(_STATUTORY[hit["alone"] or hit["name"]], year)
    except UnknownHoliday:
        return None
