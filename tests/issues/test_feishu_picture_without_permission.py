"""Without the permission to upload pictures, a card with one was held back for hours and then given up."""

from __future__ import annotations

from bot.clock import VirtualClock
from bot.platforms.base import Address, CardBody, FileBody, Outgoing
from bot.platforms.feishu import FeishuPlatform
from bot.platforms.http import Http
from cards.model import Card, Picture, Text
from tests.emulators.feishu import FeishuEmulator
from tests.harness.company import START

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(64)


async def _photo(key: str) -> bytes:
    return JPEG


async def test_the_card_arrives_and_names_the_picture() -> None:
    async with FeishuEmulator(VirtualClock(START)) as feishu, Http() as http:
        feishu.world.app.scopes -= {"im:resource"}
        client = FeishuPlatform(feishu.settings(), http, feishu.world.clock, attachment=_photo).client
        rep = feishu.person("李雷")
        card = Card(title="到店", blocks=(Text(text="见图"), Picture(attachment="a", alt="门头")))
        await client.send(Outgoing("k", Address("feishu", "main", user=rep), CardBody(card, "c")))
        assert feishu.inbox(rep)[0].text.splitlines() == ["到店", "见图", "［图片：门头］"]


async def test_a_picture_feishu_cannot_show_goes_as_a_file() -> None:
    """Too many pixels for its pictures, say."""
    async with FeishuEmulator(VirtualClock(START)) as feishu, Http() as http:
        client = FeishuPlatform(feishu.settings(), http, feishu.world.clock).client
        rep = feishu.person("李雷")
        feishu.fail("/im/v1/images", 234039, message="The image resolution exceeds the max value.")
        body = FileBody("看板.jpg", "image/jpeg", JPEG, picture=True)
        await client.send(Outgoing("k", Address("feishu", "main", user=rep), body))
        assert [seen.kind for seen in feishu.inbox(rep)] == ["file"]
