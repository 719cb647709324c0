"""Six in the evening: a push to everybody, within what each platform allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.clock import VirtualClock
from bot.sender import Sender
from storage import outbox
from storage.outbox import Push, Receiver
from storage.tables import Outbox
from tests.harness.live import LiveTeam, open_live
from tests.harness.platforms import DingTalk, Driver, Feishu, WeCom

PEOPLE = [f"p{number:04d}" for number in range(1000)]
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class StrictFeishu(Feishu):
    def opens_for(self, users: Iterable[str]) -> None:
        self.emulator.world.limits = True
        for user in users:
            self.emulator.person(user, open_id=user)

    def reached(self) -> list[str]:
        chats, world = self.emulator.world.chats, self.emulator.world
        return [chats[message.chat].members[0] for message in world.messages.values()]


class StrictDingTalk(DingTalk):
    def opens_for(self, users: Iterable[str]) -> None:
        self.emulator.access.qps = 20
        for user in users:
            self.emulator.person(user, user)

    def reached(self) -> list[str]:
        return [user for item in self.emulator.world.history for user in item.to]


class StrictWeCom(WeCom):
    def opens_for(self, users: Iterable[str]) -> None:
        for user in users:
            self.emulator.user(user, user)

    def reached(self) -> list[str]:
        return [user for _, user in self.emulator.messages.times]


STRICT: dict[str, Callable[[], StrictFeishu | StrictDingTalk | StrictWeCom]] = {
    "feishu": StrictFeishu,
    "dingtalk": StrictDingTalk,
    "wecom": StrictWeCom,
}
SECONDS = {"feishu": 19, "dingtalk": 49, "wecom": 0}
"""How long 1,000 pushes take by each platform's limits: 50 a second, 20 a second, none that matters."""


LOGGED = {
    "feishu": [("pacing", 19.0, "50 per 1 s for each app"), ("paced", 19.0, "50 per 1 s for each app")],
    "dingtalk": [("pacing", 49.0, "20 per 1 s for each app"), ("paced", 49.0, "20 per 1 s for each app")],
    "wecom": [],
}


class Log:
    """Keeps what is logged."""

    def __init__(self, kept: list[tuple[str, dict[str, Any]]]) -> None:
        self.kept = kept

    def info(self, event: str, **more: Any) -> None:
        self.kept.append((event, more))


@pytest.fixture(params=STRICT)
async def crowd(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LiveTeam]:
    """The company and a thousand more."""
    driver = STRICT[request.param]()
    team = await open_live(tmp_path, driver)
    driver.opens_for(PEOPLE)
    yield team
    await team.close()


async def push(team: LiveTeam, users: Iterable[str], text: str) -> None:
    driver: Driver = team.driver
    async with team.app.services.db.write() as tx:
        for user in users:
            address = {"platform": driver.name, "app": driver.app, "user": user, "group": ""}
            words = Push(Receiver(address=address), "text", {"text": f"{text} {user}"}, urgent=True)
            await outbox.enqueue(tx, words, team.clock.now())


