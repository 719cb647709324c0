from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.durations import Limit
from rules.expression import (
    COMPARISONS,
    DAYS,
    PERIODS,
    Action,
    Among,
    And,
    Arithmetic,
    Catalogue,
    Compare,
    Condition,
    Contains,
    Day,
    Empty,
    Fact,
    FactRef,
    Kind,
    Literal,
    Not,
    OnEvent,
    Or,
    Rule,
    Schedule,
    Value,
    Verb,
    Within,
    facts_in,
)
from rules.grammar import parse, parse_condition
from rules.rendering import render, render_condition

CATALOGUE = Catalogue(
    (
        Fact("客户等级", Kind.CHOICE, ("A", "B级", "定制（新）", "非标 大单", "3星")),
        Fact("次数", Kind.NUMBER, unit="次"),
        Fact("成交价", Kind.MONEY),
        Fact("目标价", Kind.MONEY),
        Fact("让步幅度", Kind.SHARE),
        Fact("停留", Kind.DURATION),
        Fact("最近联系", Kind.DATE),
        Fact("行业", Kind.TEXT),
        Fact("已签约", Kind.BOOL),
    )
)
REFS = {fact.kind: FactRef(fact.name, fact.kind) for fact in CATALOGUE.facts}
TARGET, DEAL = FactRef("目标价", Kind.MONEY), FactRef("成交价", Kind.MONEY)

decimals = st.decimals(-(10**8), 10**8, places=3)
durations = st.integers(0, 10**5).map(lambda minutes: Literal(timedelta(minutes=minutes), Kind.DURATION))
numbers = decimals.map(lambda number: Literal(number, Kind.NUMBER))
money = decimals.map(lambda number: Literal(number, Kind.MONEY))
shares = st.integers(0, 1000).map(lambda part: Literal(Decimal(part) / 1000, Kind.SHARE))
days = st.one_of(
    st.sampled_from(DAYS).map(Day),
    st.dates(date(2000, 1, 1), date(2099, 1, 1)).map(lambda day: Literal(day, Kind.DATE)),
)
moved = st.builds(
    lambda sign, left, count: Arithmetic(sign, left, Literal(timedelta(days=count), Kind.DURATION), Kind.DATE),
    st.sampled_from("+-"),
    days,
    st.integers(0, 400),
)
texts = st.text(st.characters(exclude_characters='「」“”"', categories=("L", "N", "P", "Zs")), min_size=1).map(
    lambda text: Literal(text, Kind.TEXT)
)
options = st.sampled_from(CATALOGUE.facts[0].options).map(lambda option: Literal(option, Kind.CHOICE))


def sums(leaves: st.SearchStrategy[Value], kind: Kind, signs: str) -> st.SearchStrategy[Value]:
    return st.recursive(
        leaves, lambda inner: st.builds(Arithmetic, st.sampled_from(signs), inner, inner, st.just(kind)), max_leaves=5
    )


def compared(
    left: st.SearchStrategy[Value], right: st.SearchStrategy[Value], *, ordered: bool = True
) -> st.SearchStrategy[Condition]:
    return st.builds(Compare, st.sampled_from(COMPARISONS if ordered else COMPARISONS[:2]), left, right)


def just(kind: Kind) -> st.SearchStrategy[Value]:
    return st.just(REFS[kind])


tests = st.one_of(
    compared(just(Kind.CHOICE), options, ordered=False),
    compared(just(Kind.TEXT), texts, ordered=False),
    compared(just(Kind.BOOL), st.booleans().map(lambda truth: Literal(truth, Kind.BOOL)), ordered=False),
    compared(sums(just(Kind.NUMBER), Kind.NUMBER, "+-*/"), numbers),
    compared(sums(st.sampled_from([TARGET, DEAL]), Kind.MONEY, "+-"), money),
    compared(just(Kind.SHARE), shares),
    compared(just(Kind.DURATION), durations),
    compared(just(Kind.DATE), st.one_of(days, moved)),
    st.builds(Contains, just(Kind.TEXT), texts),
    st.builds(Among, just(Kind.CHOICE), st.lists(options, min_size=1, max_size=4).map(tuple)),
    st.builds(Within, just(Kind.DATE), st.sampled_from(PERIODS)),
    st.builds(Empty, st.sampled_from(list(REFS.values()))),
)


