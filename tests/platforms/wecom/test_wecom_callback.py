"""The HTTP callback: 200 only for what is durable, and nothing hostile gets further than the door."""

from __future__ import annotations

import asyncio
import gc
import io
import random
from collections import Counter
from datetime import timedelta

import aiohttp
import pytest
import structlog

from bot.platforms.base import Inbound, Kind
from bot.platforms.wecom.inbound import BODY_BYTES
from tests.emulators.wecom import crypt
from tests.emulators.wecom.callbacks import xml
from tests.platforms.wecom.desk import Desk, until


async def test_the_consoles_check_is_answered_with_the_bare_plaintext(desk: Desk) -> None:
    assert await desk.emulator.verify() == (200, "ok")


async def test_plus_signs_that_became_spaces_are_mended(desk: Desk) -> None:
    """A proxy that decodes the query once too often does this to base64."""
    target, now = desk.emulator.app_line.target, str(int(desk.clock.now().timestamp()))
    cipher = next(
        one for one in (crypt.encrypt(f"echo{n}", target.aes_key, target.receiver) for n in range(200)) if "+" in one
    )
    query = {"msg_signature": crypt.sign(target.token, now, "n", cipher), "timestamp": now, "nonce": "n"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(desk.url, params=query | {"echostr": cipher.replace("+", " ")}) as answer,
    ):
        assert (answer.status, (await answer.text())[:4]) == (200, "echo")


async def test_wrong_token_fails_the_check_and_the_doctor_knows(desk: Desk) -> None:
    desk.emulator.app.token = "another"
    assert (await desk.emulator.verify())[0] == 401
    findings = {one.what: one for one in await desk.platform.client.check()}
    assert findings["接收消息"].state == "fail" and "Token" in findings["接收消息"].words


async def test_message_is_answered_after_it_is_durable(desk: Desk) -> None:
    order: list[str] = []

    async def slow(inbound: Inbound) -> None:
        await asyncio.sleep(0)
        order.append("durable")

    desk.before_keeping = slow
    outcome = await desk.emulator.says("lilei", "你好")
    order.append("answered")
    assert outcome.statuses == [200] and outcome.reply == "" and order == ["durable", "answered"]
    assert (desk.last.kind, desk.last.text, desk.last.app) == (Kind.TEXT, "你好", "sales")


async def test_inbox_that_fails_makes_the_platform_repeat_and_nothing_is_lost(desk: Desk) -> None:
    failures = iter([RuntimeError("disk full"), RuntimeError("disk full")])

    async def fail(inbound: Inbound) -> None:
        error = next(failures, None)
        if error is not None:
            raise error

    desk.before_keeping = fail
    outcome = await desk.emulator.says("lilei", "你好")
    assert outcome.statuses == [500, 500, 200] and [one.text for one in desk.inbox] == ["你好"]


async def test_slow_inbox_brings_repeats_and_one_message(desk: Desk) -> None:
    release = asyncio.Event()

    async def wait(inbound: Inbound) -> None:
        await release.wait()

    desk.before_keeping = wait
    saying = asyncio.create_task(desk.emulator.says("lilei", "你好"))
    await until(lambda: desk.sink_calls == 1)
    await desk.forward(seconds=5)
    await until(lambda: desk.sink_calls == 2)
    release.set()
    outcome = await saying
    assert outcome.statuses == [0, 200] and len(desk.inbox) == 1


async def test_repeats_and_reordering(desk: Desk) -> None:
    desk.emulator.callbacks.copies = 3
    desk.emulator.callbacks.held = []
    for text in ("一", "二", "三"):
        await desk.emulator.says("lilei", text)
    await desk.emulator.callbacks.release(backwards=True)
    assert [one.text for one in desk.inbox] == ["三", "二", "一"] and desk.sink_calls == 9


