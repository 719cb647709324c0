"""What monitoring sees."""

from __future__ import annotations

from prometheus_client import generate_latest

from bot.figures import REGISTRY, refresh
from tests.harness.team import Team


async def test_a_message_and_its_push_are_counted(team: Team) -> None:
    before = {key: REGISTRY.get_sample_value(key, labels) or 0 for key, labels in SAMPLES}
    await team.rep.says("宏达机械今天已报价", key="once")
    await team.rep.says("宏达机械今天已报价", key="once")
    await refresh(team.app.services)
    after = {key: REGISTRY.get_sample_value(key, labels) or 0 for key, labels in SAMPLES}
    assert [after[key] - before[key] for key, _ in SAMPLES] == [1, 1, 1]
    assert REGISTRY.get_sample_value("genjin_inbox_waiting") == 0
    assert b"genjin_next_deadline_seconds" in generate_latest(REGISTRY)


SAMPLES = (
    ("genjin_received_total", {"platform": "console", "repeat": "no"}),
    ("genjin_handled_total", {"outcome": "done"}),
    ("genjin_delivered_total", {"platform": "console", "outcome": "sent"}),
)