async def test_a_thousand_pushes_at_six_obey_the_limits(crowd: LiveTeam, monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr("bot.queue.log", Log(logged))
    await crowd.clock.to("18:00")
    start = crowd.clock.now()
    await push(crowd, PEOPLE, "今天辛苦了")
    await crowd.clock.forward(minutes=3)
    reached = Counter(crowd.driver.reached())  # type: ignore[attr-defined]  # the strict drivers have it
    assert {user: reached[user] for user in PEOPLE} == dict.fromkeys(PEOPLE, 1)
    async with crowd.app.services.db.read() as tx:
        refused = (await tx.scalars(select(func.count()).where(Outbox.attempts > 0))).one()
        sent_at = (await tx.scalars(select(Outbox.sent_at).where(Outbox.sent_at >= start))).all()
    assert refused == 0, "the platform never had to refuse"
    moments = sorted(at for at in sent_at if at is not None)
    assert (moments[-1] - start).total_seconds() == SECONDS[crowd.driver.name]
    for limit in crowd.app.services.platforms[crowd.driver.name, "main"].client.capabilities.limits:
        if limit.scope == "app":
            assert most_within(moments, limit.per) <= limit.count
    said = [(event, more["seconds"], more["limit"]) for event, more in logged]
    assert said == LOGGED[crowd.driver.name], "how long it will take and took, and why"


@pytest.fixture
async def wecom(tmp_path: Path) -> AsyncIterator[LiveTeam]:
    team = await open_live(tmp_path, StrictWeCom())
    yield team
    await team.close()


async def test_what_wecom_would_drop_unseen_waits_instead(wecom: LiveTeam) -> None:
    """100 messages to one person at once: 30 a minute would arrive, the others vanish without an error."""
    for number in range(100):
        await push(wecom, ["lilei"], f"第{number}条")
    await wecom.clock.forward(minutes=5)
    assert len(wecom.driver.inbox("lilei")) == 100
    assert isinstance(wecom.driver, StrictWeCom)
    assert wecom.driver.emulator.dropped("lilei") == 0


async def test_a_restart_does_not_forget_what_was_sent(wecom: LiveTeam) -> None:
    for number in range(25):
        await push(wecom, ["lilei"], f"第{number}条")
    await wecom.app.runtime.settle()
    runtime = wecom.app.runtime
    await runtime.sender.close()
    services = wecom.app.services
    runtime.sender = Sender(services.db, services.clock, services.platforms, services.attachments, runtime.leases)
    for number in range(25, 50):
        await push(wecom, ["lilei"], f"第{number}条")
    await wecom.clock.forward(minutes=5)
    assert isinstance(wecom.driver, StrictWeCom)
    assert (len(wecom.driver.inbox("lilei")), wecom.driver.emulator.dropped("lilei")) == (50, 0)


class SmallTenant(StrictWeCom):
    """One account: 200 recipient-times a day."""

    async def start(self, clock: VirtualClock) -> Mapping[str, Any]:
        given = await super().start(clock)
        self.emulator.messages.accounts = 1
        return {**given, "accounts": 1}


async def test_what_a_days_quota_does_not_hold_leaves_the_next_day(tmp_path: Path) -> None:
    """Over it the platform refuses until midnight; hours of silence in between give nothing back."""
    driver = SmallTenant()
    team = await open_live(tmp_path, driver)
    try:
        driver.opens_for(PEOPLE)
        await push(team, PEOPLE[:150], "早上好")
        await team.clock.forward(hours=3)
        await push(team, PEOPLE[:100], "下午好")
        await team.clock.forward(minutes=5)
        assert len(driver.reached()) == 200
        await team.clock.forward(hours=24)
        assert set(PEOPLE[:150]) <= set(driver.reached())
        async with team.app.services.db.read() as tx:
            assert (await tx.scalars(select(func.count()).where(Outbox.attempts > 0))).one() == 0
            assert (await tx.scalars(select(func.count()).where(Outbox.state == "pending"))).one() == 0
    finally:
        await team.close()


async def test_an_answer_does_not_wait_behind_a_burst(crowd: LiveTeam) -> None:
    """What is urgent leaves first, however much was there before."""
    async with crowd.app.services.db.write() as tx:
        for user in PEOPLE[:300]:
            address = {"platform": crowd.driver.name, "app": "main", "user": user, "group": ""}
            digest = Push(Receiver(address=address), "text", {"text": "群摘要"}, urgent=False)
            await outbox.enqueue(tx, digest, crowd.clock.now())
    await push(crowd, ["lilei"], "收到")
    await crowd.app.runtime.settle()
    assert [one.words.strip() for one in crowd.driver.inbox("lilei")] == ["收到 lilei"]
    await crowd.clock.forward(minutes=1)


def most_within(moments: list[datetime], window: timedelta) -> int:
    """The most that fell into any window of this length."""
    return max(
        sum(timedelta(0) <= at - first < window for at in moments[place : place + 1100])
        for place, first in enumerate(moments)
    )
