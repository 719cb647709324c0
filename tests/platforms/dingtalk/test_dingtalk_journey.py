"""What a person does in DingTalk, from end to end over real sockets."""

from __future__ import annotations

import pytest

from bot.errors import CardExpired, MediaRefused, Permanent
from bot.platforms.base import CardBody, Chat, FileBody, Kind, MarkdownBody, MediaRef, TextBody, UpdateBody
from cards.model import Button, Card, Due, Fact, Facts, Input, InputKind, Option, Style
from tests.emulators.dingtalk import CannotPress, DingTalkEmulator
from tests.platforms.dingtalk.conftest import App

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
AMR = b"#!AMR\n" + b"\0" * 40

PROGRESS = Card(
    title="客户推进 · 宏达机械",
    lead="请核对",
    blocks=(
        Facts(facts=(Fact(label="客户", value="宏达机械"),)),
        Input(
            name="obstacle",
            label="阻碍因素",
            kind=InputKind.CHOICE,
            value="price",
            options=(Option(value="price", label="竞品压价"), Option(value="none", label="无")),
            required=True,
        ),
        Input(name="next_at", label="下次跟进", kind=InputKind.DATETIME, value="2026-03-18T15:00"),
        Input(name="support", label="需支持事项", kind=InputKind.LONG_TEXT),
        Input(name="photo", label="门头照", kind=InputKind.PHOTO),
    ),
    buttons=(
        Button(label="确认", action={"a": "progress.confirm", "draft": 7}, submits=True, style=Style.PRIMARY),
        Button(label="撤销", action={"a": "progress.drop", "draft": 7}),
    ),
)
DONE = Card(title="已确认 · 宏达机械", lead="李雷 10:09 确认，王主管 14:00 前答复")
ANSWER = Card(
    title="支持请求 · 李雷 · 宏达机械",
    blocks=(Due(text="今天 15:39 前回复"),),
    buttons=(
        Button(label="已协调", action={"a": "support.reply", "id": 3, "outcome": "done"}, style=Style.PRIMARY),
        Button(label="需更多信息", action={"a": "support.reply", "id": 3, "outcome": "more"}),
        Button(label="打开客户", url="https://genjin.example.com/c/1"),
    ),
)


async def test_a_text_is_durable_before_it_is_acknowledged(online: App, ding: DingTalkEmulator) -> None:
    push = await ding.says("lilei", "宏达机械今天已报价")
    assert push is not None and push.accepted
    said = online.kept.last
    assert (said.kind, said.sender, said.text, said.chat) == (Kind.TEXT, "lilei", "宏达机械今天已报价", Chat("lilei"))
    assert said.at == online.clock.now()


async def test_a_group_mention_keeps_group_and_speaker(online: App, ding: DingTalkEmulator) -> None:
    group = ding.group("华东销售群", ["lilei", "wang"])
    await ding.says("lilei", "本周汇总", group)
    said = online.kept.last
    assert (said.text, said.mentioned, said.chat) == ("本周汇总", True, Chat(group, "group", "华东销售群"))


async def test_a_voice_note_brings_dingtalks_words_and_its_sound(online: App, ding: DingTalkEmulator) -> None:
    await ding.sends_voice("lilei", AMR, words="宏达机械嫌价格高", milliseconds=4200)
    note = online.kept.last.media[0]
    assert (online.kept.last.kind, note.words, note.seconds) == (Kind.VOICE, "宏达机械嫌价格高", 4.2)
    sound = await online.platform.client.fetch(note)
    assert (sound.content, sound.mime) == (AMR, "audio/amr")


async def test_a_photo_that_is_none_is_refused_in_words(online: App, ding: DingTalkEmulator) -> None:
    await ding.sends_photo("lilei", b"<html>not a photo</html>")
    with pytest.raises(MediaRefused, match="不是能打开的图片"):
        await online.platform.client.fetch(online.kept.last.media[0])


