"""Pictures on cards: shown where DingTalk can, said in words where it cannot."""

from __future__ import annotations

from bot.clock import VirtualClock
from bot.platforms.base import Address, CardBody, Outgoing
from bot.platforms.dingtalk import DingTalkPlatform
from bot.platforms.http import Http
from cards.model import Card, Picture
from tests.emulators.dingtalk import DingTalkEmulator
from tests.emulators.dingtalk.access import Trouble
from tests.emulators.dingtalk.refusals import OldRefused

STORED = {"good": b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "webp": b"RIFF\0\0\0\0WEBP" + b"\0" * 40}
CARD = Card(title="拜访", blocks=(Picture(attachment="good", alt="门头"),))


async def attachment(key: str) -> bytes:
    if key not in STORED:
        raise KeyError(key)
    return STORED[key]


async def shown(ding: DingTalkEmulator, http: Http, clock: VirtualClock, *cards: Card) -> list[str]:
    platform = DingTalkPlatform(ding.settings(), http, clock, attachment=attachment)
    for number, card in enumerate(cards):
        to = Address("dingtalk", "main", user="lilei")
        await platform.client.send(Outgoing(f"p{number}", to, CardBody(card, f"k{number}")))
    return [card.text for card in ding.inbox("lilei")]


async def test_a_picture_is_uploaded_once_and_shown(ding: DingTalkEmulator, http: Http, clock: VirtualClock) -> None:
    texts = await shown(ding, http, clock, CARD, CARD)
    [media] = ding.world.media
    assert texts == [f"![门头]({media})"] * 2
    assert ding.world.media[media] == ("picture.png", STORED["good"])


async def test_what_cannot_be_shown_is_said(ding: DingTalkEmulator, http: Http, clock: VirtualClock) -> None:
    others = [CARD.model_copy(update={"blocks": (Picture(attachment=key, alt="门头"),)}) for key in ("webp", "gone")]
    assert await shown(ding, http, clock, *others) == ["🖼 门头", "🖼 门头"]
    assert ding.world.media == {}


async def test_a_refused_upload_does_not_stop_the_card(ding: DingTalkEmulator, http: Http, clock: VirtualClock) -> None:
    ding.access.troubles.append(Trouble("/media/upload", OldRefused(40004)))
    assert await shown(ding, http, clock, CARD) == ["🖼 门头"]
