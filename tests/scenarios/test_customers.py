"""A customer's file, the list, new ones, other names, and hand-overs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from cards.model import Table
from storage import customers, people
from storage.tables import Customer, Event, Opportunity
from tests.harness.team import Team


async def test_the_file_of_a_customer(team: Team) -> None:
    await team.rep.says("/customer 宏达机械")
    card = team.rep.gets("宏达机械 · A 级 · 方案演示", "跟进人 李雷", "上次联系 今天 08:00", "联系人 王经理 采购经理")
    card.shows("今天 08:00 李雷 电话")
    await team.rep.presses("记推进")
    assert team.rep.gets("客户推进").field("customer").value == "1"
    await team.manager.says("/customer 云帆软件")
    team.manager.gets("云帆软件 · B 级 · 初筛", "跟进人 韩梅")
    team.nobody_else_heard_anything()


async def test_a_file_that_is_not_mine_or_not_there(team: Team) -> None:
    await team.rep.says("/customer 云帆软件")
    team.rep.gets("「云帆软件」现在由韩梅跟进").lacks("初筛")
    await team.rep.says("/customer 没有这家")
    team.rep.gets("没有叫「没有这家」的客户", "/customer add 没有这家")
    team.nobody_else_heard_anything()


async def test_a_list_is_sorted_by_silence(company: Team) -> None:
    team = company
    async with team.app.services.db.write() as tx:
        touched = await customers.by_name(tx, "天宇科技")
        assert touched is not None
        call = (await customers.recent(tx, touched.id))[0]
        call.at -= timedelta(days=5)
    await team.rep.says("/customer list")
    table = team.rep.gets("客户 · 5 个", "天宇科技 B 李雷 3月6日 06:00").card.blocks[0]
    assert isinstance(table, Table)
    assert table.rows[0][0] == "天宇科技"
    await team.manager.says("/customer list 韩梅")
    team.manager.gets("韩梅的客户 · 1 个", "云帆软件")
    await team.rep.says("/customer list 韩梅")
    team.rep.gets("没有叫「韩梅」的同事在你的团队里")
    await team.tech.says("/customer")
    team.tech.gets("还没有客户")
    team.nobody_else_heard_anything()


async def test_in_a_group_the_file_stays_private(team: Team) -> None:
    await team.rep.says("@跟进 /customer 宏达机械", group=True)
    team.group_gets("内容只给你看").lacks("王经理")
    team.rep.gets("宏达机械 · A 级")
    team.nobody_else_heard_anything()


async def test_a_new_customer_belongs_to_who_creates_it(team: Team) -> None:
    await team.rep.says("/customer add 晨光 精密 a")
    team.rep.gets("晨光 精密 · A 级", "已新建，由李雷跟进")
    await team.rep.says("/customer 晨光 精密")
    team.rep.gets("晨光 精密 · A 级")
    await team.admin.says("/customer add 海蓝软件")
    team.admin.gets("海蓝软件", "由大家跟进")
    await team.other_rep.says("/customer add 晨光 精密")
    team.other_rep.gets("已经有「晨光 精密」了，由李雷跟进", "要转给你，请找主管")
    team.nobody_else_heard_anything()


async def test_a_near_duplicate_is_shown_before_it_is_created(team: Team) -> None:
    await team.other_rep.says("/customer add 上海宏达机械有限公司 B")
    team.other_rep.gets("新建「上海宏达机械有限公司」之前看一下", "宏达机械 A 李雷")
    await team.other_rep.presses("就是它，不新建")
    team.other_rep.sees("好，没有新建「上海宏达机械有限公司」")
    await team.other_rep.says("/customer add 上海宏达机械有限公司 B")
    team.other_rep.gets("可能已经有了")
    await team.other_rep.presses("不是，新建")
    team.other_rep.sees("上海宏达机械有限公司 · B 级", "已新建，由韩梅跟进")
    message, _ = team.other_rep._button("记推进", "上海宏达")
    assert message.card is not None
    team.nobody_else_heard_anything()


async def test_a_branch_is_no_duplicate(team: Team) -> None:
    await team.rep.says("/customer add 华联超市三店")
    team.rep.gets("华联超市三店", "已新建")
    team.nobody_else_heard_anything()


@pytest.mark.parametrize("called", ["好", "1234", "长" * 61])
async def test_a_name_that_is_none(team: Team, called: str) -> None:
    await team.rep.says(f"/customer add {called}")
    team.rep.gets("客户名要 2 到 60 个字")
    async with team.app.services.db.read() as tx:
        assert len(await customers.everything(tx)) == 6
    team.nobody_else_heard_anything()


async def test_another_name_is_understood_at_once(team: Team) -> None:
    await team.rep.says("/customer alias 宏达机械 老宏达")
    team.rep.gets("记下了，「老宏达」就是宏达机械")
    await team.rep.says("/customer 老宏达")
    team.rep.gets("宏达机械 · A 级", "也叫 老宏达")
    await team.rep.says("/customer alias 仁和医院 老宏达")
    team.rep.gets("「老宏达」已经是宏达机械的名字")
    await team.rep.says("/customer alias 云帆软件 小云")
    team.rep.gets("「云帆软件」现在由韩梅跟进")
    await team.rep.says("/customer alias 宏达机械")
    team.rep.gets("请写客户名和别名")
    team.nobody_else_heard_anything()


async def test_a_superior_of_both_hands_a_customer_over(company: Team) -> None:
    team = company
    await team.manager.says("/customer transfer 宏达机械 给 韩梅")
    team.manager.gets("宏达机械 · A 级", "已转给韩梅（原来是李雷），1 个进行中的商机一起转")
    team.other_rep.gets("宏达机械 · A 级", "王主管把这个客户转给了你")
    team.rep.gets("王主管把宏达机械转给了韩梅")
    await team.rep.says("/customer 宏达机械")
    team.rep.gets("现在由韩梅跟进")
    async with team.app.services.db.read() as tx:
        han = (await people.named(tx, "韩梅"))[0]
        event = (await tx.scalars(select(Event).where(Event.kind == "customer.transferred"))).one()
        assert event.payload["to"] == han.id
        customer = await customers.by_name(tx, "宏达机械")
        assert isinstance(customer, Customer)
        sold = (await tx.scalars(select(Opportunity).where(Opportunity.customer_id == customer.id))).one()
        assert sold.owner_id == han.id
    team.nobody_else_heard_anything()


async def test_who_may_not_hand_over(team: Team) -> None:
    await team.rep.says("/customer transfer 宏达机械 给 韩梅")
    team.rep.gets("转客户要由双方共同的上级（或管理员）来做", "可以找王主管")
    await team.manager.says("/customer transfer 宏达机械 给 赵工")
    team.manager.gets("共同的上级")
    await team.manager.says("/customer transfer 宏达机械 李雷")
    team.manager.gets("本来就由李雷跟进")
    await team.manager.says("/customer transfer 宏达机械 给 王五")
    team.manager.gets("没有叫「王五」的同事")
    await team.manager.says("/customer transfer 宏达机械")
    team.manager.gets("请写客户名和同事的姓名")
    team.nobody_else_heard_anything()
