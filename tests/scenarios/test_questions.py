"""Plain questions get an answer from the records, for whoever may see them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from storage.tables import Customer, Interaction, Opportunity, Visit
from tests.harness.company import START
from tests.harness.team import Team
from tests.storage.sales import DAY, report, visit


async def worked(team: Team) -> None:
    """李雷: 3 verified visits and one 待验证, 2 quotations, a deal of 12 万; 韩梅: one visit; 李雷 had 1 last month."""
    async with team.app.services.db.write() as tx:
        for days in (1, 2, 3):
            await visit(tx, 3, 1, START - days * DAY, "verified")
        await visit(tx, 3, 1, START - 4 * DAY, "incomplete")
        await visit(tx, 4, 6, START - DAY, "verified")
        await visit(tx, 3, 1, START - 20 * DAY, "verified")
        for days in (1, 5):
            await report(tx, 3, 1, START - days * DAY)
        won = await tx.get_one(Opportunity, 3)
        won.state, won.amount, won.stage_since = "won", Decimal(120000), START - DAY
        old = (await tx.scalars(select(Interaction).where(Interaction.customer_id == 4))).one()
        old.at = START - 9 * DAY


async def test_my_month_beside_the_team_and_the_month_before(company: Team) -> None:
    await worked(company)
    await company.rep.says("我这个月完成了多少")
    answer = company.rep.gets("本月 · 李雷")
    answer.shows("已验证拜访 3 次 2 次 1 次", "报价 2 次 1 次 0 次", "签约额 12 万元 6 万元 0 元")
    answer.shows("过程留痕率 75%（留意） 88% 100%", "未联系客户 1 家（留意） 0.5 家 —")
    company.nobody_else_heard_anything()


async def test_another_period(team: Team) -> None:
    await worked(team)
    await team.rep.says("我上个月拜访了几家？")
    team.rep.gets("上月 · 李雷", "拜访 1 次 0.5 次")
    await team.rep.says("我今天完成了多少")
    team.rep.gets("今天 · 李雷", "拜访 0 次 0 次")
    team.nobody_else_heard_anything()


async def test_the_team_is_for_its_superiors(company: Team) -> None:
    await worked(company)
    await company.manager.says("团队本月情况")
    card = company.manager.gets(
        "华东一组 · 本月", "2 名销售", "李雷 3 次 2 次 12 万元 1 家（留意）", "韩梅 1 次 0 次 0 元 0 家"
    )
    card.shows("合计 4 次 2 次 12 万元 1 家")
    await company.director.says("我这个月完成了多少")
    company.director.gets("华东一组 · 本月", "合计 4 次")
    await company.rep.says("团队这个月怎么样")
    company.rep.gets("团队的情况只给主管看")
    company.nobody_else_heard_anything()


async def test_one_of_the_reps_is_asked_about_by_their_superior(team: Team) -> None:
    await worked(team)
    await team.manager.says("李雷这个月完成了多少")
    team.manager.gets("本月 · 李雷", "已验证拜访 3 次 2 次 1 次")
    team.nobody_else_heard_anything()


async def test_in_the_group_figures_go_to_the_private_chat(team: Team) -> None:
    await worked(team)
    await team.rep.says("@跟进 我这个月完成了多少", group=True)
    team.rep.gets("本月 · 李雷", "拜访 3 次")
    team.group_gets("李雷")
    team.nobody_else_heard_anything()


async def test_the_records_of_a_customer(team: Team) -> None:
    async with team.app.services.db.write() as tx:
        tx.add(Interaction(customer_id=1, person_id=4, kind="meeting", at=START - DAY, note="演示了样机"))
        tx.add(Interaction(customer_id=1, person_id=3, kind="call", at=START - DAY, note="撤销的", undone_at=START))
    await team.rep.says("帮我查一下宏达机械最近的跟进记录")
    answer = team.rep.gets(
        "跟进记录 · 宏达机械", "最近 2 条", "今天 08:00 李雷 电话：电话", "昨天 10:00 韩梅 会议：演示了样机"
    )
    answer.lacks("撤销的")
    assert answer.buttons() == ["看客户档案"]
    team.nobody_else_heard_anything()


@pytest.mark.parametrize("asked", ["华联最近的跟进记录", "查一下华联的跟进记录"])
async def test_an_ambiguous_name_is_asked(team: Team, asked: str) -> None:
    await team.rep.says(asked)
    assert team.rep.gets("「华联超市」可能是下面几家，看哪一家？").buttons() == ["华联超市", "华联超市二店"]
    await team.rep.presses("华联超市二店")
    team.rep.gets("跟进记录 · 华联超市二店")
    team.nobody_else_heard_anything()


async def test_the_exact_name_is_answered_and_the_other_one_press_away(team: Team) -> None:
    await team.rep.says("华联超市最近的跟进记录")
    assert team.rep.gets("跟进记录 · 华联超市", "最近 1 条").buttons() == ["看客户档案", "看华联超市二店"]
    team.nobody_else_heard_anything()


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("帮我查一下远东集团的跟进记录", "没有叫「远东集团」的客户"),
        ("云帆软件最近的跟进记录", "「云帆软件」现在由韩梅跟进"),
        ("最近的跟进记录", "要看哪家客户的记录"),
        ("明天天气怎么样？", "这个我还答不上来"),
        ("我的支持请求", "还没有提过支持请求"),
        ("我的需求追踪", "还没有提过支持请求"),
        ("远东集团的竞品动态", "没有叫「远东集团」的客户"),
        ("韩梅这个月完成了多少", "韩梅的数字只给本人和上级看"),
        ("公司食堂几点开门？", "现在可以问"),
    ],
)
async def test_what_cannot_be_answered_is_said_in_words(team: Team, asked: str, answer: str) -> None:
    await team.rep.says(asked)
    team.rep.gets(answer)
    team.nobody_else_heard_anything()


async def test_a_customer_of_somebody_else_is_no_press_away(team: Team) -> None:
    await team.rep.says("华联最近的跟进记录")
    asked = team.rep.gets("可能是下面几家")
    async with team.app.services.db.write() as tx:
        (await tx.get_one(Customer, 5)).owner_id = 4
    await team.rep.presses_button(asked.message, asked.card.buttons[1], {})
    team.rep.gets("要看哪家客户的记录")
    team.nobody_else_heard_anything()


async def test_who_has_waited_long(company: Team) -> None:
    await company.rep.says("谁好久没联系了")
    company.rep.gets("名下客户 7 天内都联系过")
    await worked(company)
    await company.rep.says("哪些客户好久没联系了？")
    company.rep.gets("好久没联系 · 1 家", "超过 7 天没有联系", "华联超市 3月2日 10:00")
    await company.manager.says("谁好久没联系了")
    company.manager.gets("好久没联系 · 1 家", "华联超市 李雷 3月2日 10:00")
    await company.other_rep.says("谁好久没联系了")
    company.other_rep.gets("都联系过")
    company.nobody_else_heard_anything()


async def test_what_is_told_is_no_question(team: Team) -> None:
    await team.rep.says("宏达机械今天已报价，客户问多少钱能再降")
    team.rep.gets("这样记，对吗？")
    async with team.app.services.db.read() as tx:
        assert (await tx.scalars(select(Visit))).all() == []
    team.nobody_else_heard_anything()


async def test_how_a_customer_is_doing_shows_its_records_and_an_ambiguous_one_is_asked(team: Team) -> None:
    await team.rep.says("宏达机械最近怎么样")
    team.rep.gets("跟进记录 · 宏达机械")
    await team.rep.says("华联最近怎么样")
    team.rep.gets("华联超市", "华联超市二店")
    await team.rep.says("天空为什么是蓝的")
    team.rep.gets("可以").lacks("这样记，对吗？", "没听出要记什么")
    team.nobody_else_heard_anything()