async def test_a_file_keeps_its_name(online: App, ding: DingTalkEmulator) -> None:
    await ding.sends_file("lilei", "报价单.pdf", b"%PDF-1.7 ...")
    assert (await online.platform.client.fetch(online.kept.last.media[0])).name == "报价单.pdf"


async def test_files_are_fetched_from_dingtalk_only(online: App, ding: DingTalkEmulator) -> None:
    await ding.sends_photo("lilei", PNG)
    ding.files.elsewhere = "http://169.254.169.254"
    with pytest.raises(MediaRefused, match="不在平台自己的服务器上"):
        await online.platform.client.fetch(online.kept.last.media[0])


async def test_a_wrong_download_code_is_said_to_the_sender(app: App) -> None:
    with pytest.raises(MediaRefused, match="重新发送"):
        await app.platform.client.fetch(MediaRef("nonsense", "photo"))


async def test_a_form_is_filled_on_the_card_and_the_card_then_says_what_holds(
    online: App, ding: DingTalkEmulator
) -> None:
    receipt = await online.send(CardBody(PROGRESS, "k-form"), user="lilei")
    [card] = ding.inbox("lilei")
    assert card.buttons == ["确认", "撤销"]
    assert [(one.label, one.value) for one in card.fields] == [
        ("阻碍因素", {"index": 0, "value": "price"}),
        ("下次跟进", "2026-03-18 15:00"),
        ("需支持事项", None),
    ]
    assert "门头照（直接在对话里发照片）" in card.text
    assert receipt.details["left_out"] == ["photo"]

    await ding.presses("lilei", card, "确认", {"阻碍因素": "无", "需支持事项": "申请特价"})
    press = online.kept.last.press
    assert press is not None
    assert (press.card, press.action) == ("k-form", {"a": "progress.confirm", "draft": 7})
    assert press.answers == {"obstacle": "none", "next_at": "2026-03-18T15:00", "support": "申请特价"}

    await online.send(
        UpdateBody(DONE, "k-form", {"message_id": receipt.message_id, "details": dict(receipt.details)}), user="lilei"
    )
    [card] = ding.inbox("lilei")
    assert (card.title, card.fields, card.buttons, card.edits, card.toast) == (DONE.title, [], [], 1, "")


async def test_a_button_beside_the_form_sends_no_answers(online: App, ding: DingTalkEmulator) -> None:
    await online.send(CardBody(PROGRESS, "k-form"), user="lilei")
    await ding.presses("lilei", ding.inbox("lilei")[0], "撤销")
    press = online.kept.last.press
    assert press is not None and (press.action, press.answers) == ({"a": "progress.drop", "draft": 7}, {})


async def test_an_empty_required_field_never_leaves_the_phone(online: App, ding: DingTalkEmulator) -> None:
    blank = Card(
        title="t", blocks=(Input(name="n", label="原因", kind=InputKind.TEXT, required=True),), buttons=PROGRESS.buttons
    )
    await online.send(CardBody(blank, "k"), user="lilei")
    with pytest.raises(CannotPress, match="请填写原因"):
        await ding.presses("lilei", ding.inbox("lilei")[0], "确认")


async def test_buttons_alone_stand_on_the_general_card(online: App, ding: DingTalkEmulator) -> None:
    group = ding.group("华东销售群", ["lilei", "wang"])
    await online.send(CardBody(ANSWER, "k-buttons"), group=group)
    [card] = ding.inbox("wang")
    assert (card.chat, card.title, card.line, card.buttons) == (
        group,
        ANSWER.title,
        ANSWER.title,
        ["已协调", "需更多信息"],
    )
    assert card.links["打开客户"].startswith("dingtalk://dingtalkclient/page/link?url=https%3A%2F%2Fgenjin")
    await ding.presses("wang", card, "需更多信息")
    pressed = online.kept.last
    assert pressed.press is not None and pressed.press.action == {"a": "support.reply", "id": 3, "outcome": "more"}
    assert (pressed.sender, pressed.chat) == ("wang", Chat(group, "group"))
    assert ding.inbox("wang")[0].title == ANSWER.title, "the answer to a press must not blank the card"


