"""What a rep tells of people, competitors and policies goes to the customer's file with the record."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.platforms.base import Kind
from storage.tables import CompetitorMove, Contact, ContactChange, Event, PolicyEffect
from tests.harness.team import Actor, Team
from tests.harness.voices import ScriptedTranscriber

CHANGE = "宏达机械李总调走了，现在是赵总负责，今天已报价"
MOVE = "宏达机械今天已寄样，博创报价11万8，还答应账期90天，希望总监帮忙申请特价"
POLICY = "宏达机械已报价，苏政办〔2026〕12号出来了，技改补贴15%，他们下半年要换设备"


async def files(team: Team, said: str, who: Actor | None = None) -> None:
    """Somebody says something and nods."""
    actor = who or team.rep
    await actor.says(said)
    actor.gets("这样记，对吗？")
    await actor.presses("确认")
    actor.sees("已记下")


async def asks(team: Team, what: str, *words: str) -> str:
    await team.rep.says(what)
    return team.rep.gets(*words).text


async def events(team: Team) -> list[str]:
    async with team.app.services.db.read() as tx:
        kinds = (await tx.scalars(select(Event.kind).order_by(Event.id))).all()
    return [kind for kind in kinds if kind.startswith(("contact.c", "competitor.", "policy."))]


async def test_a_change_of_hands_is_filed_once_and_told_the_manager_in_one_card(company: Team) -> None:
    await company.rep.says(CHANGE)
    company.rep.gets("这样记，对吗？", "**记进客户档案** 李总 离开；赵总 接手")
    company.manager.heard_nothing()
    await company.rep.presses("确认")
    company.rep.sees("已记下 · 宏达机械", "李总 离开", "赵总 接手")
    told = company.manager.gets("关键人变动 · 李雷 · 宏达机械", "变动类型 接手", "变动前 李总", "变动后 赵总")
    told.shows("赵总 接手：“现在是赵总负责”")
    await asks(
        company,
        "宏达机械的联系人",
        "联系人 · 宏达机械 · 3 位",
        "赵总 - - 现在负责",
        "王经理 采购经理 - 在",
        "李总 - - 今天 10:00 离开",
    )
    assert await events(company) == ["contact.changed", "contact.changed"]
    await files(company, CHANGE)
    assert len(await events(company)) == 2
    company.nobody_else_heard_anything()


async def test_undone_with_the_report_also_for_the_manager(company: Team) -> None:
    await files(company, CHANGE)
    company.manager.gets("关键人变动 · 李雷 · 宏达机械")
    await company.clock.forward(minutes=9)
    await company.rep.says("/undo")
    company.rep.sees("已撤销")
    company.manager.sees("李雷撤销了这条记录 · 宏达机械，这条提醒不算了")
    text = await asks(company, "宏达机械的联系人", "联系人 · 宏达机械 · 1 位", "王经理")
    assert "赵总" not in text and "李总" not in text
    assert (await events(company))[2:] == ["contact.change_undone"] * 2
    company.everybody_has_read()


async def test_undo_restores_title_and_presence(team: Team) -> None:
    await files(team, "宏达机械王经理升总监了，今天已报价")
    await asks(team, "宏达机械的联系人", "王经理 总监")
    await team.rep.says("/undo")
    await asks(team, "宏达机械的联系人", "王经理 采购经理 - 在")
    await files(team, "宏达机械王经理离职了，今天已报价")
    await asks(team, "宏达机械的联系人", "王经理 采购经理 - 今天 10:00 离开")
    await team.rep.says("/undo")
    await asks(team, "宏达机械的联系人", "王经理 采购经理 - 在")
    team.everybody_has_read()


async def test_a_competitors_move_with_price_words_and_source(company: Team) -> None:
    await files(company, MOVE)
    company.manager.gets("支持请求 · 李雷 · 宏达机械")
    answer = await asks(company, "宏达机械的竞品动态", "竞品动态 · 宏达机械", "博创 报价 11.8 万元")
    assert "“博创报价11万8，还答应账期90天” 李雷" in answer
    await asks(company, "宏达机械最近的跟进记录", "推进：已寄样（竞品 博创 报价 11.8 万元）")
    await asks(company, "/customer 宏达机械", "竞品动态 博创 报价 11.8 万元 今天 10:00")
    await files(company, MOVE)
    company.manager.gets("支持请求 · 李雷 · 宏达机械")
    async with company.app.services.db.read() as tx:
        assert len((await tx.scalars(select(CompetitorMove))).all()) == 1
    company.nobody_else_heard_anything()


async def test_a_move_is_told_the_manager_where_the_rule_is_on(team: Team) -> None:
    await team.admin.says("/rule publish 竞品动态")
    team.everybody_has_read()
    await files(team, "宏达机械今天已寄样，博创降了两个点")
    card = team.manager.gets("竞品动态 · 李雷 · 宏达机械", "竞品名称 博创", "竞品动作 降价")
    card.shows("“博创降了两个点”")
    await team.manager.says("/why")
    team.manager.gets("竞品动态")
    team.nobody_else_heard_anything()


async def test_policies_and_document_numbers(company: Team) -> None:
    await files(company, POLICY)
    answer = await asks(company, "宏达机械的政策影响", "政策影响 · 宏达机械", "苏政办〔2026〕12号", "技改补贴（利好）")
    assert "“技改补贴15%，他们下半年要换设备”" in answer
    await asks(company, "/customer 宏达机械", "政策影响", "苏政办〔2026〕12号")
    await files(company, POLICY)
    async with company.app.services.db.read() as tx:
        assert len((await tx.scalars(select(PolicyEffect))).all()) == 2
    company.nobody_else_heard_anything()


async def test_a_corrected_customer_gets_the_findings(team: Team) -> None:
    await team.rep.says(CHANGE)
    draft = team.rep.gets("这样记，对吗？")
    number = next(one.value for one in draft.field("customer").options if one.label == "天宇科技")
    await team.rep.presses("确认", customer=number)
    team.manager.gets("关键人变动 · 李雷 · 天宇科技")
    await asks(team, "天宇科技的联系人", "赵总 - - 现在负责")
    assert "赵总" not in await asks(team, "宏达机械的联系人", "联系人")
    team.everybody_has_read()


async def test_what_was_misheard_is_kept_out_and_the_record_filed(team: Team) -> None:
    await team.rep.says(CHANGE)
    team.rep.gets("这样记，对吗？", "赵总 接手")
    await team.rep.presses("档案里不记", obstacle="竞品压价")
    card = team.rep.sees("好，档案里不记这些").lacks("赵总 接手")
    assert card.field("action").value == "已报价" and card.field("obstacle").value == "竞品压价"
    await team.rep.presses("确认")
    team.rep.sees("已记下 · 宏达机械").lacks("赵总 接手")
    assert await events(team) == []
    team.nobody_else_heard_anything()


async def test_several_customers_in_one_message_keep_apart(team: Team) -> None:
    await team.rep.says("宏达机械李总离职了，今天已报价。天宇科技赵总接手了，已寄样")
    await team.rep.presses("确认", on="1/2")
    await team.rep.presses("确认", on="2/2")
    team.everybody_has_read()
    assert "李总 - - 今天 10:00 离开" in await asks(team, "宏达机械的联系人", "联系人")
    answer = await asks(team, "天宇科技的联系人", "赵总 - - 现在负责")
    assert "李总" not in answer
    team.nobody_else_heard_anything()


async def test_a_recording_knows_its_seconds(team: Team) -> None:
    recording = b"#!AMR\n" + bytes(44)
    transcriber = team.app.services.transcriber
    assert isinstance(transcriber, ScriptedTranscriber)
    transcriber.hears[recording] = MOVE
    await team.rep.sends(Kind.VOICE, recording, name="v.amr", seconds=7)
    await team.rep.presses("确认")
    team.everybody_has_read()
    assert "（录音第 2 秒）" in await asks(team, "宏达机械的竞品动态", "博创 报价")
    async with team.app.services.db.read() as tx:
        row = (await tx.scalars(select(CompetitorMove))).one()
        assert row.draft_id is not None and row.starts is not None and row.ends is not None
        assert 0 < row.starts < row.ends <= 7


async def test_nobody_of_ours_becomes_a_contact(team: Team) -> None:
    await files(team, "今天和王主管一起拜访了宏达机械，见了赵总")
    await files(team, "和赵工去拜访了天宇科技，陈总监谈了价格")
    async with team.app.services.db.read() as tx:
        names = (await tx.scalars(select(Contact.name).where(Contact.undone_at.is_(None)))).all()
    assert sorted(names) == ["王经理", "赵总"]
    team.everybody_has_read()


async def test_one_person_by_several_names_and_nobody_guessed(team: Team) -> None:
    await files(team, "宏达机械采购部的张敏说可以，今天已报价")
    await files(team, "宏达机械张经理说再看看，今天已寄样")
    async with team.app.services.db.write() as tx:
        people = (await tx.scalars(select(Contact).where(Contact.customer_id == 1))).all()
        assert [(one.name, one.department) for one in people] == [("王经理", ""), ("张敏", "采购部")]
        tx.add(Contact(customer_id=1, name="张伟"))
    await files(team, "宏达机械张经理离职了，今天已报价")
    async with team.app.services.db.read() as tx:
        assert [one.left_at for one in (await tx.scalars(select(Contact))).all()] == [None, None, None]
        assert {one.kind for one in (await tx.scalars(select(ContactChange))).all()} == {"新联系人"}
    team.everybody_has_read()


async def test_only_for_who_may_see_the_customer(company: Team) -> None:
    await files(company, MOVE)
    company.everybody_has_read()
    for asked in ("宏达机械的联系人", "宏达机械的竞品动态", "宏达机械的政策影响", "/customer rivals 宏达机械"):
        await company.other_rep.says(asked)
        company.other_rep.gets("「宏达机械」现在由李雷跟进").lacks("博创")
    await company.other_rep.says("竞品动态")
    company.other_rep.gets("还没有竞品动态")
    await company.manager.says("竞品动态")
    company.manager.gets("竞品动态 · 我能看到的客户", "宏达机械", "博创 报价 11.8 万元")
    await company.manager.says("博创最近的动态")
    company.manager.gets("竞品动态 · 博创", "宏达机械")
    company.nobody_else_heard_anything()


async def test_an_ambiguous_customer_is_asked(team: Team) -> None:
    await team.rep.says("华联的联系人")
    assert team.rep.gets("可能是下面几家").buttons() == ["华联超市", "华联超市二店"]
    await team.rep.presses("华联超市二店")
    team.rep.gets("联系人 · 华联超市二店", "还没有联系人")
    team.nobody_else_heard_anything()


async def test_put_right_by_hand(team: Team) -> None:
    await files(team, CHANGE)
    team.everybody_has_read()
    await team.rep.says("/customer contact 宏达机械 赵总 改名 赵伟")
    team.rep.gets("赵伟 - - 现在负责")
    await team.rep.says("/customer contact 宏达机械 赵伟 职务 总经理")
    team.rep.gets("赵伟 总经理")
    await team.rep.says("/customer contact 宏达机械 李总 删除")
    team.rep.gets("联系人 · 宏达机械 · 2 位").lacks("李总")
    await team.rep.says("/customer contact 宏达机械 孙工 电话 13800000000")
    team.rep.gets("没有联系人「孙工」；现有：王经理、赵伟")
    await team.rep.says("/customer contact 宏达机械 孙工 新增")
    team.rep.gets("联系人 · 宏达机械 · 3 位", "孙工")
    await team.other_rep.says("/customer contact 宏达机械 孙工 删除")
    team.other_rep.gets("由李雷跟进")
    await team.admin.says("/audit 档案")
    team.admin.gets("改了宏达机械的联系人：赵总 改名 赵伟", "关键人变动 · 宏达机械：赵总 接手")
    team.nobody_else_heard_anything()


@pytest.mark.parametrize("said", ["宏达机械王经理没走，今天已报价", "听说宏达机械李总可能要离职，已报价"])
async def test_what_has_not_happened_changes_nobody(team: Team, said: str) -> None:
    await files(team, said)
    async with team.app.services.db.read() as tx:
        assert [one.left_at for one in (await tx.scalars(select(Contact))).all()] in ([None], [None, None])
    team.nobody_else_heard_anything()
