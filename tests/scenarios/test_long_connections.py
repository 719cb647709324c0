"""Days on a long connection that breaks, falls silent, or is moved; and what the platform may believe when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from storage.tables import Inbox, Outbox
from tests.harness.company import START
from tests.harness.live import LiveTeam, open_live
from tests.harness.sockets import DingTalkSocket, FeishuSocket, Line, RobotSocket, turns, until

SAID = "宏达机械今天已报价，客户嫌价格高，竞品压价，希望总监帮忙申请特价"
LINES: dict[str, Callable[[], Line]] = {"feishu": FeishuSocket, "dingtalk": DingTalkSocket, "wecom": RobotSocket}
PATIENCE = timedelta(minutes=7)
"""Feishu pings every two minutes, and one ping may be lost."""


@pytest.fixture(params=LINES)
async def team(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LiveTeam]:
    opened = await open_live(tmp_path, LINES[request.param]())
    yield opened
    await opened.close()


def line_of(team: LiveTeam) -> Line:
    assert isinstance(team.driver, Line)
    return team.driver


async def comes_back(team: LiveTeam) -> None:
    """The product notices, waits its pause, and connects again."""
    line = line_of(team)
    for _ in range(10):
        await turns()
        if line.connections:
            break
        await team.clock.forward(seconds=1)
    await until(lambda: line.connections == 1)
    await turns()


async def waits(team: LiveTeam, *, seconds: int) -> None:
    """Time passes, and nobody has anything to do but hold the line."""
    for _ in range(seconds):
        await turns()
        team.virtual.move_to(team.virtual.now() + timedelta(seconds=1))
    await turns()


async def kept(team: LiveTeam) -> int:
    async with team.app.services.db.read() as tx:
        return int((await tx.scalars(select(func.count()).select_from(Inbox))).one())


async def test_a_line_that_breaks_between_any_two_steps_costs_nothing(team: LiveTeam) -> None:
    line = line_of(team)
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await line.cut()
    await comes_back(team)
    await team.rep.presses("确认")
    team.rep.sees("已记下 · 宏达机械 · 已报价")
    team.manager.gets("支持请求 · 李雷 · 宏达机械")
    await line.cut()
    await comes_back(team)
    await team.manager.presses("已协调", note="特价 9.2 折")
    team.rep.gets("王主管已协调", "特价 9.2 折")
    team.manager.sees("王主管已协调")
    team.nobody_else_heard_anything()
    assert line.opened == 3


async def test_each_pause_before_connecting_again_is_longer(team: LiveTeam) -> None:
    """Nobody hammers a platform that is down."""
    line = line_of(team)
    line.refuses(True)
    await line.cut()
    tried = line.tried
    await waits(team, seconds=60)
    assert 4 <= line.tried - tried <= 7, "after 1, 2, 4, 8, 16 and 32 seconds, each up to half of it less"
    line.refuses(False)
    await waits(team, seconds=60)
    await until(lambda: line.connections == 1)
    await team.rep.says("/me")
    team.rep.gets("李雷 · 销售")


async def test_a_silent_line_is_given_up_for_a_new_one(team: LiveTeam) -> None:
    """The other side is gone and TCP does not know: no heartbeat comes back."""
    line = line_of(team)
    line.falls_silent(True)
    while line.connections:
        assert team.virtual.now() < START + PATIENCE, "it believes in a dead line"
        await waits(team, seconds=1)
    line.falls_silent(False)
    await comes_back(team)
    assert line.opened == 2
    await team.rep.says("/me")
    team.rep.gets("李雷 · 销售")
    team.nobody_else_heard_anything()


async def test_a_quiet_day_keeps_the_line(team: LiveTeam) -> None:
    """Nobody says anything for an hour and a half; the heartbeats go on."""
    line = line_of(team)
    await team.clock.to("11:30")
    assert (line.opened, line.connections) == (1, 1)


class Gate:
    """In front of the inbox: nothing is written until it opens."""

    def __init__(self, inbox: Any) -> None:
        self.inbox = inbox
        self.open = asyncio.Event()
        self.waiting = 0

    async def put(self, message: Any) -> bool:
        self.waiting += 1
        await self.open.wait()
        return bool(await self.inbox.put(message))

    async def close(self) -> None:
        await self.inbox.close()


@pytest.mark.parametrize("team", ["feishu", "dingtalk"], indirect=True)
async def test_the_platform_hears_received_only_when_it_is_in_the_inbox(team: LiveTeam) -> None:
    """A robot of WeCom is never told: for it the adapter holds on to what it has read."""
    runtime = team.app.runtime
    gate = Gate(runtime._inbox)
    runtime._inbox = gate
    saying = asyncio.create_task(line_of(team).says("lilei", "/me"))
    await until(lambda: gate.waiting == 1)
    await turns()
    assert not saying.done() and await kept(team) == 0
    gate.open.set()
    await saying
    assert await kept(team) == 1
    await team.settle()
    team.rep.gets("李雷 · 销售")


@pytest.mark.parametrize("team", ["wecom"], indirect=True)
async def test_a_robots_push_waits_for_its_line_and_comes_once(team: LiveTeam) -> None:
    line = line_of(team)
    await line.says("lilei", "/me")
    await line.cut()
    await team.app.runtime.settle()
    team.rep.heard_nothing()
    async with team.app.services.db.read() as tx:
        assert (await tx.scalars(select(Outbox.state))).all() == ["pending"]
    await comes_back(team)
    await team.clock.forward(seconds=20)
    team.rep.gets("李雷 · 销售")
    team.nobody_else_heard_anything()


@pytest.mark.parametrize("team", ["dingtalk"], indirect=True)
async def test_dingtalk_moves_the_line_over_while_people_talk(team: LiveTeam) -> None:
    """Its `disconnect` frame: a new connection is opened beside the old one, which ends ten seconds later."""
    assert isinstance(team.driver, DingTalkSocket)
    gateway = team.driver.emulator.gateway
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    old = gateway.lines[0]
    await gateway.ask_to_leave()
    await until(lambda: len(gateway.lines) == 2)
    await team.rep.presses("确认")
    team.rep.sees("已记下 · 宏达机械 · 已报价")
    team.manager.gets("支持请求 · 李雷 · 宏达机械")
    await team.clock.forward(seconds=15)
    await until(lambda: old not in gateway.lines)
    await team.manager.presses("已协调", note="特价 9.2 折")
    team.rep.gets("王主管已协调")
    team.nobody_else_heard_anything()
    assert len(gateway.lines) == 1


@pytest.mark.parametrize("team", ["feishu"], indirect=True)
async def test_feishu_cuts_long_messages_into_frames_that_come_in_any_order(team: LiveTeam) -> None:
    assert isinstance(team.driver, FeishuSocket)
    team.driver.emulator.stream.parts = 5
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？").shows("已报价", "竞品压价", "特价")
    await team.rep.presses("确认")
    team.rep.sees("已记下 · 宏达机械 · 已报价")
    team.manager.gets("支持请求 · 李雷 · 宏达机械")
    team.nobody_else_heard_anything()
