"""Every fact says what its explanation says, on both databases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from rules.expression import Kind
from rules.grammar import parse_condition
from storage.facts import AsOf, MixedSubjects
from storage.hits import values
from storage.subjects import catalogue, subject, subject_of, subjects
from storage.tables import Customer, Interaction, Person, ProgressReport
from tests.harness.company import START
from tests.storage.sales import DAY, HOUR, as_of, report, request, settled


async def facts(url: str, about: str, names: tuple[str, ...], at: AsOf) -> dict[int, dict[str, Any]]:
    async with settled(url) as db, db.read() as tx:
        return await values(tx, subject(about, at), at, names)


async def test_customers(database_url: str) -> None:
    at = as_of()
    names = (
        "客户名称",
        "最近联系时间",
        "客户未联系时长",
        "本月拜访次数",
        "本月联系次数",
        "进行中商机数",
        "负责人",
        "团队",
    )
    seen = await facts(database_url, "客户", names, at)
    hongda, silent = seen[1], seen[7]
    assert hongda["最近联系时间"] == START - 2 * HOUR
    assert (hongda["客户未联系时长"], hongda["负责人"], hongda["团队"]) == (2 * HOUR, "李雷", "华东一组")
    assert (hongda["本月联系次数"], hongda["进行中商机数"]) == (1, 1)
    assert seen[2]["本月拜访次数"] == 2, "verified ones since the 1st; 待验证 counts in nothing"
    assert silent["最近联系时间"] is None, "an undone contact is none"
    assert silent["客户未联系时长"] == 30 * DAY, "counted from its first day"
    assert (silent["负责人"], silent["团队"]) == (None, None)


async def test_opportunities(database_url: str) -> None:
    at = as_of(START + 50 * HOUR)
    seen = await facts(
        database_url,
        "商机",
        ("商机阶段", "商机状态", "商机金额", "阶段停留时长", "未联系时长", "停滞时限", "推进次数"),
        at,
    )
    assert seen[1] == {
        "商机阶段": "方案演示",
        "商机状态": "进行中",
        "商机金额": Decimal(120000),
        "阶段停留时长": 87 * HOUR,
        "未联系时长": 52 * HOUR,
        "停滞时限": 48 * HOUR,
        "推进次数": Decimal(1),
    }
    assert (seen[2]["停滞时限"], seen[2]["商机金额"]) == (72 * HOUR, None)
    assert [one["商机状态"] for one in seen.values()] == ["进行中", "进行中", "赢单", "丢单", "进行中", "赢单"]


async def test_silence_begins_with_the_stage_when_that_is_later(database_url: str) -> None:
    at = as_of()
    async with settled(database_url) as db:
        async with db.write() as tx:
            old = (await tx.scalars(select(Interaction).where(Interaction.customer_id == 1))).one()
            old.at = START - 20 * DAY
        async with db.read() as tx:
            seen = await values(tx, subject("商机", at), at, ("未联系时长", "客户未联系时长"), only=1)
    assert seen[1] == {"未联系时长": 37 * HOUR, "客户未联系时长": 20 * DAY}


async def test_progress_reports_and_visits(database_url: str) -> None:
    at = as_of()
    async with settled(database_url) as db, db.read() as tx:
        reports = await values(tx, subject("客户推进", at), at, ("让步幅度",))
        visits = await values(tx, subject("拜访", at), at, ("拜访状态", "在店时长", "客户名称"))
    shares = [one["让步幅度"] for one in reports.values()]
    assert shares == [Decimal("0.12"), Decimal("-0.136363"), None, Decimal("0.666666"), None]
    assert visits[1] == {"拜访状态": "已验证", "在店时长": timedelta(minutes=90), "客户名称": "仁和医院"}
    assert visits[4]["在店时长"] is None


async def test_undone_reports_are_gone(database_url: str) -> None:
    at = as_of()
    async with settled(database_url) as db:
        async with db.write() as tx:
            (await tx.get_one(ProgressReport, 1)).undone_at = START
        async with db.read() as tx:
            assert 1 not in await values(tx, subject("客户推进", at), at, ("成交价",))


@pytest.mark.parametrize(
    ("replied_after", "state", "on_time"), [(HOUR, "已答复", True), (5 * HOUR, "已答复", False), (None, "待答复", None)]
)
async def test_support_requests(
    database_url: str, replied_after: timedelta | None, state: str, on_time: bool | None
) -> None:
    at = as_of(START + DAY)
    async with settled(database_url) as db:
        async with db.write() as tx:
            asked = await request(tx, await report(tx, 3, 1, START), replied_after)
        async with db.read() as tx:
            seen = (
                await values(tx, subject("支持请求", at), at, ("支持请求状态", "按时答复", "答复时间", "支持等待时长"))
            )[asked.id]
    replied_at = START + replied_after if replied_after else None
    assert seen == {"支持请求状态": state, "按时答复": on_time, "答复时间": replied_at, "支持等待时长": DAY}


async def test_people(database_url: str) -> None:
    at = as_of(START + 8 * DAY)
    async with settled(database_url) as db:
        async with db.write() as tx:
            (await tx.get_one(Person, 5)).active = False
        async with db.read() as tx:
            names = ("负责人", "角色", "个人本月拜访次数", "个人本月推进次数", "名下客户数", "名下久未联系客户数")
            seen = await values(tx, subject("人", at), at, names)
    lilei = {
        "负责人": "李雷",
        "角色": "销售",
        "个人本月拜访次数": 1,
        "个人本月推进次数": 1,
        "名下客户数": 5,
        "名下久未联系客户数": 5,
    }
    assert seen[3] == lilei
    assert 5 not in seen, "somebody who left is no longer asked about"


async def test_months_begin_at_local_midnight(database_url: str) -> None:
    """1 April in Shanghai begins at 16:00 UTC on 31 March."""
    begin = as_of().start_of(START.date().replace(month=4, day=1))
    async with settled(database_url) as db:
        async with db.write() as tx:
            for moment in (begin - timedelta(seconds=1), begin):
                tx.add(Interaction(customer_id=7, person_id=3, kind="call", at=moment))
            (await tx.get_one(Customer, 7)).level = "B"
        async with db.read() as tx:
            at = as_of(begin + HOUR)
            assert (await values(tx, subject("客户", at), at, ("本月联系次数",)))[7]["本月联系次数"] == 1


def test_every_fact_is_explained_and_named_once() -> None:
    at = as_of()
    for one in subjects(at):
        assert all(fact.fact.explanation for fact in one.facts.values())
    words = [word for fact in catalogue(at).facts for word in (fact.name, *fact.aliases)]
    assert len(words) == len(set(words))
    assert all(
        fact.options
        for fact in catalogue(at).facts
        if fact.kind is Kind.CHOICE and fact.name in ("商机阶段", "商机状态")
    )


@pytest.mark.parametrize(
    ("condition", "about"),
    [
        ("客户等级 = A 且 本月拜访次数 < 2", "客户"),
        ("客户等级 = A 且 商机状态 = 进行中", "商机"),
        ("负责人 = 李雷 且 拜访状态 = 待验证", "拜访"),
        ("支持等待时长 > 4小时", "支持请求"),
        ("个人本月拜访次数 < 5", "人"),
    ],
)
def test_a_condition_is_about_the_plainest_thing_that_knows_its_facts(condition: str, about: str) -> None:
    at = as_of()
    assert subject_of(parse_condition(condition, catalogue(at)), at).name == about


def test_facts_of_different_things_do_not_mix() -> None:
    at = as_of()
    with pytest.raises(MixedSubjects, match="「拜访状态」属于拜访；「商机状态」属于商机"):
        subject_of(parse_condition("拜访状态 = 待验证 且 商机状态 = 进行中", catalogue(at)), at)