def joined(kind: type[And | Or], parts: list[Condition]) -> Condition:
    return kind(tuple(inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,))))


conditions = st.recursive(
    tests,
    lambda inner: st.one_of(
        inner.map(Not),
        st.builds(joined, st.sampled_from([And, Or]), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=6,
)


@given(conditions)
def test_what_is_rendered_is_read_back(condition: Condition) -> None:
    assert parse_condition(render_condition(condition), CATALOGUE) == condition


@given(conditions)
def test_spaces_and_width_do_not_matter(condition: Condition) -> None:
    wide = str.maketrans("()<>=+/", "（）＜＞＝＋／")
    sentence = render_condition(condition)
    if "「" not in sentence:
        assert parse_condition(sentence.translate(wide).replace(" ", "　"), CATALOGUE) == condition


names = st.text(
    st.characters(exclude_characters='「」“”"', categories=("L", "N", "P", "Zs")), min_size=1, max_size=8
).filter(str.strip)
people = st.lists(names, min_size=1, max_size=3).map(tuple)
limits = st.one_of(
    st.none(),
    st.integers(1, 20).map(lambda n: Limit(working=True, workdays=n)),
    st.integers(1, 200).map(lambda h: Limit(timedelta(hours=h))),
)
actions = st.one_of(
    st.builds(Action, st.just(Verb.PUSH), names, people),
    st.builds(Action, st.just(Verb.TASK), names, people, limit=limits),
    st.builds(Action, st.just(Verb.FREEZE), names, limit=limits),
    st.builds(Action, st.sampled_from([Verb.LOCK, Verb.FLOW]), names),
    st.builds(Action, st.just(Verb.AWARD), to=people, points=st.integers(1, 500)),
    st.builds(Action, st.just(Verb.ESCALATE), to=people),
)
clocks = st.times().map(lambda at: time(at.hour, at.minute))
triggers = st.one_of(
    st.none(),
    names.map(OnEvent),
    st.builds(Schedule, st.sampled_from(["day", "workday"]), clocks),
    st.builds(Schedule, st.just("week"), clocks, st.integers(0, 6)),
    st.builds(Schedule, st.just("month"), clocks, st.integers(1, 31)),
    st.integers(1, 3000).map(lambda minutes: Schedule("interval", interval=timedelta(minutes=minutes))),
)


@given(st.builds(Rule, triggers, st.one_of(st.none(), tests), st.lists(actions, min_size=1, max_size=3).map(tuple)))
def test_whole_rules_are_read_back(rule: Rule) -> None:
    assert parse(render(rule), CATALOGUE) == rule


@pytest.mark.parametrize(
    "sentence",
    [
        "当 客户等级 = A 且 (次数 < 2 或 行业 为空) 时 推送 高潜客户流失预警 给 主管、总监",
        "每个工作日 08:30 当 (目标价 - 成交价) / 目标价 > 12% 时 锁定 任务 并 升级 给 总监",
        "发生 客户推进已提交 当 非 (已签约 = 是 且 成交价 ≥ 5万元) 时 奖励 10 分 给 销售",
        "每小时 当 最近联系 < 今天 - 7天 时 开任务 上门 给 销售 限 4小时工作时间",
        "每周五 17:00 推送 「交给 法务」 给 群",
    ],
)
def test_canonical_sentences_stay_as_they_are(sentence: str) -> None:
    assert render(parse(sentence, CATALOGUE)) == sentence


def test_the_facts_of_a_condition_come_in_order_and_once() -> None:
    condition = parse_condition("(目标价 - 成交价) / 目标价 > 12% 且 非 已签约 且 行业 不为空", CATALOGUE)
    assert [fact.name for fact in facts_in(condition)] == ["目标价", "成交价", "已签约", "行业"]
