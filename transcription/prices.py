"""Prices in a message: the deal price and the target price, in yuan."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from transcription.cues import CUSTOMER, RIVAL, pattern
from transcription.message import Candidate, Message
from transcription.numbers import NUMBER, amount
from transcription.words import load

_SUM = re.compile(
    rf"(?<![\d.a-z第])(?P<number>{NUMBER})(?P<unit>(?:块钱|元钱|元整|元|块|rmb)?)(?![\d天个月号日年周点%折台件套吨箱人次家期批轮平米公里度楼级页份条种类位]|成(?!交))"
)
_DISCOUNT = re.compile(
    r"(?:打|按|给|给了|让到|打了|折扣|优惠到|做到|谈到|降到)了?(?:个)?(?P<n>[一二三四五六七八九][一二三四五六七八九]?|\d(?:\.\d)?\d?)折"
)
_POINTS = re.compile(
    r"(?:让了?|降了?|优惠了?|下浮了?|让利了?|便宜了?|降价|让出)(?P<n>[一二两三四五六七八九十]{1,3}|\d+(?:\.\d+)?)(?:个点|个百分点|%|点(?!钱))"
)
_POINTS_PERCENT = re.compile(
    r"(?:让了?|降了?|优惠了?|下浮了?|让利了?|便宜了?|降价|让出)百分之(?P<n>[一二两三四五六七八九十]{1,3}|\d+)"
)
_DEALING = re.compile(
    r"报[了完过]?价|报了|价给|给了?价|quote|报(?:过去|出去|上去|给|完|好)|签|合同|成交|价格|po|订单|下单|采购单|拿下|中标"
)
_GOES_ON = re.compile(r"(?:才|只|就|直接|报价?|价格|一台|每台)(?:报|开|要|给|卖)?")
"""A clause about a sum that goes on about the rival of the clause before: 粤厨又降价了，才报八千."""
_CARRIED = re.compile(
    rf"^(?:{CUSTOMER}+|嗯|呃|那个|就是说?|金额|总价|总共|一共|合计|拢共|总计|的话|是|就|约|大概|差不多|才|,|\ufe0f)*$"
)
"""What may stand before a sum whose clause goes on about the price spoken of before."""
_BACK = 3
"""Clauses that such a sum looks back."""
_STRUCK = re.compile(
    rf"(?:就|给|把)?(?:他们|客户|{CUSTOMER}+)?(?:拿下|成交|签下|签的|签了|签掉|签完|谈下来|定下来)(?!不|价)"
)
_EACH = re.compile(r"(?:每|一)[米件箱套台吨个斤盒瓶条支卷桶袋张本把辆平方公]{1,2}(?:才|就|是|报|卖|给)?$")
_LEAST = 1
_SMALLEST = 100
"""Sums below are unit prices of odd things, or misheard; they are left out."""
_LARGEST = 10**12
"""Sums above are no price: a number typed or pasted by accident."""
_ROUGH = re.compile(r"^(?:[多几来余]|左右的?差|到[一二三四五六七八九\d]|[-~—至])")


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount of money in the text."""

    yuan: Decimal
    start: int
    end: int


def sums(text: str) -> tuple[Sum, ...]:
    """Every amount of money: with a unit, in 万, or at least 100."""
    found = []
    for hit in _SUM.finditer(text):
        yuan = amount(hit["number"])
        spoken = bool(hit["unit"]) or hit["number"][-1:] in "万亿wk" or "万" in hit["number"]
        each = bool(_EACH.search(text[: hit.start()]))
        if (
            yuan is None
            or not (_LEAST if each and hit["unit"] else _SMALLEST) <= yuan <= _LARGEST
            or _ROUGH.match(text[hit.end() :])
        ):
            continue
        if spoken or each or yuan >= 1000:
            found.append(Sum(_plain(yuan), hit.start(), hit.end()))
    return tuple(found)


def prices(message: Message, found: tuple[Sum, ...]) -> list[Candidate]:
    """Candidates for deal and target; a discount gives the one from the other."""
    named: list[Candidate] = []
    for each in found:
        one = _named(message, each) or _corrected(message, each, named)
        named += [one] if one is not None else []
    return named + _discounted(message, named)


def _named(message: Message, each: Sum) -> Candidate | None:
    clause = message.clause_of(each.start)
    before = message.masked[clause.start : each.start].rstrip()
    number = message.clauses.at(each.start)
    if _CARRIED.match(before) and any(
        _DEALING.search(message.masked_clause(one)) for one in message.clauses.all[max(0, number - _BACK) : number]
    ):
        before = "报价"  # 已报价，18万
    if pattern("prices", "target").search(before):
        return Candidate("target", each.yuan, each.start, each.end)
    if pattern("prices", "neither").search(before) and not re.search(r"(成交|合同|报)[^，。]{0,3}$", before):
        return None
    struck = _STRUCK.match(message.masked, each.end, clause.end)
    if (struck or pattern("prices", "deal").search(before)) and not _theirs(message, each):
        return Candidate("deal", each.yuan, each.start, each.end)
    return None


def _corrected(message: Message, each: Sum, named: list[Candidate]) -> Candidate | None:
    """A sum after 不对 or 说错了 is of the kind of the sum before."""
    if not named:
        return None
    between = message.plain[named[-1].end : each.start]
    if not re.search(rf"{load('next')['correction']}[^。]{{0,6}}$", between):
        return None
    return Candidate(named[-1].slot, each.yuan, each.start, each.end)


def _theirs(message: Message, each: Sum) -> bool:
    """Whether a competitor or the customer is the one who names the price."""
    clause = message.clause_of(each.start)
    before = message.plain[clause.start : each.start]
    if RIVAL in message.masked[clause.start : each.start]:
        return True
    number = message.clauses.at(each.start)
    if number and RIVAL in message.masked_clause(message.clauses.all[number - 1]) and _GOES_ON.match(before):
        return True
    return bool(
        re.search(
            r"竞品|对手|同行|友商|别家|人家|预算|他们报|客户报|对方报|他家|能不能|如果|要是|要求|希望|要我们|让我们",
            before,
        )
    )


def _discounted(message: Message, named: list[Candidate]) -> list[Candidate]:
    share, start, end = _share(message.plain)
    if share is None:
        return []
    target = next((one for one in named if one.slot == "target"), None)
    deal = next((one for one in named if one.slot == "deal"), None)
    if target is not None and deal is None:
        return [Candidate("deal", _plain(target.value * share), start, end, 0.85)]
    if deal is not None and target is None and deal.start < start:
        whole = deal.value
        named.remove(deal)
        return [
            Candidate("target", whole, deal.start, deal.end, 0.85),
            Candidate("deal", _plain(whole * share), start, end, 0.85),
        ]
    return []


def _share(text: str) -> tuple[Decimal | None, int, int]:
    if hit := _DISCOUNT.search(text):
        return _fold(hit["n"]), hit.start(), hit.end()
    if hit := _POINTS.search(text) or _POINTS_PERCENT.search(text):
        points = amount(hit["n"])
        return ((1 - points / 100 if points is not None and points < 60 else None), hit.start(), hit.end())
    return None, 0, 0


def _fold(words: str) -> Decimal | None:
    """七五 is 0.75, 九 is 0.9, 8.5 is 0.85."""
    number = amount(words)
    if number is None:
        return None
    return number / 100 if number >= 10 else number / 10


def _plain(yuan: Decimal) -> Decimal:
    return yuan.quantize(Decimal(1)) if yuan == yuan.to_integral_value() else yuan.normalize()
