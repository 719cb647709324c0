"""Somebody moves to another platform: a card they got before stands on the first one, and changes there.

It was changed by way of the app used last, with the receipt of another platform.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import build
from bot.clock import VirtualClock
from config.settings import Settings
from storage.database import Database
from storage.migrating import migrate
from storage.people import by_identity
from storage.tables import Identity
from tests.harness.company import PEOPLE, START, settle
from tests.harness.platform import RecordingPlatform
from tests.harness.team import Team

SAID = "宏达机械今天已报价，竞品压价，希望总监帮忙申请特价"


@pytest.fixture
async def on_two(tmp_path: Path) -> AsyncIterator[tuple[Team, Team]]:
    """The same company, seen on DingTalk and on Feishu."""
    ding, feishu = RecordingPlatform("dingtalk", "main"), RecordingPlatform("feishu", "main")
    url = f"sqlite+aiosqlite:///{tmp_path / 'genjin.db'}"
    db, clock = Database(url), VirtualClock(START)
    await migrate(db)
    async with db.write() as tx:
        await settle(tx, ding.name, ding.app)
        for user, *_ in PEOPLE:
            person = await by_identity(tx, ding.name, ding.app, user)
            assert person is not None
            before = START - timedelta(days=1)
            tx.add(Identity(person_id=person.id, platform="feishu", app="main", user=user, last_seen_at=before))
    app = build(Settings(data=tmp_path, database=url), clock=clock, db=db, platforms=lambda _: [ding, feishu])
    await app.runtime.open()
    yield Team(app, ding, clock), Team(app, feishu, clock)
    await app.close()


async def test_a_card_is_changed_on_the_platform_it_was_sent_to(on_two: tuple[Team, Team]) -> None:
    ding, feishu = on_two
    await ding.rep.says(SAID)
    ding.rep.gets("这样记，对吗？")
    await ding.rep.presses("确认")
    ding.rep.sees("已记下 · 宏达机械")
    ding.manager.gets("支持请求 · 李雷 · 宏达机械")

    await ding.clock.forward(minutes=5)
    await feishu.rep.says("/me")
    feishu.rep.gets("李雷")
    await ding.manager.presses("已协调")

    ding.rep.sees("已记下 · 宏达机械", "已协调")
    feishu.rep.gets("已协调")
    feishu.nobody_else_heard_anything()