@pytest.mark.parametrize("away", [timedelta(minutes=11), -timedelta(minutes=11)])
async def test_replay_outside_the_window_is_refused(desk: Desk, away: timedelta) -> None:
    target = desk.emulator.app_line.target
    sent = str(int((desk.clock.now() - away).timestamp()))
    cipher = crypt.encrypt(message("x"), target.aes_key, target.receiver)
    query = {"msg_signature": crypt.sign(target.token, sent, "n", cipher), "timestamp": sent, "nonce": "n"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(desk.url, params=query, data=envelope(cipher)) as answer,
    ):
        assert answer.status == 401
    assert desk.inbox == []


async def test_replay_inside_the_window_changes_nothing(desk: Desk) -> None:
    target, now = desk.emulator.app_line.target, str(int(desk.clock.now().timestamp()))
    cipher = crypt.encrypt(message("x"), target.aes_key, target.receiver)
    query = {"msg_signature": crypt.sign(target.token, now, "n", cipher), "timestamp": now, "nonce": "n"}
    async with aiohttp.ClientSession() as session:
        for _ in range(5):
            async with session.post(desk.url, params=query, data=envelope(cipher)) as answer:
                assert answer.status == 200
    assert len(desk.inbox) == 1


async def test_unknown_event_is_accepted_and_ignored(desk: Desk) -> None:
    outcome = await desk.emulator.app_line.event("lilei", "brand_new_event", {"Anything": "x"})
    assert outcome.statuses == [200] and desk.inbox == []


async def test_unreadable_but_authentic_message_is_kept(desk: Desk) -> None:
    outcome = await desk.emulator.callbacks.push(desk.emulator.app_line.target, "<xml><MsgType>image</MsgType></xml>")
    assert outcome.statuses == [200] and desk.last.kind is Kind.UNSUPPORTED and desk.last.text.startswith("<xml>")


async def test_suspension_notice_reaches_inbox_and_doctor_until_the_app_works_again(desk: Desk) -> None:
    await desk.emulator.app_line.event("sys", "close_inactive_agent", {})
    findings = [one for one in await desk.platform.client.check() if one.what == "应用状态"]
    assert [one.state for one in findings] == ["fail"] and desk.last.kind is Kind.NOTICE
    await desk.emulator.app_line.event("sys", "reopen_inactive_agent", {})
    assert "应用状态" not in [one.what for one in await desk.platform.client.check()]


async def test_body_without_end_is_cut_off(desk: Desk) -> None:
    async def endless() -> object:
        while True:
            yield b"x" * 65536

    async with aiohttp.ClientSession() as session:
        query = {"msg_signature": "s", "timestamp": "1", "nonce": "n"}
        try:
            async with session.post(desk.url, params=query, data=endless()) as answer:
                assert answer.status == 413
        except aiohttp.ClientError:
            pass  # the door closed while we were still talking
    assert desk.inbox == []


def message(text: str) -> str:
    return xml(
        {"ToUserName": "ww", "FromUserName": "lilei", "CreateTime": 1, "MsgType": "text", "Content": text, "MsgId": 1}
    )


def envelope(cipher: str) -> bytes:
    return f"<xml><Encrypt><![CDATA[{cipher}]]></Encrypt></xml>".encode()