async def test_two_people_get_two_cards_of_one_key(online: App, ding: DingTalkEmulator) -> None:
    for user in ("lilei", "wang"):
        await online.send(CardBody(ANSWER, "k-both"), user=user)
    assert [len(ding.inbox(user)) for user in ("lilei", "wang")] == [1, 1]


async def test_several_submit_buttons_become_a_choice(online: App, ding: DingTalkEmulator) -> None:
    note = Input(name="note", label="补充", kind=InputKind.TEXT)
    buttons = tuple(button.model_copy(update={"submits": True}) for button in ANSWER.buttons[:2])
    await online.send(CardBody(ANSWER.model_copy(update={"blocks": (note,), "buttons": buttons}), "k"), user="wang")
    [card] = ding.inbox("wang")
    assert card.buttons == ["提交"]
    await ding.presses("wang", card, "提交", {"处理": "需更多信息", "补充": "要合同号"})
    press = online.kept.last.press
    assert press is not None
    assert (press.action["outcome"], press.answers) == ("more", {"note": "要合同号"})


async def test_a_card_dingtalk_forgot_is_expired(app: App, ding: DingTalkEmulator) -> None:
    receipt = await app.send(CardBody(ANSWER, "k"), user="wang")
    ding.cards.created.clear()
    with pytest.raises(CardExpired):
        await app.send(UpdateBody(DONE, "k", dict(receipt.details)), user="wang")


async def test_texts_markdown_and_files_arrive(app: App, ding: DingTalkEmulator) -> None:
    await app.send(TextBody("早上好"), user="lilei")
    await app.send(MarkdownBody("群摘要", "第一行\n第二行"), user="lilei")
    await app.send(FileBody("门头.png", "image/png", PNG, picture=True), user="lilei")
    await app.send(FileBody("清单.csv", "text/csv", "客户,金额".encode()), user="lilei")
    await app.send(FileBody("报表.xlsx", "application/x", b"PK\x03\x04..."), user="lilei")
    text, digest, picture, packed, sheet = ding.inbox("lilei")
    assert (text.text, digest.title, digest.text) == ("早上好", "群摘要", "第一行  \n  第二行")
    assert (picture.kind, picture.content) == ("picture", PNG)
    assert (packed.kind, packed.title, packed.content[:2]) == ("file", "清单.zip", b"PK")
    assert sheet.title == "报表.xlsx"


@pytest.mark.parametrize("name", ["截图", "截图.webp", "截图.PNG", ""])
async def test_a_picture_arrives_whatever_it_is_called(name: str, app: App, ding: DingTalkEmulator) -> None:
    """DingTalk goes by the name's ending."""
    await app.send(FileBody(name, "application/octet-stream", PNG, picture=True), user="lilei")
    assert [(shown.kind, shown.content) for shown in ding.inbox("lilei")] == [("picture", PNG)]


async def test_a_picture_dingtalk_does_not_show_comes_as_a_file(app: App, ding: DingTalkEmulator) -> None:
    webp = b"RIFF\0\0\0\0WEBP" + b"\0" * 40
    await app.send(FileBody("门头.webp", "image/webp", webp, picture=True), user="lilei")
    assert [(shown.kind, shown.title) for shown in ding.inbox("lilei")] == [("file", "门头.zip")]


async def test_a_file_above_the_limit_is_refused_here(app: App) -> None:
    with pytest.raises(Permanent, match="20 MB"):
        await app.send(FileBody("大.pdf", "application/pdf", b"%PDF-" + b"\0" * (21 * 1024 * 1024)), user="lilei")


async def test_somebody_of_another_organisation_is_heard_and_answered_by_webhook(
    online: App, ding: DingTalkEmulator
) -> None:
    await ding.says("guest", "你好")
    said = online.kept.last
    assert said.sender == "$:LWCP_v1:$guest"
    await online.send(TextBody("请先加入企业"), user=said.sender)
    assert [shown.text for shown in ding.inbox("guest")] == ["请先加入企业"]
