"""The product's promise: nothing lost, nothing twice, in order, on time, nothing dropped silently."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.errors import Credentials, Permanent, RetryAfter
from bot.router import Router
from storage.tables import Deadline, Event, Inbox, Outbox, ProgressReport, SupportRequest
from tests.harness.crashing import POINTS, SAID, open_again
from tests.harness.team import Team


def run(folder: Path, script: str, *crash: str) -> int:
    """The company in its own process; gives how it ended."""
    command = [sys.executable, "-m", "tests.harness.crashing", str(folder), script, *crash]
    return subprocess.run(command, timeout=120, capture_output=True, check=False).returncode


def shown(folder: Path) -> Counter[tuple[str, str]]:
    """What people saw: (who, title) and how often."""
    lines = (folder / "shown.jsonl").read_text().splitlines()
    return Counter((line["to"], line["title"]) for line in map(json.loads, lines))


async def outcome(folder: Path) -> dict[str, int]:
    """What the records hold in the end."""
    team = await open_again(folder)
    counted = {}
    async with team.app.services.db.read() as tx:
        for table in (ProgressReport, SupportRequest, Event, Inbox):
            counted[table.__tablename__] = (await tx.scalars(select(func.count()).select_from(table))).one()
        unhandled = select(func.count()).select_from(Inbox).where(Inbox.state != "done")
        counted["unhandled"] = (await tx.scalars(unhandled)).one()
        pending = select(func.count()).select_from(Outbox).where(Outbox.state.not_in(("sent", "superseded")))
        counted["unsent"] = (await tx.scalars(pending)).one()
    await team.app.close()
    return counted


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed")
    assert run(folder, "deadline") == 0
    return folder


@pytest.mark.parametrize(
    ("point", "nth"), [*((point, 1) for point in POINTS), ("claimed", 2), ("committed", 3), ("sent", 3)]
)
async def test_killed_at_any_point_it_ends_like_the_undisturbed_run(
    tmp_path: Path, undisturbed: Path, point: str, nth: int
) -> None:
    assert run(tmp_path, "deadline", point, str(nth)) == -signal.SIGKILL
    assert run(tmp_path, "deadline") == 0
    assert shown(tmp_path) == shown(undisturbed)
    assert await outcome(tmp_path) == await outcome(undisturbed)


async def test_the_same_event_fifty_times_is_one_record(company: Team) -> None:
    for _ in range(50):
        await company.rep.says(SAID, key="evt-1")
    company.rep.gets("这样记，对吗？")
    message, button = company.rep._button("确认", "")
    for _ in range(10):
        await company.rep.presses_button(message, button, {})
    company.manager.gets("支持请求 · 李雷 · 宏达机械")
    company.rep.sees("已记下")
    answered = [company.rep.gets("这条已经处理过了") for _ in range(9)]
    assert len(answered) == 9
    async with company.app.services.db.read() as tx:
        assert (await tx.scalars(select(func.count()).select_from(ProgressReport))).one() == 1
    company.nobody_else_heard_anything()


async def test_a_deadline_due_while_down_fires_once_at_the_next_start(team: Team) -> None:
    await team.rep.says(SAID)
    await team.rep.presses("确认")
    async with team.app.services.db.read() as tx:
        due = (await tx.scalars(select(Deadline).where(Deadline.kind == "flow.due"))).one()
    team.virtual.move_to(due.at + timedelta(hours=2))  # the process was down: nobody swept
    await team.app.runtime.settle()
    await team.app.runtime.settle()
    overdue = [one for one in team.director.messages if one.card and "升级到你" in one.card.title]
    assert len(overdue) == 1


async def test_no_deadline_fires_early(team: Team) -> None:
    await team.rep.says(SAID)
    await team.rep.presses("确认")
    async with team.app.services.db.read() as tx:
        due = (await tx.scalars(select(Deadline).where(Deadline.kind == "flow.due"))).one()
    team.virtual.move_to(due.at - timedelta(microseconds=1))
    await team.app.runtime.settle()
    assert not team.director.messages
    team.virtual.move_to(due.at)
    await team.app.runtime.settle()
    assert team.director.messages


async def test_messages_of_one_conversation_are_handled_in_order_and_others_are_not_held_up(team: Team) -> None:
    order: list[str] = []
    slow = Router("slow")

    @slow.says(rank=-1)
    async def note(ctx: object, message: object) -> bool:
        order.append(message.text)  # type: ignore[attr-defined]  # a Message
        return True

    team.app.services.routes.said.insert(0, slow.said[0])
    team.settles = False
    for number in range(20):
        await team.rep.says(f"a{number}")
        await team.other_rep.says(f"b{number}")
    await team.app.runtime.settle()
    assert [word for word in order if word[0] == "a"] == [f"a{number}" for number in range(20)]
    assert [word for word in order if word[0] == "b"] == [f"b{number}" for number in range(20)]


async def test_a_handler_that_fails_is_retried_then_parked_with_everybody_told_and_the_next_message_handled(
    team: Team,
) -> None:
    broken = Router("broken")
    tries = 0

    @broken.says(rank=-1)
    async def fail(ctx: object, message: object) -> bool:
        nonlocal tries
        if message.text == "会出错":  # type: ignore[attr-defined]  # a Message
            tries += 1
            raise RuntimeError("disk on fire")
        return False

    team.app.services.routes.said.insert(0, broken.said[0])
    await team.rep.says("会出错")
    await team.rep.says("你好")
    await team.clock.forward(minutes=2)
    assert tries == 4
    team.rep.gets("这条消息我试了几次都没处理成功", "没有丢").lacks("disk on fire", "RuntimeError")
    team.admin.gets("有一条消息没处理成功", "disk on fire", "/doctor retry")
    assert any(not one.read for one in team.rep.messages), "the next message was not handled"
    broken.said.clear()


async def test_a_platform_that_is_busy_gets_the_push_later_once(team: Team) -> None:
    team.platform.client.fail_next = [RetryAfter("busy"), RetryAfter("busy")]
    await team.rep.says(SAID)
    team.rep.heard_nothing()
    await team.clock.forward(minutes=1)
    team.rep.gets("这样记，对吗？")
    team.nobody_else_heard_anything()


async def test_a_push_refused_for_good_is_kept_and_does_not_block_the_next(team: Team) -> None:
    team.platform.client.fail_next = [Permanent("bad content")]
    await team.rep.says(SAID)
    await team.rep.says("我的支持请求")
    async with team.app.services.db.read() as tx:
        failed = (await tx.scalars(select(Outbox).where(Outbox.state == "failed"))).all()
    assert [row.error for row in failed] == ["Permanent: bad content"]
    assert team.rep.messages


async def test_wrong_credentials_keep_the_push_until_they_are_mended(team: Team) -> None:
    team.platform.client.fail_next = [Credentials("secret is wrong")] * 3
    await team.rep.says(SAID)
    await team.clock.forward(minutes=31)
    team.rep.gets("这样记，对吗？")
