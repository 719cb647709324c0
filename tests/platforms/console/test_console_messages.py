"""What people say on the page: kept once, handed to the sink before the 200, refused in words."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from bot.platforms.base import Kind
from bot.platforms.console import ConsoleSettings
from tests.platforms.console.conftest import OpenStage
from tests.platforms.console.playground import drawing, tone
from tests.platforms.console.stage import Stage


async def test_a_typed_message_reaches_the_sink_and_stands_in_the_conversation(stage: Stage) -> None:
    status, answer = await stage.types("lilei", " 宏达机械今天已报价 ")
    assert status == 200
    [inbound] = stage.sink.messages
    assert (inbound.platform, inbound.app, inbound.kind, inbound.sender) == ("console", "web", Kind.TEXT, "lilei")
    assert (inbound.text, inbound.chat.kind, inbound.at) == ("宏达机械今天已报价", "direct", stage.clock.now())
    [message] = await stage.conversation("lilei")
    assert message["body"] == {"text": "宏达机械今天已报价", "by": "李雷"}
    assert inbound.message_id == str(message["id"]) == str(answer["message"]["id"])


async def test_the_same_post_twice_is_one_message(stage: Stage) -> None:
    first = await stage.types("lilei", "已报价", client_id="same-id-1")
    second = await stage.types("lilei", "已报价", client_id="same-id-1")
    assert first[1]["message"]["id"] == second[1]["message"]["id"]
    assert len(stage.sink.messages) == len(await stage.conversation("lilei")) == 1


async def test_the_same_id_from_another_person_is_another_message(stage: Stage) -> None:
    await stage.types("lilei", "已报价", client_id="same-id-1")
    await stage.types("wang", "知道了", client_id="same-id-1")
    assert [message.sender for message in stage.sink.messages] == ["lilei", "wang"]


async def test_what_the_sink_did_not_keep_is_said_and_can_be_sent_again(stage: Stage) -> None:
    stage.sink.failing = True
    status, answer = await stage.types("lilei", "已报价", client_id="same-id-1")
    assert (status, answer["error"]["code"]) == (503, "not_kept")
    assert "没有存下来" in answer["error"]["words"]
    stage.sink.failing = False
    assert (await stage.types("lilei", "已报价", client_id="same-id-1"))[0] == 200
    assert len(stage.sink.messages) == 1


@pytest.mark.parametrize(
    ("typed", "heard", "mentioned"),
    [("@跟进 今天谁没写", "今天谁没写", True), ("大家早", "大家早", False), ("问下@跟进，进度", "问下进度", True)],
)
async def test_a_group_message_says_whether_the_bot_was_addressed(
    stage: Stage, typed: str, heard: str, mentioned: bool
) -> None:
    await stage.types("lilei", typed, place="group:east1")
    [inbound] = stage.sink.messages
    assert (inbound.text, inbound.mentioned) == (heard, mentioned)
    assert (inbound.chat.id, inbound.chat.kind, inbound.chat.title) == ("east1", "group", "华东一组")
    assert [message["author"] for message in await stage.conversation("wang", "group:east1")] == ["lilei"]


async def test_nobody_writes_into_a_conversation_they_are_not_in(stage: Stage) -> None:
    for place in ("user:wang", "group:east1", "group:none", "all"):
        assert (await stage.types("chen", "在吗", place=place))[0] == 404
    assert stage.sink.messages == []


async def test_a_voice_note_is_kept_and_can_be_fetched(stage: Stage) -> None:
    recording = tone(1.0)
    status, answer = await stage.sends("lilei", "voice", recording, "语音.wav")
    assert (status, answer["message"]["body"]["seconds"]) == (200, 7.0)
    [inbound] = stage.sink.messages
    [media] = inbound.media
    assert (inbound.kind, media.kind, media.mime, media.size) == (Kind.VOICE, "voice", "audio/wav", len(recording))
    assert (await stage.platform.client.fetch(media)).content == recording


async def test_a_transcript_appears_under_the_voice_note(stage: Stage) -> None:
    await stage.sends("lilei", "voice", tone(1.0), "语音.wav")
    [inbound] = stage.sink.messages
    async with stage.page_of("lilei") as page:
        await page.until("hello")
        await stage.platform.client.annotate(inbound.message_id, "**宏达机械**已报价")
        update = await page.until("update")
    assert (update["body"]["note"], update["rev"]) == ("**宏达机械**已报价", 2)


async def test_a_position_comes_with_its_accuracy(stage: Stage) -> None:
    body = {
        "id": "position-1",
        "conversation": "user:lilei",
        "position": {"latitude": 31.23, "longitude": 121.47, "accuracy": 25},
    }
    assert (await stage.post("messages", "lilei", body))[0] == 200
    position = stage.sink.messages[0].position
    assert position is not None
    assert (position.latitude, position.longitude, position.accuracy) == (31.23, 121.47, 25.0)


@pytest.mark.parametrize(
    "position",
    [
        {},
        None,
        {"latitude": 91, "longitude": 0},
        {"latitude": "31", "longitude": 121},
        {"latitude": True, "longitude": 1},
    ],
)
async def test_a_position_that_is_nowhere_is_refused(stage: Stage, position: object) -> None:
    status, answer = await stage.post(
        "messages", "lilei", {"id": "position-1", "conversation": "user:lilei", "position": position}
    )
    assert (status, answer["error"]["code"]) == (400, "position")
    assert stage.sink.messages == []


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("photo", b"", "0 字节"),
        ("voice", b"", "0 字节"),
        ("photo", b"not a picture", "不是能打开的图片"),
        ("voice", drawing(), "不是能播放的录音"),
        ("card", b"x", "没有收到文件"),
    ],
)
async def test_a_file_that_is_not_what_it_should_be_is_refused_in_words(
    stage: Stage, kind: str, content: bytes, words: str
) -> None:
    status, answer = await stage.sends("lilei", kind, content, "x")
    assert status in (400, 422)
    assert words in answer["error"]["words"]
    assert stage.sink.messages == [] and await stage.conversation("lilei") == []


async def test_an_oversized_file_is_refused_in_words(open_stage: OpenStage) -> None:
    stage = await open_stage(file_bytes=100_000)
    for to in ("messages", "uploads"):
        for size in (100_001, 300_000):
            status, answer = await stage.sends("lilei", "file", b"x" * size, "大文件.bin", to=to)
            assert (status, answer["error"]["code"]) == (413, "too_large")
            assert "上限" in answer["error"]["words"]
    assert (await stage.sends("lilei", "file", b"x" * 100_000, "正好.bin"))[0] == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"conversation": "user:lilei", "text": "没有编号"}, 400),
        ({"id": "../etc", "conversation": "user:lilei", "text": "编号不对"}, 400),
        ({"id": "message-1", "conversation": "user:lilei", "text": "   "}, 400),
        ({"id": "message-1", "conversation": "user:lilei", "text": ["x"]}, 400),
        ({"id": "message-1", "text": "没有会话"}, 400),
        ({"id": "message-1", "conversation": "user:lilei", "text": "长" * 8001}, 413),
        ({"id": "message-1", "conversation": "user:lilei", "text": "长" * 50_000}, 413),
        (["not", "an", "object"], 400),
    ],
)
async def test_a_post_that_makes_no_sense_is_refused_in_words(stage: Stage, body: object, status: int) -> None:
    refused, answer = await stage.post("messages", "lilei", body)
    assert refused == status
    assert answer["error"]["words"].endswith("。")
    assert stage.sink.messages == []


async def test_broken_json_and_other_content_are_refused(stage: Stage) -> None:
    to, person = "/console/api/messages", {"as": "lilei"}
    broken = await stage.http.post(to, params=person, data=b'{"id": ', headers={"Content-Type": "application/json"})
    plain = await stage.http.post(to, params=person, data=b"x", headers={"Content-Type": "text/plain"})
    formless = await stage.http.post(to, params=person, data=b"x", headers={"Content-Type": "multipart/form-data"})
    assert (broken.status, plain.status, formless.status) == (400, 415, 400)


async def test_opening_the_chat_lets_the_bot_greet_once(stage: Stage) -> None:
    for _ in range(2):
        assert (await stage.post("enter", "zhao", {}))[0] == 200
    [inbound] = stage.sink.messages
    assert (inbound.kind, inbound.sender, inbound.chat.id) == (Kind.ENTERED, "zhao", "zhao")
    assert await stage.conversation("zhao") == []


async def test_what_a_crash_left_unhanded_reaches_the_sink_at_the_next_start(stage: Stage) -> None:
    stage.sink.failing = True
    await stage.types("lilei", "崩溃前的一句")
    stage.sink.failing = False
    await stage.platform._hand_over_again(stage.sink)
    await stage.platform._hand_over_again(stage.sink)
    assert [message.text for message in stage.sink.messages] == ["崩溃前的一句"]


def test_without_the_demo_a_secret_is_wanted() -> None:
    with pytest.raises(ValueError, match="secret 要至少 32 个字符"):
        ConsoleSettings(secret=SecretStr("short"))
    with pytest.raises(ValueError, match="没有时区"):
        ConsoleSettings(demo=True, zone="Mars/Olympus")
