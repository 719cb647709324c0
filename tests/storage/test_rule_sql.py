"""The compiled query and the pure evaluator say the same of every row, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from rules.evaluation import holds
from rules.expression import (
    COMPARISONS,
    DAYS,
    PERIODS,
    Among,
    And,
    Arithmetic,
    Compare,
    Condition,
    Contains,
    Day,
    Empty,
    FactRef,
    Kind,
    Literal,
    Not,
    Or,
    Value,
    Within,
)
from rules.grammar import parse_condition
from storage.facts import Subject
from storage.hits import count, hits, values
from storage.subjects import subject, subjects
from tests.harness.company import START
from tests.storage.sales import DAY, HOUR, as_of, report, request, settled

AT = as_of(START + 5 * HOUR)
ABOUT = {one.name: one for one in subjects(AT)}

WORDS = ["", "A", "B", "已报价", "机", "_", "%", "100%", "李雷", "机械", "进行中", "open", "方案演示", "a"]
AMOUNTS = st.sampled_from(
    [Decimal(text) for text in ("0", "1", "-2", "0.01", "0.12", "3", "88", "120000", "50000.5", "99999999.99")]
)
LENGTHS = st.sampled_from([timedelta(0), HOUR, 48 * HOUR, 52 * HOUR, 72 * HOUR, 30 * DAY, timedelta(minutes=90)])
DATES = st.integers(-12, 3).map(lambda days: AT.today + timedelta(days=days))


@pytest.fixture
async def tx(database_url: str) -> AsyncIterator[AsyncSession]:
    async with settled(database_url) as db:
        async with db.write() as writing:
            for number, late in enumerate((HOUR, 6 * HOUR, None)):
                await request(writing, await report(writing, 3, 1, START - number * DAY), late)
        async with db.read() as reading:
            yield reading


def facts(about: Subject, *kinds: Kind) -> st.SearchStrategy[FactRef]:
    named = [FactRef(one.name, one.fact.kind) for one in about.facts.values() if one.fact.kind in kinds]
    return st.sampled_from(named) if named else st.nothing()


def has(about: Subject, kind: Kind) -> bool:
    return any(one.fact.kind is kind for one in about.facts.values())


def literals(kind: Kind) -> st.SearchStrategy[Value]:
    given_: dict[Kind, st.SearchStrategy[Any]] = {Kind.DURATION: LENGTHS, Kind.BOOL: st.booleans(), Kind.DATE: DATES}
    if kind in (Kind.TEXT, Kind.CHOICE):
        return st.sampled_from(WORDS).map(lambda word: Literal(word, kind))
    return given_.get(kind, AMOUNTS).map(lambda value: Literal(value, kind))


def amounts(about: Subject, kind: Kind) -> st.SearchStrategy[Value]:
    """A value of a measured kind: a fact, a literal, or two of them in a sum, product or quotient."""
    leaf: st.SearchStrategy[Value] = (
        st.one_of(facts(about, kind), literals(kind)) if has(about, kind) else literals(kind)
    )
    factor = literals(Kind.NUMBER)
    total = st.builds(Arithmetic, st.sampled_from("+-"), leaf, leaf, st.just(kind))
    product = st.builds(Arithmetic, st.sampled_from("*/"), leaf, factor, st.just(kind))
    made: list[st.SearchStrategy[Value]] = [leaf, total, product]
    if kind is Kind.NUMBER:
        made += [_quotient(about, each) for each in (Kind.DURATION, Kind.MONEY) if has(about, each)]
    if kind is Kind.DURATION:
        made.append(st.builds(Arithmetic, st.just("-"), days(about), days(about), st.just(kind)))
    return st.one_of(made)


def _quotient(about: Subject, kind: Kind) -> st.SearchStrategy[Value]:
    return st.builds(Arithmetic, st.just("/"), facts(about, kind), facts(about, kind), st.just(Kind.NUMBER))


def days(about: Subject) -> st.SearchStrategy[Value]:
    leaf = st.one_of(facts(about, Kind.DATE), literals(Kind.DATE), st.sampled_from(DAYS).map(Day))
    step = st.integers(0, 40).map(lambda n: Literal(timedelta(days=n), Kind.DURATION))
    return st.one_of(leaf, st.builds(Arithmetic, st.sampled_from("+-"), leaf, step, st.just(Kind.DATE)))


def comparisons(about: Subject) -> st.SearchStrategy[Condition]:
    word = facts(about, Kind.TEXT, Kind.CHOICE)
    same = st.sampled_from(["=", "≠"])
    made: list[st.SearchStrategy[Any]] = [
        st.builds(Compare, same, word, st.one_of(word, literals(Kind.TEXT))),
        st.builds(Contains, word, literals(Kind.TEXT)),
        st.builds(Among, word, st.lists(literals(Kind.CHOICE), min_size=1, max_size=3).map(tuple)),
        st.builds(Compare, st.sampled_from(COMPARISONS), days(about), days(about)),
        st.builds(Within, days(about), st.sampled_from(PERIODS)),
        st.builds(Empty, st.one_of(word, days(about), *(amounts(about, kind) for kind in (Kind.MONEY, Kind.DURATION)))),
    ]
    for kind in (Kind.NUMBER, Kind.MONEY, Kind.DURATION, Kind.SHARE):
        made.append(st.builds(Compare, st.sampled_from(COMPARISONS), amounts(about, kind), amounts(about, kind)))
    if has(about, Kind.BOOL):
        made.append(st.builds(Compare, same, facts(about, Kind.BOOL), literals(Kind.BOOL)))
    return st.one_of(made)


def conditions(about: Subject) -> st.SearchStrategy[Condition]:
    """Up to three levels of 且, 或 and 非."""
    made = comparisons(about)
    for _ in range(2):
        several = st.lists(made, min_size=2, max_size=3).map(tuple)
        made = st.one_of(made, st.builds(Not, made), st.builds(And, several), st.builds(Or, several))
    return made


@given(st.sampled_from(sorted(ABOUT)).flatmap(lambda name: st.tuples(st.just(name), conditions(ABOUT[name]))))
@settings(
    max_examples=50,
    deadline=None,
    # The database is only read, so that one for all examples is as good as a fresh one each.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_the_query_finds_exactly_what_the_evaluator_holds_true(
    tx: AsyncSession, drawn: tuple[str, Condition]
) -> None:
    name, condition = drawn
    about = subject(name, AT)
    rows = await values(tx, about, AT, about.facts)
    expected = [row for row, seen in rows.items() if holds(condition, seen, AT.today)]
    assert [hit.id for hit in await hits(tx, about, condition, AT)] == expected
    assert await count(tx, about, condition, AT) == len(expected)


WRITTEN: tuple[tuple[str, str, list[int]], ...] = (
    ("商机", "商机状态 = 进行中 且 未联系时长 ≥ 停滞时限", []),
    ("商机", "商机状态 属于 (赢单、丢单)", [3, 4, 6]),
    ("商机", "商机金额 > 5万元", [1, 4, 6]),
    ("商机", "商机金额 为空", [2]),
    ("商机", "商机金额 * 3 = 360000", [1]),
    ("商机", "非 商机金额 > 0", [5]),
    ("客户推进", "(目标价 - 成交价) / 目标价 > 12%", [4]),
    ("客户推进", "(目标价 - 成交价) / 目标价 ≥ 12%", [1, 4]),
    ("客户推进", "成交价 / 目标价 < 1", [1, 4]),
    ("客户推进", "推进时间 属于 上月", [3, 4, 5]),
    ("客户推进", "推进时间 ≥ 今天 - 9天", [1, 2, 6, 7, 8]),
    ("客户", "区域 包含 100%", [1]),
    ("客户", "行业 包含 「_」", [7]),
    ("客户", "最近联系 < 本月初", []),
    ("客户", "最近联系 为空", [7]),
    ("客户", "今天 - 建档时间 > 7天", [7]),
    ("支持请求", "按时答复 = 否", [2]),
    ("支持请求", "非 按时答复", [2]),
    ("支持请求", "按时答复 为空", [3]),
)


async def test_conditions_as_they_are_written(tx: AsyncSession) -> None:
    for about, text, ids in WRITTEN:
        one = subject(about, AT)
        assert [hit.id for hit in await hits(tx, one, parse_condition(text, one.words()), AT)] == ids, text


async def test_a_hit_says_whose_it_is_and_what_was_seen(tx: AsyncSession) -> None:
    about = subject("商机", AT)
    condition = parse_condition("商机金额 > 5万元 且 未联系时长 > 1小时 且 商机状态 = 进行中", about.words())
    (hit,) = await hits(tx, about, condition, AT, more=("负责人",))
    assert (hit.id, hit.customer_id, hit.customer, hit.facts["负责人"]) == (1, 1, "宏达机械", "李雷")
    assert hit.facts["未联系时长"] == 7 * HOUR
    since = (START - 2 * HOUR).isoformat()
    assert hit.inputs == {"商机金额": "120000", "未联系时长": since, "商机状态": "进行中"}, (
        "time going by changes nothing"
    )
    assert await hits(tx, about, condition, AT, only=2) == []


async def test_days_are_local(tx: AsyncSession) -> None:
    """The first report was made at 10:00 in Shanghai on 11 March; a UTC day would end 8 hours later."""
    about = subject("客户推进", AT)
    for text, there in (
        ("推进时间 = 2026-03-11", True),
        ("推进时间 ≤ 2026-03-10", False),
        ("推进时间 ≠ 2026-03-11", False),
    ):
        found = [hit.id for hit in await hits(tx, about, parse_condition(text, about.words()), AT)]
        assert (1 in found) is there
    assert date(2026, 3, 11) == AT.today
