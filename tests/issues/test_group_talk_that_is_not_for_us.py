"""In a group the bot read everything: photos were fetched and voice notes transcribed though nobody had addressed it,
and every sticker was answered with "I cannot read this". An app may be allowed to see all messages of a group.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import people
from tests.harness.live import LiveTeam, open_live
from tests.harness.platforms import GROUP, Feishu
from tests.harness.voices import ScriptedTranscriber


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[LiveTeam]:
    team = await open_live(tmp_path, Feishu())
    yield team
    await team.close()


async def test_what_people_send_each_other_stays_theirs(live: LiveTeam) -> None:
    assert isinstance(live.driver, Feishu)
    phone = live.driver.emulator
    phone.world.app.scopes.add("im:message.group_msg")
    await phone.sends_voice("lilei", b"OggS a voice note", 3.0, chat=GROUP)
    await phone.sends_photo("lilei", b"\xff\xd8\xff a photo", chat=GROUP)
    await phone.sends_file("lilei", "报价.pdf", b"%PDF-", chat=GROUP)
    await phone.sends("lilei", "sticker", {"file_key": "file_1"}, chat=GROUP)
    await phone.says("lilei", "宏达机械今天已报价", chat=GROUP, mention=False)
    await live.settle()
    assert phone.calls("/resources/") == 0
    assert isinstance(live.app.services.transcriber, ScriptedTranscriber)
    assert live.app.services.transcriber.calls == 0
    live.nobody_else_heard_anything()


async def test_who_has_left_is_not_told_so_in_front_of_the_others(live: LiveTeam) -> None:
    assert isinstance(live.driver, Feishu)
    async with live.app.services.db.write() as tx:
        (await people.named(tx, "韩梅"))[0].active = False
    live.driver.emulator.world.app.scopes.add("im:message.group_msg")
    await live.driver.emulator.says("han", "大家好", chat=GROUP, mention=False)
    await live.settle()
    assert [seen for seen in live.driver.emulator.group_chat(GROUP) if not seen.mine] == []
