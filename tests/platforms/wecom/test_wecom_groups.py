"""Groups the app made, and group webhooks."""

from __future__ import annotations

import pytest

from bot.errors import CardExpired, Credentials, Permanent, RetryAfter, Unreachable
from bot.platforms.base import FileBody, MarkdownBody
from bot.platforms.wecom.client import AppClient
from cards.model import Button, Card, Fact, Facts, Table
from tests.platforms.wecom.desk import Desk, Open

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
BOARD = Card(
    title="今日群摘要",
    blocks=(Facts(facts=(Fact(label="拜访", value="18 次"),)), Table(columns=("人", "次"), rows=(("李雷", "3"),))),
    buttons=(Button(label="看板", url="https://example.com/b"), Button(label="已读", action={"a": "x"})),
)


def client(desk: Desk) -> AppClient:
    assert isinstance(desk.platform.client, AppClient)
    return desk.platform.client


async def test_group_is_made_changed_and_spoken_to(desk: Desk) -> None:
    groups = client(desk).groups
    chat = await groups.create("华东一组", ["lilei", "Wang"], owner="Wang")
    await groups.change(chat, name="华东组", remove=["Wang"])
    assert list(await groups.members(chat)) == ["lilei"] and desk.emulator.tenant.groups[chat].name == "华东组"
    await desk.says("早会 8:30", group=chat)
    await desk.send(MarkdownBody("周报", "- 宏达"), group=chat)
    assert [one.text for one in desk.emulator.group_inbox(chat)] == ["早会 8:30", "**周报**\n· 宏达"]


async def test_card_becomes_words_in_a_group_because_no_press_would_come_back(desk: Desk) -> None:
    desk.emulator.group("chat1", "华东一组", ["lilei", "Wang"])
    receipt = await desk.shows(BOARD, group="chat1")
    (found,) = desk.emulator.group_inbox("chat1")
    assert (found.kind, found.text) == (
        "markdown",
        "**今日群摘要**\n拜访：18 次\n人 ｜ 次\n李雷 ｜ 3\n[看板](https://example.com/b)",
    )
    with pytest.raises(CardExpired):
        await desk.changes(BOARD, receipt, group="chat1")


@pytest.mark.parametrize(("picture", "kind"), [(True, "image"), (False, "file")])
async def test_file_to_a_group(desk: Desk, picture: bool, kind: str) -> None:
    desk.emulator.group("chat1", "华东一组", ["lilei", "Wang"])
    await desk.send(FileBody("看板.png", "image/png", PNG, picture=picture), group="chat1")
    (found,) = desk.emulator.group_inbox("chat1")
    assert (found.kind, found.name, found.media) == (kind, "看板.png", PNG)


async def test_unknown_group_is_unreachable(desk: Desk) -> None:
    with pytest.raises(Unreachable, match="86003"):
        await desk.says("x", group="nowhere")


async def test_group_needs_two_people_and_the_whole_enterprise(desk: Desk) -> None:
    with pytest.raises(Permanent, match="86006"):
        await client(desk).groups.create("x", ["lilei"])
    desk.emulator.app.root_visible = False
    with pytest.raises(Permanent, match="60011"):
        await client(desk).groups.create("x", ["lilei", "Wang"])


@pytest.fixture
async def hooked(open_desk: Open) -> Desk:
    desk = await open_desk(webhooks={"华东": "key-1", "错的": "key-2"})
    desk.emulator.webhook("key-1")
    return desk


async def test_webhook_takes_tables(hooked: Desk) -> None:
    await hooked.shows(BOARD, group="webhook:华东")
    (found,) = hooked.emulator.webhook("key-1")
    assert found.kind == "markdown_v2" and "| 李雷 | 3 |" in found.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (FileBody("看板.png", "image/png", PNG, picture=True), "image"),
        (FileBody("看板.pdf", "application/pdf", b"%PDF-1.7"), "file"),
        (FileBody("大.png", "image/png", PNG + bytes(2 * 1024 * 1024), picture=True), "file"),
    ],
)
async def test_file_to_a_webhook(hooked: Desk, body: FileBody, kind: str) -> None:
    await hooked.send(body, group="webhook:华东")
    (found,) = hooked.emulator.webhook("key-1")
    assert (found.kind, found.media) == (kind, body.content)


async def test_webhook_needs_no_token_and_no_listed_address(hooked: Desk) -> None:
    hooked.emulator.faults.foreign_ip = True
    await hooked.says("x", group="webhook:华东")
    assert hooked.emulator.tokens.issued == 0


async def test_twenty_a_minute_and_then_wait(hooked: Desk) -> None:
    for n in range(20):
        await hooked.says(f"{n}", group="webhook:华东", key=f"k{n}")
    with pytest.raises(RetryAfter, match="45009"):
        await hooked.says("20", group="webhook:华东")
    await hooked.forward(seconds=60)
    await hooked.says("20", group="webhook:华东")


async def test_webhook_that_is_not_in_the_settings_names_those_that_are(hooked: Desk) -> None:
    with pytest.raises(Permanent, match="现有：华东、错的"):
        await hooked.says("x", group="webhook:华南")


async def test_wrong_key_says_where_to_copy_it(hooked: Desk) -> None:
    with pytest.raises(Credentials, match="群设置") as raised:
        await hooked.says("x", group="webhook:错的")
    assert "key-2" not in str(raised.value)
