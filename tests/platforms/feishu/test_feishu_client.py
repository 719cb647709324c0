"""Delivering: what the person then sees, what happens when Feishu says no, and that nobody sees a thing twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import VirtualClock
from bot.errors import (
    CardExpired,
    Credentials,
    DeliveryError,
    MediaRefused,
    Permanent,
    RetryAfter,
    Unreachable,
)
from bot.platforms.base import (
    Body,
    CardBody,
    FileBody,
    MarkdownBody,
    MediaRef,
    Outgoing,
    Receipt,
    TextBody,
    UpdateBody,
    Weighs,
)
from bot.platforms.feishu import FeishuPlatform
from bot.platforms.http import Http
from cards.model import Button, Card, Picture, Text
from tests.emulators.feishu import FeishuEmulator
from tests.platforms.feishu.support import Inbox, listening, settings_for, to

MESSAGES = "/im/v1/messages"
TOKEN = "/tenant_access_token/"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(64)
CARD = Card(title="客户推进", buttons=(Button(label="确认", action={"a": "x"}),))


class Rep:
    """李雷, and our client speaking to him."""

    def __init__(self, feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
        self.feishu = feishu
        self.client = platform.client
        self.id = feishu.person("李雷")
        self._sent = 0

    async def gets(self, body: Body, key: str = "") -> Receipt:
        self._sent += 1
        return await self.client.send(Outgoing(key or f"push{self._sent}", to(self.id), body))

    @property
    def sees(self) -> list[str]:
        return [seen.text for seen in self.feishu.inbox(self.id)]


@pytest.fixture
def rep(feishu: FeishuEmulator, platform: FeishuPlatform) -> Rep:
    return Rep(feishu, platform)


async def test_a_text_arrives_without_tags_of_the_writer(rep: Rep) -> None:
    receipt = await rep.gets(TextBody('宏达说：<at user_id="all"></at> 3 < 5'))
    assert rep.sees == ['宏达说：＜at user_id="all">＜/at> 3 < 5']
    assert receipt.details["chat_id"].startswith("oc_")


async def test_a_long_text_is_split_and_every_part_is_idempotent(rep: Rep, clock: VirtualClock) -> None:
    text = "宏达机械今天报价。" * 2000
    receipt = await rep.gets(TextBody(text), "long")
    again = await rep.gets(TextBody(text), "long")
    assert receipt == again
    assert len(receipt.details["parts"]) == len(rep.sees) == 3
    assert "".join(rep.sees) == text


async def test_markdown_is_a_rich_text_message(rep: Rep) -> None:
    await rep.gets(MarkdownBody("周报", "**18** 次拜访\n- 宏达\n<at user_id='all'></at>"))
    assert rep.sees == ["周报\n**18** 次拜访\n- 宏达\n＜at user_id='all'>＜/at>"]


async def test_a_link_of_the_writer_shows_its_address(rep: Rep) -> None:
    """Feishu would show only the words before the address, whatever they promise."""
    await rep.gets(TextBody("客户说看[飞书公告](https://evil.example)"))
    assert rep.sees == ["客户说看[飞书公告] (https://evil.example)"]


async def test_markdown_of_signs_that_grow_on_the_wire_still_fits(rep: Rep) -> None:
    """A quote is two bytes in JSON and a defused tag three: what is counted is what is sent."""
    text = '"<b"\n' * 6000
    receipt = await rep.gets(MarkdownBody("周报", text))
    assert len(receipt.details["parts"]) == len(rep.sees) > 1


async def test_a_long_text_weighs_as_many_messages_as_it_becomes(rep: Rep) -> None:
    """Our own pacing counts what the platform counts."""
    assert isinstance(rep.client, Weighs)
    rep.feishu.world.limits = False
    for body in (TextBody("宏达机械今天报价。" * 8000), MarkdownBody("周报", "宏达机械今天报价。" * 8000)):
        receipt = await rep.gets(body)
        assert rep.client.weigh(body) == len(receipt.details["parts"]) > 5
    assert rep.client.weigh(TextBody("")) == rep.client.weigh(CardBody(CARD, "k")) == 1


async def test_a_group_gets_its_digest(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    chat = await feishu.group("一组", [feishu.person("李雷")])
    await platform.client.send(Outgoing("d1", to(group=chat), CardBody(CARD, "k")))
    assert [seen.title for seen in feishu.group_chat(chat)] == ["客户推进"]


async def test_a_card_changes_in_place_and_is_answered_by_its_key(rep: Rep, platform: FeishuPlatform) -> None:
    receipt = await rep.gets(CardBody(CARD, "k1"))
    inbox = Inbox()
    async with listening(platform, rep.feishu, inbox):
        assert (await rep.feishu.presses(rep.id, receipt.message_id, "确认")).error == 0
    assert (inbox.taken[0].press.card, inbox.taken[0].message_id) == ("k1", receipt.message_id)  # type: ignore[union-attr]  # a press has one
    done = Card(title="客户推进 · 已确认")
    await rep.gets(UpdateBody(done, "k1", {"message_id": receipt.message_id, "details": dict(receipt.details)}))
    assert rep.sees == ["客户推进 · 已确认"]
    assert rep.feishu.inbox(rep.id)[0].buttons == ()


async def test_the_same_push_twice_is_seen_once_within_the_hour(rep: Rep, clock: VirtualClock) -> None:
    first = await rep.gets(CardBody(CARD, "k1"), "same")
    clock.move_to(clock.now() + timedelta(minutes=59))
    assert (await rep.gets(CardBody(CARD, "k1"), "same")).message_id == first.message_id
    assert len(rep.sees) == 1


async def test_an_answer_that_was_lost_does_not_make_a_second_message(rep: Rep, feishu: FeishuEmulator) -> None:
    """Feishu took it, we never heard: the retry carries the same key."""
    async with Http(timeout=timedelta(milliseconds=150)) as impatient:
        client = FeishuPlatform(settings_for(feishu), impatient, VirtualClock(feishu.world.clock.now())).client
        push = Outgoing("lost", to(rep.id), TextBody("宏达"))
        await client.bot_id()
        release = feishu.hang()
        with pytest.raises(RetryAfter):
            await client.send(push)
        release.set()
        feishu.world.stuck = None
        await client.send(push)
    assert rep.sees == ["宏达"]


@pytest.mark.parametrize("days", [14, 15])
async def test_a_card_older_than_fourteen_days_is_expired(rep: Rep, days: int) -> None:
    receipt = await rep.gets(CardBody(CARD, "k1"))
    rep.feishu.age(receipt.message_id, timedelta(days=days, seconds=1))
    with pytest.raises(CardExpired):
        await rep.gets(UpdateBody(CARD, "k1", {"message_id": receipt.message_id}))


async def test_a_recalled_card_and_one_whose_receipt_is_lost_are_expired(rep: Rep) -> None:
    receipt = await rep.gets(CardBody(CARD, "k1"))
    rep.feishu.world.messages[receipt.message_id].deleted = True
    for known in ({"message_id": receipt.message_id}, {}):
        with pytest.raises(CardExpired):
            await rep.gets(UpdateBody(CARD, "k1", known))


async def test_a_card_somebody_is_pressing_is_changed_a_moment_later(rep: Rep) -> None:
    receipt = await rep.gets(CardBody(CARD, "k1"))
    rep.feishu.world.messages[receipt.message_id].locked = True
    with pytest.raises(RetryAfter) as caught:
        await rep.gets(UpdateBody(CARD, "k1", {"message_id": receipt.message_id}))
    assert caught.value.after == timedelta(seconds=1)


ERRORS: list[tuple[int, int, str, type[DeliveryError]]] = [
    (230020, 400, "", RetryAfter),
    (230049, 400, "", RetryAfter),
    (99991400, 429, "", RetryAfter),
    (1500, 500, "", RetryAfter),
    (4242, 503, "", RetryAfter),
    (230013, 400, "", Unreachable),
    (230002, 400, "", Unreachable),
    (99992361, 400, "", Unreachable),
    (230022, 400, "sensitive", Permanent),
    (230028, 400, "DLP", Permanent),
    (230099, 400, "ext=ErrCode: 200621; ErrMsg: parse", Permanent),
    (230099, 400, "ext=ErrCode: 11310; ErrMsg: card action is lock", RetryAfter),
    (230099, 400, "ext=ErrCode: 11310; ErrMsg: element exceeds the limit", Permanent),
    (99991672, 400, "", Credentials),
    (99991403, 400, "", Credentials),
    (230006, 400, "", Credentials),
]


@pytest.mark.parametrize(("code", "status", "message", "kind"), ERRORS)
async def test_each_refusal_is_what_it_means(
    rep: Rep, code: int, status: int, message: str, kind: type[DeliveryError]
) -> None:
    rep.feishu.fail(MESSAGES, code, status=status, message=message)
    with pytest.raises(DeliveryError) as caught:
        await rep.gets(TextBody("宏达"))
    assert type(caught.value) is kind
    assert str(code) in str(caught.value)


async def test_the_platforms_own_wait_is_taken_over(rep: Rep) -> None:
    rep.feishu.fail(MESSAGES, 99991400, status=429, x_ogw_ratelimit_reset="37")
    with pytest.raises(RetryAfter) as caught:
        await rep.gets(TextBody("宏达"))
    assert caught.value.after == timedelta(seconds=37)


async def test_a_missing_permission_is_named(rep: Rep) -> None:
    rep.feishu.world.app.scopes -= {"im:message", "im:message:send_as_bot"}
    with pytest.raises(Credentials, match=r"缺少权限.*im:message:send_as_bot"):
        await rep.gets(TextBody("宏达"))


@pytest.mark.parametrize("change", [{"resigned": True}, {"visible": False}])
async def test_leavers_and_people_out_of_range_are_unreachable(rep: Rep, change: dict[str, bool]) -> None:
    for name, value in change.items():
        setattr(rep.feishu.world.people[rep.id], name, value)
    with pytest.raises(Unreachable, match="可用范围"):
        await rep.gets(TextBody("宏达"))


async def test_six_pushes_in_one_second_are_one_too_many_for_one_person(rep: Rep, clock: VirtualClock) -> None:
    results = await asyncio.gather(*(rep.gets(TextBody(f"第{n}条")) for n in range(6)), return_exceptions=True)
    assert [type(one) for one in results].count(RetryAfter) == 1
    clock.move_to(clock.now() + timedelta(seconds=1))
    await rep.gets(TextBody("第6条"))
    assert len(rep.sees) == 6


async def test_a_thousand_people_at_once_meet_the_apps_limit(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    people = [feishu.person(f"销售{number}") for number in range(60)]
    sending = (platform.client.send(Outgoing(f"p{one}", to(one), TextBody("晨会"))) for one in people)
    results = await asyncio.gather(*sending, return_exceptions=True)
    limited = [one for one in results if isinstance(one, RetryAfter)]
    assert len(limited) == 10
    assert {one.after for one in limited} == {timedelta(seconds=1)}


async def test_one_token_serves_a_hundred_calls(rep: Rep, feishu: FeishuEmulator) -> None:
    feishu.world.limits = False
    await asyncio.gather(*(rep.gets(TextBody("宏达")) for _ in range(100)))
    assert feishu.calls(TOKEN) == 1


async def test_a_token_that_died_is_replaced_once_for_everybody(rep: Rep, feishu: FeishuEmulator) -> None:
    feishu.world.limits = False
    await rep.gets(TextBody("先"))
    feishu.expire_tokens()
    await asyncio.gather(*(rep.gets(TextBody("宏达")) for _ in range(30)))
    assert feishu.calls(TOKEN) == 2
    assert len(rep.sees) == 31


async def test_a_token_is_renewed_before_its_two_hours_are_over(
    rep: Rep, feishu: FeishuEmulator, clock: VirtualClock
) -> None:
    await rep.gets(TextBody("先"))
    clock.move_to(clock.now() + timedelta(minutes=111))
    await rep.gets(TextBody("后"))
    assert feishu.calls(TOKEN) == 2


async def test_a_token_that_stays_refused_is_a_matter_for_the_admin(rep: Rep, feishu: FeishuEmulator) -> None:
    feishu.fail(MESSAGES, 99991663, times=5)
    with pytest.raises(Credentials, match="App Secret"):
        await rep.gets(TextBody("宏达"))
    assert feishu.calls(MESSAGES) == 2


async def test_a_wrong_secret_is_told_with_what_to_press(rep: Rep, feishu: FeishuEmulator) -> None:
    feishu.world.app.secret = "changed"
    with pytest.raises(Credentials, match="App Secret 不对"):
        await rep.gets(TextBody("宏达"))


async def test_files_and_pictures(rep: Rep, feishu: FeishuEmulator) -> None:
    await rep.gets(FileBody("周报.xlsx", "application/vnd.ms-excel", b"PK\x03\x04" + bytes(2 * 1024 * 1024)))
    await rep.gets(FileBody("图.jpg", "image/jpeg", JPEG, picture=True))
    await rep.gets(FileBody("图.svg", "image/svg+xml", b"<svg/>", picture=True))
    assert [seen.kind for seen in feishu.inbox(rep.id)] == ["file", "image", "file"]


@pytest.mark.parametrize("content", [b"", bytes(30 * 1024 * 1024 + 1)])
async def test_files_feishu_never_takes(rep: Rep, content: bytes) -> None:
    with pytest.raises(Permanent):
        await rep.gets(FileBody("a.bin", "", content))


async def test_a_picture_on_a_card_is_uploaded_once(feishu: FeishuEmulator, http: Http, clock: VirtualClock) -> None:
    async def attachment(key: str) -> bytes:
        return {"abc": JPEG, "bad": b"no picture"}[key]

    client = FeishuPlatform(settings_for(feishu), http, clock, attachment=attachment).client
    person = feishu.person("李雷")
    pictures = tuple(Picture(attachment=key, alt=f"照片{key}") for key in ("abc", "bad", "gone"))
    card = Card(title="门头", blocks=(Text(text="见图"), *pictures))
    for number in range(3):
        await client.send(Outgoing(f"p{number}", to(person), CardBody(card, "k")))
    assert feishu.calls("/im/v1/images") == 1
    assert feishu.inbox(person)[0].text.splitlines() == [
        "门头",
        "见图",
        "[图片：照片abc]",
        "［图片：照片bad］",
        "［图片：照片gone］",
    ]


async def _received(feishu: FeishuEmulator, platform: FeishuPlatform, sending: Any) -> MediaRef:
    inbox = Inbox()
    async with listening(platform, feishu, inbox):
        await sending
        return (await inbox.holds(1))[0].media[0]


async def test_what_people_send_can_be_fetched(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    person = feishu.person("李雷")
    ref = await _received(feishu, platform, feishu.sends_photo(person, JPEG))
    photo = await platform.client.fetch(ref)
    assert (photo.content, photo.mime, photo.name) == (JPEG, "image/jpeg", "photo.jpg")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "0 字节"), (b"MZ not a picture", "不是能打开的图片"), (JPEG + bytes(2000), "超过|上限")],
)
async def test_what_is_no_use_is_refused_in_words(
    feishu: FeishuEmulator, http: Http, clock: VirtualClock, content: bytes, words: str
) -> None:
    platform = FeishuPlatform(settings_for(feishu, media_bytes=1000), http, clock)
    ref = await _received(feishu, platform, feishu.sends_photo(feishu.person("李雷"), content))
    with pytest.raises(MediaRefused, match=words):
        await platform.client.fetch(ref)


async def test_media_of_a_recalled_message_or_another_one_is_not_there(
    feishu: FeishuEmulator, platform: FeishuPlatform
) -> None:
    ref = await _received(feishu, platform, feishu.sends_photo(feishu.person("李雷"), JPEG))
    elsewhere = MediaRef(ref.ref, "photo", context={"message_id": "../../om_9?x=", "type": "image"})
    with pytest.raises(MediaRefused, match="没有这个文件"):
        await platform.client.fetch(elsewhere)
    feishu.world.messages[ref.context["message_id"]].deleted = True
    with pytest.raises(MediaRefused, match="撤回"):
        await platform.client.fetch(ref)


async def test_a_download_renews_a_dead_token(feishu: FeishuEmulator, platform: FeishuPlatform) -> None:
    ref = await _received(feishu, platform, feishu.sends_voice(feishu.person("李雷"), b"OggS\x00voice", 2.5))
    feishu.expire_tokens()
    assert (await platform.client.fetch(ref)).mime == "audio/ogg"