class BadRequests:
    """Requests that are nearly right, made from good ones by a seeded spoiler."""

    STATUSES = frozenset({400, 401, 413})

    def __init__(self, desk: Desk) -> None:
        self.random = random.Random(20260311)
        self.target = desk.emulator.app_line.target
        self.now = int(desk.clock.now().timestamp())
        self.huge = b"<xml><Encrypt>" + b"x" * BODY_BYTES + b"</Encrypt></xml>"
        self.good = crypt.encrypt(message("x"), self.target.aes_key, self.target.receiver)

    def one(self) -> tuple[str, dict[str, str], bytes]:
        """(what is wrong, query, body)"""
        spoil = self.random.choice(
            [
                self.tampered,
                self.wrong_signature,
                self.old,
                self.truncated,
                self.plain,
                self.missing,
                self.rubbish,
                self.other_key,
                self.other_corp,
                self.doctype,
            ]
        )
        query, body = spoil()
        return spoil.__name__, query, body

    def sealed(self, cipher: str, moment: int | None = None) -> dict[str, str]:
        sent, nonce = str(self.now if moment is None else moment), str(self.random.random())
        return {"msg_signature": crypt.sign(self.target.token, sent, nonce, cipher), "timestamp": sent, "nonce": nonce}

    def tampered(self) -> tuple[dict[str, str], bytes]:
        place = self.random.randrange(len(self.good))
        other = self.good[:place] + self.random.choice("ABCDEFGH") + "_" + self.good[place + 1 :]
        return self.sealed(self.good), envelope(other)

    def wrong_signature(self) -> tuple[dict[str, str], bytes]:
        return self.sealed(self.good) | {"msg_signature": self.random.randbytes(20).hex()}, envelope(self.good)

    def old(self) -> tuple[dict[str, str], bytes]:
        return self.sealed(self.good, self.now - self.random.randrange(601, 10**6)), envelope(self.good)

    def truncated(self) -> tuple[dict[str, str], bytes]:
        whole = envelope(self.good)
        return self.sealed(self.good), whole[: self.random.randrange(len(whole) - 20)]

    def plain(self) -> tuple[dict[str, str], bytes]:
        return self.sealed(self.good), message("明文").encode()

    def missing(self) -> tuple[dict[str, str], bytes]:
        query = self.sealed(self.good)
        del query[self.random.choice(list(query))]
        return query, envelope(self.good)

    def rubbish(self) -> tuple[dict[str, str], bytes]:
        return self.sealed(self.good), self.random.randbytes(self.random.randrange(300))

    def other_key(self) -> tuple[dict[str, str], bytes]:
        cipher = crypt.encrypt(message("x"), "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", self.target.receiver)
        return self.sealed(cipher), envelope(cipher)

    def other_corp(self) -> tuple[dict[str, str], bytes]:
        cipher = crypt.encrypt(message("x"), self.target.aes_key, "ww-somebody-else")
        return self.sealed(cipher), envelope(cipher)

    def doctype(self) -> tuple[dict[str, str], bytes]:
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
        return self.sealed(self.good), bomb


async def test_ten_thousand_bad_requests_are_refused_and_leave_nothing_behind(desk: Desk) -> None:
    bad = BadRequests(desk)
    found: Counter[tuple[str, int]] = Counter()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=16)) as session:
            await knock(session, desk.url, bad, found, 1000)
            before = alive()
            await knock(session, desk.url, bad, found, 8900)
            grown = alive() - before
            await knock_huge(session, desk.url, bad, found, 100)
    finally:
        structlog.reset_defaults()
    assert sum(found.values()) == 10_000
    assert {status for _, status in found} <= BadRequests.STATUSES, found
    assert len({kind for kind, _ in found}) == 11, "every way of being wrong took part"
    assert desk.sink_calls == 0
    assert grown < 1000, f"{grown} objects stayed behind"
    assert (await desk.emulator.says("lilei", "还在吗")).statuses == [200]


def alive() -> int:
    """Objects in memory."""
    gc.collect()
    return len(gc.get_objects())


async def knock(
    session: aiohttp.ClientSession, url: str, bad: BadRequests, found: Counter[tuple[str, int]], times: int
) -> None:
    """Sends `times` bad requests, eight at a time."""

    async def some(share: int) -> None:
        for _ in range(share):
            kind, query, body = bad.one()
            async with session.post(url, params=query, data=body) as answer:
                found[kind, answer.status] += 1

    await asyncio.gather(*(some(times // 8 + (place < times % 8)) for place in range(8)))


async def knock_huge(
    session: aiohttp.ClientSession, url: str, bad: BadRequests, found: Counter[tuple[str, int]], times: int
) -> None:
    for _ in range(times):
        async with session.post(
            url, params=bad.sealed(bad.good), data=io.BytesIO(bad.huge), headers={"Expect": "100-continue"}
        ) as answer:
            found["huge", answer.status] += 1
