"""What the bot sends: once per key, updated in place, refused when it goes nowhere."""

from __future__ import annotations

import io

import av
import pytest

from bot.errors import MediaRefused, Permanent
from bot.platforms.base import Address, FileBody, MarkdownBody, MediaRef, Outgoing, TextBody, UpdateBody
from bot.platforms.console.client import REMEMBERED_ACTIONS
from bot.platforms.console.playable import playable
from cards.model import Button, Card, InputKind
from storage import console
from tests.platforms.console import samples
from tests.platforms.console.conftest import OpenStage
from tests.platforms.console.playground import drawing, tone
from tests.platforms.console.stage import Stage

AMR = b"#!AMR\n" + (b"\x04" + b"\x00" * 12) * 50
"""A second of AMR as a phone's file lays it out: 50 frames of mode 0, a header and 12 bytes each (RFC 4867)."""


async def test_the_same_key_twice_is_one_message(stage: Stage) -> None:
    first = await stage.says("早", user="lilei", key="push-1")
    assert await stage.says("早", user="lilei", key="push-1") == first
    assert len(await stage.conversation("lilei")) == 1


async def test_an_update_rewrites_the_card_in_place(stage: Stage) -> None:
    card = await stage.shows(samples.draft(), user="lilei")
    await stage.says(UpdateBody(samples.filed(), "card-key", {"message_id": str(card)}), user="lilei")
    [message] = await stage.conversation("lilei")
    assert (message["id"], message["rev"], message["body"]["card"]["tone"]) == (card, 2, "good")
    assert "actions" not in message["body"]


@pytest.mark.parametrize("receipt", [{}, {"message_id": "999"}, {"message_id": "x"}, {"details": {}}])
async def test_an_update_without_its_card_is_a_permanent_error(stage: Stage, receipt: dict[str, object]) -> None:
    with pytest.raises(Permanent, match="没有编号"):
        await stage.says(UpdateBody(samples.filed(), "card-key", receipt), user="lilei")


async def test_a_push_to_nobody_is_a_permanent_error(stage: Stage) -> None:
    with pytest.raises(Permanent, match="没有收件人"):
        await stage.platform.client.send(Outgoing("push-1", Address("console", "web"), TextBody("早")))


async def test_a_card_remembers_a_bounded_number_of_earlier_buttons(stage: Stage) -> None:
    def with_button(number: int) -> Card:
        return Card(title="卡片", buttons=(Button(label="按", action={"a": "x", "id": number}),))

    card = await stage.shows(with_button(0), user="lilei")
    for number in range(1, REMEMBERED_ACTIONS + 5):
        await stage.says(UpdateBody(with_button(number), "card-key", {"message_id": str(card)}), user="lilei")
    assert (await stage.presses("lilei", card, {"a": "x", "id": REMEMBERED_ACTIONS + 4}))[0] == 200
    assert (await stage.presses("lilei", card, {"a": "x", "id": 0}))[0] == 409


async def test_files_pictures_and_long_texts(stage: Stage) -> None:
    await stage.says(FileBody("六月.xlsx", "application/vnd.ms-excel", b"PK\x03\x04x"), user="lilei")
    await stage.says(FileBody("漏斗.png", "image/png", drawing(), picture=True), user="lilei")
    await stage.says(MarkdownBody("周报", "**三件事**"), user="lilei")
    file, picture, text = await stage.conversation("lilei")
    assert [message["kind"] for message in (file, picture, text)] == ["file", "photo", "text"]
    assert (await (await stage.http.get(next(iter(picture["files"].values())))).read()) == drawing()
    assert (file["line"], text["line"]) == ("[文件] 六月.xlsx", "周报")


async def test_media_that_is_gone_is_refused_in_words(stage: Stage) -> None:
    with pytest.raises(MediaRefused, match="已经不在了"):
        await stage.platform.client.fetch(MediaRef("0" * 64, "voice"))


async def test_the_directory_and_the_doctor(stage: Stage, open_stage: OpenStage) -> None:
    people = [person async for person in stage.platform.client.people()]
    assert (people[0].user, people[0].name, people[0].title, people[0].departments) == (
        "lilei",
        "李雷",
        "销售",
        ("华东一组",),
    )
    [finding] = await stage.platform.client.check()
    assert finding.state == "warn" and "演示模式" in finding.words
    private = await open_stage(demo=False, secret="x" * 32)
    assert [finding.state for finding in await private.platform.client.check()] == ["ok"]


async def test_capabilities_cover_every_input(stage: Stage) -> None:
    capabilities = stage.platform.client.capabilities
    assert capabilities.inputs == {kind.value for kind in InputKind}
    assert capabilities.group_presses and capabilities.update_within.days > 3650


def test_a_phone_recording_becomes_something_browsers_play() -> None:
    played = playable(AMR)
    with av.open(io.BytesIO(played), "r") as sound:
        assert sound.duration is not None
        assert sound.duration / 1_000_000 == pytest.approx(1.0, abs=0.1)
    assert played.startswith(b"RIFF")


@pytest.mark.parametrize("content", [tone(0.1), drawing(), b"", b"#!AMR\nbroken"])
def test_what_browsers_play_or_nobody_reads_stays_as_it_is(content: bytes) -> None:
    assert playable(content) == content


async def test_reading_never_goes_back(stage: Stage) -> None:
    async with stage.db.write() as tx:
        assert await console.mark_read(tx, "lilei", "user:lilei", 7) == 7
        assert await console.mark_read(tx, "lilei", "user:lilei", 3) == 7
