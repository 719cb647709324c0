"""Nothing held back what went to one DingTalk group: beyond 20 messages a minute its robot is silenced for ten."""

from __future__ import annotations

from pathlib import Path

from storage import outbox
from storage.outbox import Push, Receiver
from tests.harness.live import open_live
from tests.harness.platforms import GROUP, DingTalk


async def test_the_twenty_first_waits_for_the_next_minute(tmp_path: Path) -> None:
    live = await open_live(tmp_path, DingTalk())
    try:
        async with live.app.services.db.write() as tx:
            for number in range(25):
                address = {"platform": "dingtalk", "app": "main", "user": "", "group": GROUP}
                words = Push(Receiver(address=address), "text", {"text": f"第 {number} 条"}, urgent=True)
                await outbox.enqueue(tx, words, live.clock.now())
        await live.app.runtime.settle()
        assert len(live.driver.group()) == 20
        await live.clock.forward(seconds=61)
        assert len(live.driver.group()) == 25
    finally:
        await live.close()
