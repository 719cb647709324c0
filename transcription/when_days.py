"""Days in words: 后天, 下周三, 三月二十号, 三天内, 月底, 春节后第三个工作日."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from transcription.numbers import SMALL, small
from transcription.when_festivals import festival_at
from transcription.when_holidays import holiday_day
from transcription.when_spans import month_of, period_at, shift_months, span_of_month
from transcription.workdays import Workdays, workday_after


@dataclass(frozen=True, slots=True)
class Days:
    """A day, or a span where `last` is set. `relative` where it is counted from today.

    `bare` where a weekday was named without its week.
    """

    first: date
    end: int
    last: date | None = None
    relative: bool = False
    bare: bool = False


_RELATIVE = {
    "大前天": -3, "前天": -2, "前日": -2, "昨天": -1, "昨日": -1, "昨儿": -1, "昨晚": -1, "今天": 0, "今日": 0,
    "今儿个": 0, "今儿": 0, "今晚": 0, "今早": 0, "当天": 0, "下班前": 0, "天黑前": 0, "明天": 1, "明日": 1, "明儿个": 1, "明儿": 1,
    "明早": 1, "明晚": 1, "明后天": 99, "后天": 2, "后日": 2, "后儿": 2, "后晚": 2, "大后天": 3,
}  # fmt: skip
_RELATIVE_FORM = re.compile("|".join(sorted(_RELATIVE, key=len, reverse=True)))
_WEEKDAYS = {
    "一": 0,
    "二": 1,
    "三": 2,
    "四": 3,
    "五": 4,
    "六": 5,
    "日": 6,
    "天": 6,
    **{str(n): n - 1 for n in range(1, 7)},
}
_WEEKDAY = re.compile(
    r"(?P<which>(?:上上|下下|上|(?<!一)下|这|本)个?(?:(?:周|星期|礼拜)的?)?(?=周|星期|礼拜))?"
    r"(?:周|星期|礼拜)?(?P<day>[一二三四五六日天]|[1-6](?!\d))(?![个月号天日年百万周%点]|十(?![一二]?[点:]))"
)
_ENGLISH = re.compile(r"(?P<day>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?day(?![a-z])")
_FULL = re.compile(r"(?P<y>20\d{2})[-/.年](?P<m>1[0-2]|0?\d)[-/.月](?P<d>3[01]|[12]\d|0?\d)(?:日|号)?")
_MONTH_DAY = re.compile(
    rf"(?P<year>今年|明年|后年|去年)?(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?P<d>{SMALL})(?:日|号|(?![\d月万个]))"
)
_SLASH = re.compile(r"(?<![\d/.])(?P<m>1[0-2]|0?[1-9])/(?P<d>3[01]|[12]\d|0?[1-9])(?:日|号)?(?![\d/])")
_DOTTED = re.compile(
    r"(?P<m>1[0-2]|0?[1-9])[.\-](?P<d>3[01]|[12]\d|0?[1-9])(?:日|号)?"
    r"(?=$|[，。；、,! ]|上午|下午|中午|早|晚|前|之前|以前|那天|再|去|见|给|约|到(?!货|账)|跟|回|交|开)"
)
_BEFORE_DOTTED = re.compile(r"(?:[，。；、,! ]|在|到|约|定|是|等|于|时间|日期|改|那|就)$")
_WEEKS_ON = re.compile(
    rf"(?P<n>{SMALL})个?(?:周|星期|礼拜)(?:之后|以后|后)的?(?:那个?)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])"
)
_NEXT_WORKDAY = re.compile(r"(?:下一?个?|第二个|次一个)工作日")
_DAY_OF = re.compile(
    rf"(?P<which>(?:上上|下下|上|下|这|本|当)个?月的?)?(?<![\d.])(?P<d>{SMALL})(?:号|日(?=前|之前|以前|上午|下午|早|晚|中午|，|。|$))"
    r"(?![线楼车库仓门机店厂样馆厅院房位])"
)
_COUNTED = re.compile(
    rf"(?P<over>再过|过)?(?P<n>{SMALL}|半)(?P<half>个半)?个?(?P<unit>工作日|天|日|周|星期|礼拜|月|年)"
    r"(?P<side>之后|以后|后|之内|以内|内)?"
)
_VAGUE = re.compile(
    r"(?:再?过|等|这|那)[两几]天|(?:再?过|等|这|那)几[周个]|[一二两三四五六][两三四五六七八九][天周个]|[一二两三]?两三?天"
)


def days_at(text: str, start: int, today: date, calendar: Workdays) -> Days | None:
    """The day or days in words that begin at `start`."""
    for form in _FORMS:
        days = form(text, start, today, calendar)
        if days is not None:
            return days
    return None


def _relative(text: str, start: int, today: date, calendar: Workdays) -> Days | None:
    hit = _RELATIVE_FORM.match(text, start)
    if hit is None or (hit.group() == "当天" and start > 0 and text[start - 1] in "节到见"):
        return None
    offset = _RELATIVE[hit.group()]
    if offset == 99:
        return Days(today + timedelta(days=1), hit.end(), last=today + timedelta(days=2))
    tail = 1 if hit.group()[-1] in "早晚" else 0
    return Days(today + timedelta(days=offset), hit.end() - tail, relative=True)


def _weekday(text: str, start: int, today: date, calendar: Workdays) -> Days | None:
    hit = _WEEKDAY.match(text, start)
    if hit is None or not re.search("周|星期|礼拜", hit.group()):
        return None
    which = (hit["which"] or "").replace("个", "")
    offset = _WEEKDAYS[hit["day"]]
    monday = today - timedelta(days=today.weekday())
    weeks = {"上上": -2, "下下": 2, "上": -1, "下": 1, "这": 0, "本": 0}
    for word, count in weeks.items():
        if which.startswith(word):
            return Days(monday + timedelta(days=7 * count + offset), hit.end())
    day = monday + timedelta(days=offset)
    gone = day < today or (day == today and text.startswith(("前", "之前", "以前"), hit.end()))
    return Days(day + timedelta(days=7) if gone else day, hit.end(), bare=True)


def _english(text: str, start: int, today: date, calendar: Workdays) -> Days | None:
    """Friday 上午: as 周五."""
    hit = _ENGLISH.match(text, start)
    if hit is None or (start > 0 and text[start - 1].isascii() and text[start - 1].isalpha()):
        return None
    day = today + timedelta(days=("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(hit["day"]) - today.weekday())
    return Days(day if day >= today else day + timedelta(days=7), hit.end(), bare=True)


def _full(text: str, start: int, today: date, calendar: Workdays) -> Days | None:
    hit = _FULL.match(text, start)
    day = _made(int(hit["y"]), int(hit["m"]), int(hit["d"])) if hit else None
    return Days(day, hit.end()) if hit and day else None


def _month_day(text: str, start: int, today: date, calendar: Workdays) -> Days | None:
    hit = _MONTH_DAY.match(text, start) or _SLASH.match(text, start)
    if hit is None:
        return None
    year = hit.groupdict().get("year")
    month, number = small(hit["m"].lstrip("0")), small(hit["d"].lstrip("0"))
    day = (
        _made(today.year + {"去年": -1, "今年": 0, "明年": 1, "后年": 2}[year], month, number)
        if year
        else _coming(today, month, number)
    )
    return Days(day, hit.end()) if day else None


def _dotted(text: str, start: int, today: date, calendar: Workdays) -> Days | None:
    """5.20下午 and 9-18: a day only where nothing around says that it is a number."""
    hit = _DOTTED.match(text, start)
    if hit is None or (start > 0 and not _BEFORE_DOTTED.search(text[:start])):
        return None
    day = _coming(today, int(hit["m"]), int(hit["d"]))
    return Days(day, hit.end()) if day else None


def _weeks_on(text: str, start: int, today: date, calendar: Workdays) -> Days | None:
    """两周后的周五: that weekday of the week so many weeks on."""
    hit = _WEEKS_ON.match(text, start)
    if hit is None:
        return None
    monday = today - timedelta(days=today.weekday())
    return Days(monday + timedelta(days=7 * small(hit["n"]) + _WEEKDAYS[hit["day"]]), hit.end())


def _next_workday(text: str, start: int, today: date, calendar: Workdays) -> Days | None:
    hit = _NEXT_WORKDAY.match(text, start)
    return Days(workday_after(today, 1, calendar), hit.end()) if hit else None


def _coming(today: date, month: int, number: int) -> date | None:
    """That day of this year; of next year where it is gone for more than a month."""
    day = _made(today.year, month, number)
    if day is not None and day < today - timedelta(days=31):
        return _made(today.year + 1, month, number)
    return day


def _day_of(text: str, start: int, today: date, calendar: Workdays) -> Days | None:
    hit = _DAY_OF.match(text, start)
    if hit is None or (start > 0 and (text[start - 1].isascii() and text[start - 1].isalnum())):
        return None
    number, which = small(hit["d"]), hit["which"]
    if which:
        first = month_of(which, today)
        day = _made(first.year, first.month, number) if first else None
        return Days(day, hit.end()) if day else None
    first = today.replace(day=1)
    for _ in range(3):
        day = _made(first.year, first.month, number)
        if day is not None and day >= today:
            return Days(day, hit.end())
        first = shift_months(first, 1)
    return None


def _counted(text: str, start: int, today: date, calendar: Workdays) -> Days | None:
    if _VAGUE.match(text, start):
        return None
    hit = _COUNTED.match(text, start)
    if (
        hit is None
        or not (hit["side"] or hit["over"])
        or (start > 0 and text[start - 1] in "第几十百一二两三四五六七八九0123456789")
    ):
        return None
    half, unit = hit["n"] == "半", hit["unit"]
    count = 0 if half else small(hit["n"])
    if half or hit["half"]:
        if unit not in ("月", "年"):
            return None
        day = shift_months(today, count) + timedelta(days=15) if unit == "月" else shift_months(today, 6)
        return Days(day, hit.end())
    return Days(_later(today, count, unit, calendar), hit.end())


def _later(today: date, count: int, unit: str, calendar: Workdays) -> date:
    if unit == "工作日":
        return workday_after(today, count, calendar)
    if unit in ("月", "年"):
        return shift_months(today, count * (12 if unit == "年" else 1))
    return today + timedelta(days=count * (7 if unit in ("周", "星期", "礼拜") else 1))


def _holiday(text: str, start: int, today: date, calendar: Workdays) -> Days | None:
    hit = holiday_day(text, start, today, calendar)
    return Days(hit.first, hit.end, hit.last) if hit else None


def _festival(text: str, start: int, today: date, calendar: Workdays) -> Days | None:
    hit = festival_at(text, start, today)
    if hit is None:
        return None
    if not hit.side:
        return Days(hit.day, hit.end)
    return Days(workday_after(hit.day, -1 if "前" in hit.side else 1, calendar), hit.end)


def _period(text: str, start: int, today: date, calendar: Workdays) -> Days | None:
    hit = period_at(text, start, today, calendar)
    return Days(hit.first, hit.end, hit.last) if hit else None


def _made(year: int, month: int, number: int) -> date | None:
    if not 1 <= month <= 12 or not 1 <= number <= span_of_month(date(year, month, 1))[1].day:
        return None
    return date(year, month, number)


_FORMS: tuple[Callable[[str, int, date, Workdays], Days | None], ...] = (
    _full,
    _relative,
    _festival,
    _holiday,
    _month_day,
    _dotted,
    _day_of,
    _weeks_on,
    _weekday,
    _english,
    _next_workday,
    _period,
    _counted,
)
