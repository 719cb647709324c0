"""Days counted from the statutory holidays: 节后, 春节前, 国庆节后第一天, 五一期间."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from rules.statutory import UnknownHoliday
from transcription.numbers import SMALL, small
from transcription.workdays import Workdays, workday_after


@dataclass(frozen=True, slots=True)
class HolidayPhrase:
    """A day, or a span where `last` is set."""

    first: date
    end: int
    last: date | None = None


_NAMES = {
    "元旦节": "元旦", "元旦": "元旦", "春节": "春节", "过年": "春节", "大年": "春节", "年": "春节", "清明节": "清明节", "清明": "清明节",
    "劳动节": "劳动节", "五一节": "劳动节", "五一": "劳动节", "端午节": "端午节", "端午": "端午节", "中秋节": "中秋节", "中秋": "中秋节",
    "国庆节": "国庆节", "国庆": "国庆节", "十一": "国庆节",
}  # fmt: skip
_FORM = re.compile(
    rf"(?P<name>元旦节?|春节|过年|清明节?|劳动节|五一节?|端午节?|中秋节?|国庆节?|十一(?!月|[点号日个家万元块人份条楼])"
    r"|(?<![今明后去前半一二两三四五六七八九十\d每多整全成新过])年(?=[前后](?!面|来|续|者))|(?<![暑寒产婚病事年请休])小?长?假(?=后|前|期)|(?<![童人诞女师亲物情双])节(?=[前后](?!面|来|者)))"
    r"(?:小?长?假期?)?"
    rf"(?:(?P<side>之后|以后|后|之前|以前|前)(?:一上班|上班|回来)?(?:的?第(?P<n>{SMALL})(?:个?(?P<work>工作日)|个?(?P<unit>天|周|星期|礼拜)))?"
    rf"(?P<count>(?:[一二两三四五六七八九十]|\d+)(?P<what>天|周|个星期|个礼拜))?|(?P<during>期间|里|中间))?"
)
_ALL = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")


def holiday_day(text: str, start: int, today: date, calendar: Workdays) -> HolidayPhrase | None:
    """The day that holiday words beginning at `start` name."""
    hit = _FORM.match(text, start)
    if hit is None or (
        hit["name"] in ("五一", "十一") and start > 0 and text[start - 1] in "零一二三四五六七八九十百千万第周点"
    ):
        return None
    name = hit["name"]
    if name in ("节", "假", "长假", "小长假", "小假"):
        span = min(_next(one, today, calendar) for one in _ALL)
    else:
        span = _next(_NAMES[name], today, calendar)
    return _placed(hit, span, calendar)


def _next(name: str, today: date, calendar: Workdays) -> tuple[date, date]:
    """The next such holiday that is not over."""
    for year in range(today.year, today.year + 3):
        try:
            first, last = calendar.holiday(name, year)
        except UnknownHoliday:
            continue
        if last >= today:
            return first, last
    raise UnknownHoliday(f"{today} 之后找不到假日「{name}」")


def _placed(hit: re.Match[str], span: tuple[date, date], calendar: Workdays) -> HolidayPhrase | None:
    first, last = span
    side = hit["side"] or ""
    if not side:
        return HolidayPhrase(first, hit.end(), last)
    if "前" in side:
        back = _steps(hit)
        day = first - timedelta(days=back) if back else workday_after(first, -1, calendar)
        return HolidayPhrase(day, hit.end())
    if hit["n"]:
        return _numbered(hit, last, calendar)
    ahead = _steps(hit)
    day = last + timedelta(days=ahead) if ahead else workday_after(last, 1, calendar)
    return HolidayPhrase(day, hit.end())


def _numbered(hit: re.Match[str], last: date, calendar: Workdays) -> HolidayPhrase:
    number = small(hit["n"])
    if hit["work"]:
        return HolidayPhrase(workday_after(last, number, calendar), hit.end())
    if hit["unit"] == "天":
        return HolidayPhrase(last + timedelta(days=number), hit.end())
    begin = last + timedelta(days=1 + 7 * (number - 1))
    return HolidayPhrase(begin, hit.end(), begin + timedelta(days=6))


def _steps(hit: re.Match[str]) -> int:
    if not hit["count"]:
        return 0
    return small(hit["count"].removesuffix(hit["what"])) * (1 if hit["what"] == "天" else 7)
