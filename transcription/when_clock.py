"""Hours and parts of the day: 下午三点半, 15:30, 两点一刻, 上午."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from transcription.numbers import small


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour of the day, or only a part of it (`at` None). `carry` is 1 where midnight belongs to the next day."""

    at: time | None
    end: int
    carry: int = 0


_HOUR = r"(?:2[0-4]|[01]\d|\d|二十[一二三四]?|十[一二三四五六七八九]?|[一二两俩三四五六七八九零])"
_MINUTE = r"(?:[0-5]?\d|[二三四五]?十[一二三四五六七八九]?|[零〇]?[一二三四五六七八九])"
_PART = re.compile(
    r"凌晨|清晨|大清早|一大早|一早|大早上|早晨|早上|上午|中午|正午|午后|下午|傍晚|晚上|晚间|夜里|夜间|深夜|半夜|早间|午间"
    r"|(?:早|晚)(?=\d|[一二两三四五六七八九十]{1,2}[点:])|(?<=[今明后昨天])(?:早|晚)(?!点|于|些|期|就)"
)
_CLOCK = re.compile(
    rf"(?<![\d.第])(?P<hour>{_HOUR})(?:点钟|点整|点|时整|时(?=[\d一二三四五六七八九十零]|$)|(?=[:：][0-5]\d))"
    rf"(?:(?P<half>半)|(?P<quarters>[一三])刻|[:：]?(?P<minute>{_MINUTE})(?P<fen>分)?(?![\d天个月号年万千百]))?"
)
_SHORT_OF = re.compile(rf"差(?:(?P<minutes>{_MINUTE})分钟?|(?P<quarter>一刻钟?))(?:不?到)?(?P<hour>{_HOUR})点钟?")
_NOT_A_CLOCK = re.compile(
    r"\s*(?:[零〇一二三四五六七八九]+[万亿]|意见|建议|要求|问题|原因|内容|看法|想法|疑问|顾虑|共识|折|分歧|都|儿|也|没|进展|反应|用|希望)"
)
_MORNING = ("凌晨", "清晨", "大清早", "一大早", "一早", "大早上", "早晨", "早上", "上午", "早", "早间")
_NOON = ("中午", "正午", "午间")


def clock_at(text: str, start: int, *, led: bool) -> Clock | None:
    """The clock that begins at `start`; `led` where a day stands before it, which settles 一点 and 早."""
    part = _PART.match(text, start)
    after = part.end() if part else start
    if part and text.startswith(("的", " "), after):
        after += 1
    if short := _SHORT_OF.match(text, after):
        return _before_the_hour(short, part.group() if part else "")
    hit = _CLOCK.match(text, after)
    if hit is None or _only_a_word(text, hit, led=led or part is not None):
        return Clock(None, part.end()) if part else None
    hour, carry = _hour(_number(hit["hour"]), part.group() if part else "")
    if hour is None:
        return Clock(None, part.end()) if part else None
    return Clock(time(hour, _minutes(hit)), hit.end(), carry)


def _before_the_hour(hit: re.Match[str], part: str) -> Clock | None:
    """差五分四点 is 15:55."""
    hour, carry = _hour(_number(hit["hour"]), part)
    minutes = 15 if hit["quarter"] else small(hit["minutes"].lstrip("零〇") or "0")
    return Clock(time(hour - 1, 60 - minutes), hit.end(), carry) if hour and 0 < minutes < 60 else None


def _number(words: str) -> int:
    return small(words.replace("俩", "两"))


def _only_a_word(text: str, hit: re.Match[str], *, led: bool) -> bool:
    """一点 (a little), 三点建议 (three points) and 便宜两点 are no clock."""
    if _NOT_A_CLOCK.match(text, hit.end()) and not hit["half"] and not hit["minute"]:
        return True
    if led or hit["half"] or hit["quarters"] or hit["minute"] or hit.group().endswith(("钟", "整")):
        return hit["minute"] is not None and hit["fen"] is None and hit["hour"] == "零"
    before = text[max(0, hit.start() - 1) : hit.start()]
    return hit["hour"] in ("一", "零", "1", "0") or before in (
        "有",
        "了",
        "降",
        "让",
        "涨",
        "高",
        "低",
        "快",
        "早",
        "晚",
        "这",
        "几",
    )


def _minutes(hit: re.Match[str]) -> int:
    if hit["half"]:
        return 30
    if hit["quarters"]:
        return 15 * small(hit["quarters"])
    return small(hit["minute"].lstrip("零〇") or "0") if hit["minute"] else 0


def _hour(hour: int, part: str) -> tuple[int | None, int]:
    """The hour of 24 and the days carried. Without a part, one to seven are in the afternoon."""
    if hour == 24 or (hour == 12 and part in ("晚上", "夜里", "半夜", "深夜", "晚", "晚间", "夜间")):
        return 0, 1
    if hour > 24:
        return None, 0
    if part in _MORNING or hour > 12:
        return hour, 0
    if part in _NOON:
        return (hour + 12 if hour < 4 else hour), 0
    if part in ("夜里", "半夜", "深夜") and hour < 5:
        return hour, 0
    if part:
        return (hour if hour == 12 else hour + 12), 0
    return (hour + 12 if 1 <= hour <= 7 else hour), 0
