from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.evaluation import evaluate, explain, holds, period, relative_day
from rules.expression import PERIODS, Catalogue, Fact, Kind, Not
from rules.grammar import parse_condition

TODAY = date(2026, 3, 18)  # a Wednesday
CATALOGUE = Catalogue(
    (
        Fact("客户等级", Kind.CHOICE, ("A", "B")),
        Fact("本月拜访次数", Kind.NUMBER, unit="次"),
        Fact("成交价", Kind.MONEY),
        Fact("目标价", Kind.MONEY),
        Fact("停留", Kind.DURATION),
        Fact("最近联系", Kind.DATE),
        Fact("行业", Kind.TEXT),
        Fact("已签约", Kind.BOOL),
    )
)
FACTS: dict[str, Any] = {
    "客户等级": "A",
    "本月拜访次数": 1,
    "成交价": Decimal(88000),
    "目标价": 100000.0,
    "停留": timedelta(hours=50),
    "最近联系": datetime(2026, 3, 11, 9, tzinfo=UTC),
    "行业": "医疗器械",
    "已签约": False,
}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("客户等级 = A 且 本月拜访次数 < 2", True),
        ("客户等级 ≠ A 或 本月拜访次数 ≥ 2", False),
        ("非 已签约", True),
        ("(目标价 - 成交价) / 目标价 ≥ 12%", True),
        ("(目标价 - 成交价) / 目标价 > 12%", False),
        ("目标价 - 成交价 > 成交价 * 20%", False),
        ("停留 > 48小时", True),
        ("停留 / 2 > 1天", True),
        ("停留 * 0.5 < 1天", False),
        ("停留 / 停留 = 1", True),
        ("停留 + 2小时 = 52小时", True),
        ("最近联系 ≤ 今天 - 7天", True),
        ("今天 - 最近联系 > 7天", False),
        ("最近联系 属于 本月", True),
        ("最近联系 属于 本周", False),
        ("行业 包含 医疗", True),
        ("行业 不包含 器械", False),
        ("行业 属于 (食品、医疗器械)", True),
        ("行业 为空", False),
        ("本月拜访次数 / 0 > 1", None),
        ("停留 / (停留 - 停留) > 1", None),
        ("最近联系 > 今天 - 600000天 - 600000天", None),
    ],
)
def test_conditions_on_known_facts(text: str, answer: bool | None) -> None:
    assert evaluate(parse_condition(text, CATALOGUE), FACTS, TODAY) is answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("行业 = 医疗", None),
        ("行业 ≠ 医疗", None),
        ("非 行业 = 医疗", None),
        ("行业 包含 医疗", None),
        ("行业 属于 (医疗)", None),
        ("最近联系 属于 本月", None),
        ("行业 为空", True),
        ("行业 不为空", False),
        ("行业 = 医疗 且 客户等级 = B", False),
        ("行业 = 医疗 且 客户等级 = A", None),
        ("行业 = 医疗 或 客户等级 = A", True),
        ("行业 = 医疗 或 客户等级 = B", None),
        ("成交价 + 目标价 > 1", None),
    ],
)
def test_what_is_missing_is_unknown_and_fires_nothing(text: str, answer: bool | None) -> None:
    condition = parse_condition(text, CATALOGUE)
    assert evaluate(condition, {"客户等级": "A", "目标价": 5}, TODAY) is answer
    assert holds(condition, {"客户等级": "A", "目标价": 5}, TODAY) is (answer is True)


def test_explanations_give_each_comparison_with_its_facts() -> None:
    text = "客户等级 = A 且 非 (本月拜访次数 < 2 或 已签约) 且 (目标价 - 成交价) / 目标价 > 12% 且 停留 > 48小时"
    assert explain(parse_condition(text, CATALOGUE), FACTS, TODAY) == (
        "客户等级 = A：是（A）",
        "本月拜访次数 < 2：是（1）",
        "已签约 = 是：否（否）",
        "(目标价 - 成交价) / 目标价 > 12%：否（目标价 10万元、成交价 88000元）",
        "停留 > 48小时：是（50小时）",
    )
    assert explain(parse_condition("行业 = 医疗", CATALOGUE), {}, TODAY) == ("行业 = 「医疗」：不知道（没有记录）",)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("今天", date(2026, 3, 18), date(2026, 3, 18)),
        ("本周", date(2026, 3, 16), date(2026, 3, 22)),
        ("上周", date(2026, 3, 9), date(2026, 3, 15)),
        ("下周", date(2026, 3, 23), date(2026, 3, 29)),
        ("上月", date(2026, 2, 1), date(2026, 2, 28)),
        ("本季度", date(2026, 1, 1), date(2026, 3, 31)),
        ("去年", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_periods(name: str, first: date, last: date) -> None:
    assert period(name, TODAY) == (first, last)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("昨天", date(2026, 3, 17)),
        ("明天", date(2026, 3, 19)),
        ("本周初", date(2026, 3, 16)),
        ("本月末", date(2026, 3, 31)),
        ("上月初", date(2026, 2, 1)),
        ("今年初", date(2026, 1, 1)),
    ],
)
def test_relative_days(name: str, day: date) -> None:
    assert relative_day(name, TODAY) == day


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_periods_meet_and_hold_today(today: date) -> None:
    day = timedelta(days=1)
    for name in PERIODS:
        first, last = period(name, today)
        assert first <= last
        assert (first <= today <= last) is (name in ("今天", "本周", "本月", "本季度", "今年"))
    assert period("上月", today)[1] + day == period("本月", today)[0]
    assert period("本月", today)[1] + day == period("下月", today)[0]
    assert period("去年", today)[1] + day == period("今年", today)[0]


@given(st.sampled_from(["A", "B", None]), st.sampled_from([1, 3, None]), st.sampled_from([True, False, None]))
def test_the_laws_of_negation_hold_for_missing_values_too(level: str | None, visits: int | None, signed: bool) -> None:
    facts = {"客户等级": level, "本月拜访次数": visits, "已签约": signed}
    left = parse_condition("非 (客户等级 = A 且 本月拜访次数 < 2 且 已签约)", CATALOGUE)
    right = parse_condition("非 客户等级 = A 或 非 本月拜访次数 < 2 或 非 已签约", CATALOGUE)
    assert evaluate(left, facts, TODAY) is evaluate(right, facts, TODAY)
    assert evaluate(Not(Not(left)), facts, TODAY) is evaluate(left, facts, TODAY)
