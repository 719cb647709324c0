"""X11: what is wrong, and what to press to mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from bot.errors import Credentials, Permanent
from bot.platforms.base import Finding
from handlers import doctor_lines
from storage.tables import Deadline, Inbox, Outbox
from tests.harness.team import Team

SAID = "宏达机械今天已报价，竞品压价，希望总监帮忙申请特价"


async def test_everything_is_well_but_the_speech_model(company: Team) -> None:
    team = company
    await team.admin.says("/doctor")
    card = team.admin.gets("运行状况 · 1 项要留意", "语音识别 留意 没有找到模型 base", "结构是最新的")
    card.shows("收到的消息 正常", "网页聊天 web · 聊天 正常", "时间 正常 2026-03-11 10:00:00")
    card.shows("到点要做的事 正常 都按时")
    assert card.buttons() == ["再检查一次"]
    await team.admin.presses("再检查一次")
    team.admin.gets("最近一次送达 今天 10:00")
    team.nobody_else_heard_anything()


async def test_it_is_for_admins(team: Team) -> None:
    await team.manager.says("/doctor")
    team.manager.gets("需要管理员权限")
    await team.admin.says("/doctor who")
    team.admin.gets("没有「who」这个用法", "/doctor retry")
    await team.admin.says("/doctor retry")
    team.admin.gets("没有停着的消息、推送或到点的事，不用重试")
    team.nobody_else_heard_anything()


async def test_a_parked_message_is_retried_and_then_handled(company: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team = company

    async def broken(*_: object) -> None:
        raise RuntimeError("the disk is full")

    commands = team.app.services.routes.commands
    with monkeypatch.context() as patch:
        patch.setitem(commands, "todo", replace(commands["todo"], handler=broken))
        await team.rep.says("/todo")
        await team.clock.forward(minutes=2)
    team.rep.gets("我试了几次都没处理成功")
    team.admin.gets("有一条消息没处理成功", "/doctor retry")
    await team.admin.says("/doctor")
    team.admin.gets("运行状况 · 1 项有问题", "没处理成功的消息 有问题 1 条，内容都保存着", "点下面的“重试”")
    await team.admin.presses("重试 1 件")
    team.admin.gets("已放回去重新处理：消息 1 个会话")
    team.rep.gets("现在没有等你处理的事")
    async with team.app.services.db.read() as tx:
        assert (await tx.scalars(select(Inbox).where(Inbox.state != "done"))).first() is None
    team.nobody_else_heard_anything()


async def test_a_push_that_failed_is_sent_again(team: Team) -> None:
    team.platform.client.fail_next.append(Permanent("the person has left"))
    await team.rep.says("/me")
    team.rep.heard_nothing()
    await team.admin.says("/doctor")
    team.admin.gets("没发成功的推送 留意 1 条")
    await team.admin.says("/doctor retry")
    team.admin.gets("推送 1 条")
    team.rep.gets("李雷 · 销售")
    async with team.app.services.db.read() as tx:
        assert (await tx.scalars(select(Outbox).where(Outbox.state == "failed"))).first() is None
    team.nobody_else_heard_anything()


async def test_deadlines_given_up_are_done_again_only_where_they_still_matter(company: Team) -> None:
    team = company
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.sees("已记下")
    team.manager.gets("支持请求")
    async with team.app.services.db.write() as tx:
        failed = update(Deadline).where(Deadline.kind == "flow.reminder").values(state="failed", error="boom")
        await tx.execute(failed)
        morning = (await tx.scalars(select(Deadline).where(Deadline.kind == "job"))).all()
        digest = next(row for row in morning if row.payload["job"] == "digest")
        digest.state = "failed"
    await team.admin.says("/doctor")
    team.admin.gets("到点要做的事 有问题 2 件试了几次没做成")
    await team.admin.presses("重试 2 件")
    team.admin.gets("到点的事 2 件")
    team.manager.gets("支持请求", "快到时间了")
    team.group_gets("华东一组 · 今日")
    async with team.app.services.db.write() as tx:
        await tx.execute(update(Deadline).where(Deadline.kind == "flow.due").values(state="failed"))
        rows = (await tx.scalars(select(Deadline).where(Deadline.kind == "job", Deadline.state == "open"))).all()
        assert len([row for row in rows if row.payload["job"] == "digest"]) == 1
    await team.manager.presses("已协调", note="9.2 折")
    team.rep.gets("王主管已协调")
    await team.admin.says("/doctor retry")
    team.admin.gets("不用重试")
    team.nobody_else_heard_anything()


async def test_a_platform_that_is_ill_says_so(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused() -> Sequence[Finding]:
        raise Credentials("the secret is wrong")

    async def silent() -> Sequence[Finding]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(team.platform.client, "check", refused)
    await team.admin.says("/doctor")
    team.admin.gets("有问题 检查时出错：Credentials: the secret is wrong", "看看网络和这个应用的密钥")
    monkeypatch.setattr(doctor_lines, "PATIENCE", 0.01)
    monkeypatch.setattr(team.platform.client, "check", silent)
    await team.admin.says("/doctor")
    team.admin.gets("几秒内没有回答")
    team.nobody_else_heard_anything()
