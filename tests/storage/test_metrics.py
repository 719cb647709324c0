"""The shipped metrics count what they say, by person and over several, on both databases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from config.packs import MetricDef, load
from rules.evaluation import period
from rules.literals import BadRule
from storage.metrics import Tally, check, tally
from storage.tables import Opportunity
from tests.harness.company import START
from tests.storage.sales import DAY, HOUR, as_of, report, request, settled

METRICS = load(None).metrics
AT = as_of(START + HOUR)
LILEI, HAN = 3, 4


@pytest.mark.parametrize("name", sorted(METRICS))
def test_shipped_metrics_can_be_read(name: str) -> None:
    check(METRICS[name], AT)


async def test_counts_sums_and_shares_by_person(database_url: str) -> None:
    """李雷 and 韩梅 take turns in the reports and visits of tests/storage/sales.py."""
    seen: dict[str, tuple[Decimal | None, Decimal | None, Decimal | None]] = {}
    async with settled(database_url) as db, db.read() as tx:
        for name in ("visits", "progress", "quotes", "signed", "trace", "untouched", "requests", "replies_on_time"):
            found = await tally(tx, METRICS[name], AT, period("本月", AT.today))
            seen[name] = (found.of(LILEI), found.of(HAN), found.over([LILEI, HAN]))
    assert seen == {
        "visits": (1, 1, 2),
        "progress": (1, 1, 2),
        "quotes": (1, 1, 2),
        "signed": (Decimal("0.01"), Decimal("50000.5"), Decimal("50000.51")),
        "trace": (Decimal("0.5"), 1, Decimal(2) / 3),
        "untouched": (0, 0, 0),
        "requests": (0, 0, 0),
        "replies_on_time": (None, None, None),
    }


async def test_periods_are_local_days_both_included(database_url: str) -> None:
    """Visits lie 0, 4, 8, 12, 16 and 20 days back; the 1st, 2nd and 6th are verified."""
    async with settled(database_url) as db, db.read() as tx:
        spans = {
            "今天": AT.today,
            "四天前": AT.today - timedelta(days=4),
            "昨天": AT.today - timedelta(days=1),
        }
        found = {name: await tally(tx, METRICS["visits"], AT, (day, day)) for name, day in spans.items()}
        last = await tally(tx, METRICS["visits"], AT, period("上月", AT.today))
    assert [one.over([LILEI, HAN]) for one in found.values()] == [1, 1, 0]
    assert last.over([LILEI, HAN]) == 1


async def test_replies_on_time(database_url: str) -> None:
    async with settled(database_url) as db:
        async with db.write() as tx:
            for late in (HOUR, 2 * HOUR, 5 * HOUR, None):
                await request(tx, await report(tx, LILEI, 1, START), late)
        async with db.read() as tx:
            found = await tally(tx, METRICS["replies_on_time"], as_of(START + DAY), period("本月", AT.today))
            asked = await tally(tx, METRICS["requests"], as_of(START + DAY), period("本月", AT.today))
    assert found.of(LILEI) == Decimal(2) / 3, "the one that waits is not counted"
    assert asked.of(LILEI) == 4


async def test_only_the_people_asked_for(database_url: str) -> None:
    async with settled(database_url) as db:
        async with db.write() as tx:
            for opportunity in (await tx.scalars(select(Opportunity))).all():
                opportunity.state, opportunity.amount = "won", Decimal(10)
                opportunity.stage_since = START
        async with db.read() as tx:
            found = await tally(tx, METRICS["signed"], AT, period("本月", AT.today), [HAN])
    assert found.people == {HAN: (Decimal(10), Decimal(1))}


def test_a_share_of_nothing_is_unknown_and_a_count_of_nothing_is_zero() -> None:
    assert Tally(METRICS["trace"], {}).of(LILEI) is None
    assert Tally(METRICS["visits"], {}).of(LILEI) == 0


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"subject": "合同"}, "没有这种记录"),
        ({"time": "客户等级"}, "「客户等级」不是拜访的字段"),
        ({"total": "商机金额"}, "「商机金额」不是拜访的字段"),
        ({"where": "拜访状况 = 已验证"}, "是不是「拜访状态」"),
        ({"where": "拜访状态 = 验证了"}, "可选：进行中、已验证"),
    ],
)
def test_a_wrong_metric_is_refused_in_words(changed: dict[str, str], message: str) -> None:
    metric = MetricDef.model_validate({**METRICS["visits"].model_dump(), **changed})
    with pytest.raises(BadRule, match=message):
        check(metric, AT)
