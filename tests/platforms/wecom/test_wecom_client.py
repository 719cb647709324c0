"""A self-built app speaking: words, cards and their changes, files, limits, tokens, and everything that goes wrong."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.errors import (
    CardExpired,
    Credentials,
    DeliveryError,
    MediaRefused,
    Permanent,
    RetryAfter,
    Unanswered,
    Unreachable,
)
from bot.platforms.base import FileBody, Limit, MarkdownBody, MediaRef, Notes, Receipt
from bot.platforms.text import utf8
from bot.platforms.wecom import WeComPlatform
from bot.platforms.wecom.limits import DAY, HOUR, MINUTE
from bot.platforms.wecom.sending import mark
from cards.model import Button, Card, Input, InputKind, Option, Picture, Text, Tone
from tests.emulators.wecom.state import Seen
from tests.platforms.wecom.desk import Desk, Open

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
ANSWERS = Input(
    name="outcome",
    label="答复",
    kind=InputKind.CHOICE,
    options=(Option(value="ok", label="已协调"), Option(value="more", label="需更多信息")),
)
REQUEST = Card(
    title="支持请求 · 李雷 · 宏达机械",
    blocks=(ANSWERS,),
    buttons=(Button(label="答复", action={"a": "reply", "id": 7}, submits=True),),
)
ANSWERED = Card(title="已答复 · 宏达机械", lead="王主管 10:20 已协调", tone=Tone.GOOD)


def seen(desk: Desk, user: str = "lilei") -> list[Seen]:
    return desk.emulator.inbox(user)


class TestWords:
    async def test_text_arrives_as_it_was_said(self, desk: Desk) -> None:
        receipt = await desk.says("还差 2 条：宏达机械的照片")
        assert [(one.kind, one.text) for one in seen(desk)] == [("text", "还差 2 条：宏达机械的照片")]
        assert receipt.message_id == seen(desk)[0].id

    async def test_long_text_is_split_at_sentence_ends_and_nothing_is_cut(self, desk: Desk) -> None:
        text = "".join(f"第{n}句说的是宏达机械今天的情况。" for n in range(120))
        await desk.says(text)
        pieces = [one.text for one in seen(desk)]
        assert len(pieces) == 3 and "".join(pieces) == text and all(piece.endswith("。") for piece in pieces)
        assert all(utf8(str(one.body["content"])) <= 2048 for one in seen(desk))

    async def test_markdown_loses_what_the_app_cannot_show(self, desk: Desk) -> None:
        await desk.send(MarkdownBody("周报", "- 宏达 **已报价**\n- 云帆"))
        assert (seen(desk)[0].kind, seen(desk)[0].text) == ("markdown", "**周报**\n· 宏达 **已报价**\n· 云帆")

    async def test_markdown_becomes_text_for_people_in_the_wechat_plugin(self, open_desk: Open) -> None:
        desk = await open_desk(plain_text=True)
        await desk.send(MarkdownBody("周报", "- 宏达 **已报价**"))
        assert (seen(desk)[0].kind, seen(desk)[0].text) == ("text", "周报\n· 宏达 已报价")

    async def test_empty_text_is_refused_here(self, desk: Desk) -> None:
        with pytest.raises(Permanent, match="empty text"):
            await desk.says("  \n ")

    async def test_the_same_push_again_is_seen_once_and_the_same_words_again_twice(self, desk: Desk) -> None:
        await desk.says("已记下", key="a")
        await desk.says("已记下", key="a")
        await desk.says("已记下", key="b")
        assert [one.text for one in seen(desk)] == ["已记下", "已记下"]

    async def test_answer_that_got_lost_makes_no_second_message(self, desk: Desk) -> None:
        desk.emulator.faults.plan("message/send", "lost")
        with pytest.raises(RetryAfter):
            await desk.says("已记下", key="a")
        await desk.says("已记下", key="a")
        assert len(seen(desk)) == 1

    def test_mark_is_invisible_and_small(self) -> None:
        assert len({mark(f"key {n}") for n in range(200)}) > 190
        assert mark("k") == mark("k") and utf8(mark("k")) == 24 and not mark("k").isprintable()


class TestCards:
    async def test_card_is_pressed_and_changed(self, desk: Desk) -> None:
        receipt = await desk.shows(REQUEST)
        card = seen(desk)[0]
        assert card.buttons == ["答复"]
        await desk.emulator.presses("lilei", card, "答复", {"答复": "已协调"})
        press = desk.last.press
        assert press is not None and (press.card, press.action, press.answers) == (
            "card-1",
            {"a": "reply", "id": 7},
            {"outcome": "ok"},
        )
        await desk.changes(ANSWERED, receipt, reply_token=press.reply_token)
        assert card.buttons == [] and card.text == "已答复 · 宏达机械\n王主管 10:20 已协调"

    async def test_untouched_dropdown_is_no_answer(self, desk: Desk) -> None:
        """The client preselects the first option; ours is the blank one."""
        await desk.shows(REQUEST)
        await desk.emulator.presses("lilei", seen(desk)[0], "答复")
        assert desk.last.press is not None and desk.last.press.answers == {"outcome": ""}

    async def test_each_code_works_once_then_the_card_is_over(self, desk: Desk) -> None:
        receipt = await desk.shows(REQUEST)
        receipt = await desk.changes(REQUEST, receipt)
        with pytest.raises(CardExpired):
            await desk.changes(ANSWERED, receipt)

    async def test_press_gives_a_fresh_code_and_the_first_one_stays_for_later(self, desk: Desk) -> None:
        receipt = await desk.shows(REQUEST)
        await desk.emulator.presses("lilei", seen(desk)[0], "答复")
        press = desk.last.press
        assert press is not None
        receipt = await desk.changes(REQUEST, receipt, reply_token=press.reply_token)
        receipt = await desk.changes(ANSWERED, receipt, reply_token=press.reply_token)
        assert seen(desk)[0].text.startswith("已答复")
        with pytest.raises(CardExpired):
            await desk.changes(ANSWERED, receipt, reply_token=press.reply_token)

    @pytest.mark.parametrize(("hours", "alive"), [(71, True), (72, False), (500, False)])
    async def test_card_can_be_changed_for_72_hours(self, desk: Desk, hours: int, alive: bool) -> None:
        receipt = await desk.shows(REQUEST)
        await desk.forward(hours=hours)
        if alive:
            await desk.changes(ANSWERED, receipt)
        else:
            calls = desk.emulator.faults.calls["message/update_template_card"]
            with pytest.raises(CardExpired):
                await desk.changes(ANSWERED, receipt)
            assert desk.emulator.faults.calls["message/update_template_card"] == calls, "we know without asking"

    async def test_receipt_may_come_back_whole_as_the_outbox_keeps_it(self, desk: Desk) -> None:
        receipt = await desk.shows(REQUEST)
        whole = Receipt("", {"message_id": receipt.message_id, "details": dict(receipt.details)})
        await desk.changes(ANSWERED, whole)
        assert seen(desk)[0].text.startswith("已答复")

    @pytest.mark.parametrize("code", [40058, 42016, 99999])
    async def test_card_that_cannot_be_changed_for_whatever_reason_is_over(self, desk: Desk, code: int) -> None:
        """The code of a spent response_code is not documented; a fresh card is right in any case."""
        receipt = await desk.shows(REQUEST)
        desk.emulator.faults.plan("message/update_template_card", "error", code=code)
        with pytest.raises(CardExpired):
            await desk.changes(ANSWERED, receipt)

    async def test_two_workers_racing_with_one_code_change_it_once(self, desk: Desk) -> None:
        receipt = await desk.shows(REQUEST)
        results = await asyncio.gather(*(desk.changes(ANSWERED, receipt) for _ in range(2)), return_exceptions=True)
        assert sorted(type(one).__name__ for one in results) == ["CardExpired", "Receipt"]

    async def test_card_sent_twice_after_a_lost_answer_is_seen_once(self, desk: Desk) -> None:
        desk.emulator.faults.plan("message/send", "lost")
        with pytest.raises(RetryAfter):
            await desk.shows(REQUEST)
        await desk.shows(REQUEST)
        assert len(seen(desk)) == 1

    async def test_card_sent_again_days_later_is_known_by_its_task_id(self, desk: Desk) -> None:
        """The duplicate check forgets after four hours; the task_id is refused for ever."""
        desk.emulator.faults.plan("message/send", "lost")
        with pytest.raises(RetryAfter):
            await desk.shows(REQUEST)
        await desk.forward(hours=5)
        receipt = await desk.shows(REQUEST)
        assert len(seen(desk)) == 1 and receipt.details["response_code"] == ""

    async def test_same_card_issued_anew_is_a_new_message(self, desk: Desk) -> None:
        await desk.shows(REQUEST, key="a")
        await desk.shows(REQUEST, key="b")
        assert len(seen(desk)) == 2

    async def test_card_without_buttons_goes_as_words_and_cannot_be_changed(self, desk: Desk) -> None:
        receipt = await desk.shows(ANSWERED)
        assert seen(desk)[0].kind == "markdown"
        with pytest.raises(CardExpired):
            await desk.changes(ANSWERED, receipt)

    async def test_notice_opens_the_address_of_the_settings(self, open_desk: Open) -> None:
        desk = await open_desk(card_url="https://example.com/today")
        await desk.shows(ANSWERED)
        assert seen(desk)[0].template["card_action"]["url"] == "https://example.com/today"

    async def test_what_the_card_cuts_is_sent_whole_before_it(self, desk: Desk) -> None:
        card = Card(
            title="复盘", blocks=(Text(text="很长的说明。" * 60),), buttons=(Button(label="知道了", action={"a": "x"}),)
        )
        await desk.shows(card)
        await desk.shows(card)
        before, shown = seen(desk)
        assert before.text.count("很长的说明") == 60 and shown.text.endswith("…（全文见上一条）")

    async def test_left_out_fields_are_in_the_receipt_for_the_runtime(self, desk: Desk) -> None:
        note = Input(name="note", label="备注", kind=InputKind.TEXT)
        receipt = await desk.shows(REQUEST.model_copy(update={"blocks": (ANSWERS, note)}))
        assert receipt.details["left_out"] == ["note"]

    async def test_link_button_opens_its_address(self, desk: Desk) -> None:
        page = Button(label="填写", url="https://example.com/f/1")
        await desk.shows(Card(title="拜访", buttons=(Button(label="稍后", action={"a": "x"}), page)))
        assert await desk.emulator.presses("lilei", seen(desk)[0], "填写") == "https://example.com/f/1"

    async def test_pictures_go_before_the_card(self, desk: Desk) -> None:
        async def load(key: str) -> bytes:
            return PNG

        desk.platform = WeComPlatform(desk.settings, desk.http, desk.clock, app="sales", attachment=load)
        picture = Picture(attachment="front", alt="门头")
        await desk.shows(Card(title="拜访", blocks=(picture,), buttons=(Button(label="通过", action={"a": "x"}),)))
        assert [(one.kind, one.name) for one in seen(desk)] == [("image", "门头.png"), ("template_card", "")]

    async def test_person_who_does_not_hold_the_card_cannot_get_its_change(self, desk: Desk) -> None:
        receipt = await desk.shows(REQUEST)
        with pytest.raises(Unreachable):
            await desk.changes(ANSWERED, receipt, to="wang")


class TestFiles:
    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (FileBody("门头.png", "image/png", PNG, picture=True), "image"),
            (FileBody("门头.gif", "image/gif", b"GIF89a" + bytes(50), picture=True), "file"),
            (FileBody("报价 单.pdf", "application/pdf", b"%PDF-1.7 x"), "file"),
        ],
    )
    async def test_file_arrives_under_its_chinese_name(self, desk: Desk, body: FileBody, kind: str) -> None:
        await desk.send(body)
        (found,) = seen(desk)
        assert (found.kind, found.name, found.media) == (kind, body.name, body.content)

    @pytest.mark.parametrize(("size", "reason"), [(0, "below 6"), (5, "below 6"), (20 * 1024 * 1024 + 1, "at most")])
    async def test_file_wecom_would_refuse_is_refused_here(self, desk: Desk, size: int, reason: str) -> None:
        with pytest.raises(Permanent, match=reason):
            await desk.send(FileBody("a.bin", "", bytes(size)))
        assert desk.emulator.faults.calls["media/upload"] == 0

    async def test_media_that_is_gone_is_uploaded_again_once(self, desk: Desk) -> None:
        desk.emulator.faults.plan("message/send", "error", code=40007)
        await desk.send(FileBody("a.pdf", "application/pdf", b"%PDF-1.7"))
        assert len(seen(desk)) == 1 and desk.emulator.faults.calls["media/upload"] == 2

    async def test_repeat_of_a_file_is_seen_once(self, desk: Desk) -> None:
        desk.emulator.faults.plan("message/send", "lost")
        body, notes = FileBody("a.pdf", "application/pdf", b"%PDF-1.7"), Notes()
        with pytest.raises(Unanswered):
            await desk.send(body, notes=notes)
        await desk.send(body, begun=desk.clock.now(), notes=notes)
        assert len(seen(desk)) == 1, "the file was uploaded once, so the request was the same"

    async def test_voice_is_fetched_and_named_by_what_it_is(self, desk: Desk) -> None:
        await desk.emulator.sends_voice("lilei")
        media = await desk.platform.client.fetch(desk.last.media[0])
        assert media.content.startswith(b"#!AMR") and (media.mime, media.name) == ("audio/amr", "voice.amr")

    async def test_photo_that_is_none_is_refused_in_words(self, desk: Desk) -> None:
        await desk.emulator.sends_photo("lilei", b"<html>not a picture</html>")
        with pytest.raises(MediaRefused, match="不是能打开的图片"):
            await desk.platform.client.fetch(desk.last.media[0])

    async def test_expired_media_error_comes_with_status_200_and_is_no_file(self, desk: Desk) -> None:
        await desk.emulator.sends_photo("lilei", PNG)
        await desk.forward(days=4)
        with pytest.raises(MediaRefused, match="已经过期"):
            await desk.platform.client.fetch(desk.last.media[0])

    async def test_download_survives_a_token_that_died(self, desk: Desk) -> None:
        await desk.emulator.sends_photo("lilei", PNG)
        await desk.says("x")
        desk.emulator.invalidate_tokens()
        assert (await desk.platform.client.fetch(desk.last.media[0])).content == PNG

    async def test_unknown_reference(self, desk: Desk) -> None:
        with pytest.raises(MediaRefused, match="重新发送"):
            await desk.platform.client.fetch(MediaRef("nothing", "file"))


class TestLimits:
    async def test_over_thirty_a_minute_the_platform_says_ok_and_drops(self, desk: Desk) -> None:
        """What the outbox has to prevent: all 35 answers are 0, five messages never arrive."""
        receipts = [await desk.says(f"第 {n} 条", key=f"k{n}") for n in range(35)]
        assert all(one.message_id for one in receipts)
        assert len(seen(desk)) == 30 and desk.emulator.dropped("lilei") == 5

    async def test_paced_by_the_declared_limits_nothing_is_dropped(self, desk: Desk) -> None:
        """A minimal outbox that knows nothing but `LIMITS`."""
        sent: list[Any] = []
        for n in range(95):
            for limit in desk.platform.client.LIMITS:
                recent = [one for one in sent if desk.clock.now() - one < limit.per]
                if limit.scope == "receiver" and len(recent) >= limit.count:
                    await desk.forward(seconds=(recent[-limit.count] + limit.per - desk.clock.now()).total_seconds())
            await desk.says(f"第 {n} 条", key=f"k{n}")
            sent.append(desk.clock.now())
        assert len(seen(desk)) == 95 and desk.emulator.dropped("lilei") == 0

    async def test_days_quota_is_kept_where_the_settings_know_the_accounts(self, open_desk: Open) -> None:
        desk = await open_desk(accounts=2)
        assert Limit("app", 400, DAY) in desk.platform.client.capabilities.limits

    def test_declared_limits_say_which_excess_is_silent(self, desk: Desk) -> None:
        silent = {(one.scope, one.count, one.per) for one in desk.platform.client.LIMITS if one.silent}
        assert {("receiver", 30, MINUTE), ("receiver", 1000, HOUR)} <= silent


class TestTokens:
    async def test_one_token_for_a_hundred_pushes_at_once(self, desk: Desk) -> None:
        await asyncio.gather(*(desk.says(f"{n}", key=f"k{n}") for n in range(20)))
        assert desk.emulator.tokens.issued == 1

    async def test_token_invalidated_early_is_renewed_once_for_all(self, desk: Desk) -> None:
        await desk.says("x", key="first")
        desk.emulator.invalidate_tokens()
        await asyncio.gather(*(desk.says(f"{n}", key=f"k{n}") for n in range(20)))
        assert desk.emulator.tokens.issued == 2 and len(seen(desk)) == 21

    async def test_token_is_renewed_before_it_dies(self, desk: Desk) -> None:
        await desk.says("x", key="first")
        await desk.forward(seconds=7200 - 300)
        await desk.says("y", key="second")
        assert desk.emulator.tokens.issued == 2 and desk.emulator.faults.calls["message/send"] == 2

    async def test_platform_that_hands_out_the_same_token_is_fine_too(self, desk: Desk) -> None:
        desk.emulator.tokens.same_again = True
        await desk.says("x", key="first")
        await desk.forward(seconds=7200 - 60)
        await desk.says("y", key="second")
        await desk.forward(seconds=61)
        await desk.says("z", key="third")
        assert len(seen(desk)) == 3

    async def test_token_refused_twice_is_left_to_the_outbox(self, desk: Desk) -> None:
        desk.emulator.faults.plan("message/send", "error", code=42001, times=2)
        with pytest.raises(RetryAfter):
            await desk.says("x")
        assert desk.emulator.faults.calls["message/send"] == 2


class TestErrors:
    @pytest.mark.parametrize(
        ("code", "error"),
        [
            (-1, RetryAfter),
            (45009, RetryAfter),
            (45033, RetryAfter),
            (45011, RetryAfter),
            (40001, Credentials),
            (40013, Credentials),
            (40091, Credentials),
            (41001, Credentials),
            (41011, Credentials),
            (48002, Credentials),
            (40056, Credentials),
            (60020, Credentials),
            (50003, Credentials),
            (301002, Credentials),
            (81013, Unreachable),
            (60111, Unreachable),
            (50002, Unreachable),
            (60021, Unreachable),
            (40003, Unreachable),
            (60011, Permanent),
            (40033, Permanent),
            (40035, Permanent),
            (40058, Permanent),
            (42045, Permanent),
            (44004, Permanent),
            (45002, Permanent),
            (82001, Permanent),
            (40008, Permanent),
            (47001, Permanent),
            (99999, Permanent),
        ],
    )
    async def test_code_has_its_type(self, desk: Desk, code: int, error: type[DeliveryError]) -> None:
        desk.emulator.faults.plan("message/send", "error", code=code)
        with pytest.raises(error, match=str(code)) as raised:
            await desk.says("x")
        assert type(raised.value) is error

    async def test_frequency_block_lasts_a_minute(self, desk: Desk) -> None:
        desk.emulator.faults.plan("message/send", "error", code=45009)
        with pytest.raises(RetryAfter) as raised:
            await desk.says("x")
        assert raised.value.after >= MINUTE

    @pytest.mark.parametrize(("field", "value"), [("secret", "wrong"), ("corp_id", "ww-wrong")])
    async def test_wrong_credentials_say_what_to_press(self, open_desk: Open, field: str, value: str) -> None:
        desk = await open_desk(**{field: value})
        with pytest.raises(Credentials, match="复制"):
            await desk.says("x")

    async def test_unlisted_address_names_the_remedy(self, desk: Desk) -> None:
        desk.emulator.faults.foreign_ip = True
        with pytest.raises(Credentials, match=r"^本机的出口 IP 127\.0\.0\.1 不在名单里：.*企业可信IP"):
            await desk.says("x")

    @pytest.mark.parametrize("change", [{"visible": False}, {"licensed": False}])
    async def test_person_out_of_reach(self, desk: Desk, change: dict[str, bool]) -> None:
        for name, value in change.items():
            setattr(desk.emulator.tenant.users["lilei"], name, value)
        with pytest.raises(Unreachable):
            await desk.says("x")

    async def test_unknown_person_is_unreachable(self, desk: Desk) -> None:
        with pytest.raises(Unreachable):
            await desk.says("x", to="nobody")

    async def test_user_ids_are_not_case_sensitive(self, desk: Desk) -> None:
        await desk.says("x", to="wang")
        assert [one.text for one in seen(desk, "Wang")] == ["x"]

    async def test_platform_that_is_away(self, desk: Desk) -> None:
        desk.emulator.faults.plan("message/send", "refused")
        with pytest.raises(RetryAfter):
            await desk.says("x")
        assert seen(desk) == []

    async def test_app_without_callback_cannot_send_buttons_and_says_so(self, desk: Desk) -> None:
        desk.emulator.calls_at("")
        with pytest.raises(Permanent, match="callback"):
            await desk.shows(REQUEST)

    async def test_receipt_is_plain_json(self, desk: Desk) -> None:
        receipt = await desk.shows(REQUEST)
        assert isinstance(receipt, Receipt) and all(isinstance(one, str | list) for one in receipt.details.values())
