"""The install guide is enough: an app that was given exactly what it says can do everything, and no word of it is stale."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.platforms.base import CardBody, FileBody, Kind, Outgoing
from bot.platforms.feishu import FeishuPlatform
from bot.platforms.feishu.doctor import NEEDED
from bot.platforms.feishu.inbound import _READERS
from cards.model import Card
from tests.emulators.feishu import FeishuEmulator
from tests.platforms.feishu.support import Inbox, listening, to

GUIDE = (Path(__file__).parents[3] / "docs" / "install-feishu.md").read_text(encoding="utf-8")
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(64)


@pytest.fixture
def scopes() -> set[str]:
    block = next(one for one in re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL) if "scopes" in one)
    return set(json.loads(block)["scopes"]["tenant"])


async def test_everything_works_with_what_the_guide_has_one_tick(
    feishu: FeishuEmulator, platform: FeishuPlatform, scopes: set[str]
) -> None:
    feishu.world.app.scopes = scopes
    sales = feishu.department("销售部")
    rep = feishu.person(
        "李雷", department=sales, title="销售", mobile="+8613800000000", email="l@e.cn", superior="ou_w"
    )
    inbox = Inbox()
    async with listening(platform, feishu, inbox):
        group = await feishu.group("一组", [rep])
        await feishu.enters(rep)
        await feishu.says(rep, "你好", chat=group)
        said = await feishu.sends_photo(rep, JPEG)
        await feishu.recalls(rep, await feishu.says(rep, "说错了"))
        await feishu.chooses_menu(rep, "/todo")
        await feishu.changes_directory("contact.user.updated_v3")
        await feishu.removes_bot(group, rep)
        await feishu.disbands(group)
    taken = inbox.taken
    assert [one.kind for one in taken] == [
        Kind.BOT_ADDED,
        Kind.ENTERED,
        Kind.TEXT,
        Kind.PHOTO,
        Kind.TEXT,
        Kind.RECALLED,
        Kind.TEXT,
        Kind.DIRECTORY,
        Kind.BOT_REMOVED,
        Kind.BOT_REMOVED,
    ]
    photo = next(one for one in taken if one.message_id == said)
    assert (await platform.client.fetch(photo.media[0])).content == JPEG
    for number, body in enumerate(
        (CardBody(Card(title="好"), "k"), FileBody("图.jpg", "image/jpeg", JPEG, picture=True))
    ):
        await platform.client.send(Outgoing(f"p{number}", to(rep), body))
    (person,) = [one async for one in platform.client.people()]
    assert (person.mobile, person.email, person.title, person.departments, person.superior) == (
        "+8613800000000",
        "l@e.cn",
        "销售",
        ("销售部",),
        "ou_w",
    )
    findings = {finding.what: finding.state for finding in await platform.client.check()}
    assert (findings["权限"], findings["通讯录"]) == ("ok", "ok")


@pytest.mark.parametrize("what", NEEDED)
def test_what_the_doctor_misses_the_guide_ticks(what: str, scopes: set[str]) -> None:
    assert scopes.intersection(NEEDED[what][0])


@pytest.mark.parametrize("event", sorted({*_READERS} - {"p2p_chat_create"}))
def test_every_event_we_read_is_subscribed_in_the_guide(event: str) -> None:
    """The old first-contact event has a successor; it is read, and nobody has to subscribe it any more."""
    assert f"`{event}`" in GUIDE or f"`{event.rsplit('.', 1)[0].rsplit('.', 1)[0]}.department.*_v3`" in GUIDE
