"""What a self-built app sends to one person: words, cards and their changes, files (reference §4, §5)."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.clock import Clock
from bot.errors import CardExpired, Permanent, SentAsWords, Unreachable
from bot.platforms.base import Address, Body, CardBody, FileBody, MarkdownBody, Outgoing, Receipt, TextBody, UpdateBody
from bot.platforms.media import sniff
from bot.platforms.repeats import apart, each, file_perhaps_twice, in_doubt, perhaps_twice
from bot.platforms.text import split_text
from bot.platforms.wecom.api import Api
from bot.platforms.wecom.cards import APP, draw
from bot.platforms.wecom.codes import AlreadySent, MediaGone
from bot.platforms.wecom.press import details_of, task_id
from bot.platforms.wecom.settings import WeComSettings
from bot.platforms.wecom.upload import check_file
from bot.platforms.wecom.words import Dialect, fit_markdown, message, safe_text, titled
from cards.model import Card, Picture

log = structlog.get_logger(__name__)

MARK_CHARS = 8
MESSAGE_BYTES = 2048 - 3 * MARK_CHARS
"""Text and markdown are cut without a word beyond 2048 bytes (reference §4.1); ours end with a mark."""

WORDS_BYTES = MESSAGE_BYTES - 64
"""A message that may be a repeat says so in its last line."""

CARD_LIFE = timedelta(hours=72)
REPEAT_SECONDS = 4 * 3600
"""The longest window of the duplicate check."""

REMEMBERED = timedelta(seconds=REPEAT_SECONDS) - timedelta(minutes=5)
"""Our clocks need not agree to the minute."""

Attachment = Callable[[str], Awaitable[bytes]]
"""The bytes of a card's picture by its storage key."""


class Sending:
    """One app's messages to people. Raises the typed errors of bot.errors."""

    def __init__(self, settings: WeComSettings, api: Api, clock: Clock, attachment: Attachment | None) -> None:
        self._settings = settings
        self._api = api
        self._clock = clock
        self._attachment = attachment

    async def send(self, push: Outgoing) -> Receipt:
        match push.body:
            case TextBody(text):
                return await self._say(push, safe_text(text), Dialect.PLAIN)
            case MarkdownBody(title, text):
                return await self._say(push, fit_markdown(titled(title, text), self._dialect), self._dialect)
            case CardBody(card, card_key):
                return await self._card(push, card, card_key)
            case UpdateBody():
                return await self._update(push, push.body)
            case FileBody():
                return await self._file(push, push.body)

    def count(self, body: Body) -> int:
        """How many messages `send` makes of it: each one counts against the silent limits."""
        match body:
            case TextBody(text):
                return max(len(split_text(safe_text(text), WORDS_BYTES)), 1)
            case MarkdownBody(title, text):
                return len(split_text(fit_markdown(titled(title, text), self._dialect), WORDS_BYTES))
            case CardBody(card, _):
                return self._count_card(card)
        return 1

    def _count_card(self, card: Card) -> int:
        pictures = sum(isinstance(block, Picture) for block in card.blocks) if self._attachment is not None else 0
        drawn = draw(card, APP, "count", card_url=self._settings.card_url)
        if drawn is not None and not drawn.shortened:
            return pictures + 1
        whole = message(card, self._dialect, without=drawn.standing if drawn is not None else ())
        return pictures + len(split_text(whole, WORDS_BYTES)) + (drawn is not None)

    @property
    def _dialect(self) -> Dialect:
        return Dialect.PLAIN if self._settings.plain_text else Dialect.APP

    async def _say(self, push: Outgoing, text: str, dialect: Dialect, *, part: str = "") -> Receipt:
        """One message, or several where it is long; a repeat of the same push repeats the same bytes.

        `part` tells several texts of one push apart.
        """
        kind = "text" if dialect is Dialect.PLAIN else "markdown"
        doubt = self._in_doubt(push)

        async def one(words: str, place: int, doubtful: bool) -> str:
            said = perhaps_twice(words) if doubt and doubtful else words
            answer = await self._post(push.to, kind, {"content": said + mark(f"{push.key}{part}/{place}")})
            return str(answer.get("msgid", ""))

        ids = await each(push, split_text(text, WORDS_BYTES), one, scope=f"piece{part}")
        if not ids:
            raise Permanent("an empty text cannot be sent")
        return self._receipt(ids[-1])

    def _in_doubt(self, push: Outgoing) -> bool:
        """Within four hours the duplicate check knows the bytes; a repeat after that would be a second message."""
        return in_doubt(push, self._clock.now(), REMEMBERED)

    async def _card(self, push: Outgoing, card: Card, card_key: str) -> Receipt:
        await self._pictures(push, card)
        task = task_id(card_key, push.key)
        drawn = draw(card, APP, task, card_url=self._settings.card_url)
        if drawn is None:
            return await self._say(push, message(card, self._dialect), self._dialect)
        if drawn.shortened:
            whole = message(card, self._dialect, without=drawn.standing)
            await self._say(push, whole, self._dialect, part="/whole")
        try:
            answer = await self._post(push.to, "template_card", drawn.template)
        except AlreadySent:
            log.info("wecom.card_was_sent_before", key=push.key)
            answer = {}
        code, number = str(answer.get("response_code", "")), str(answer.get("msgid", ""))
        return self._receipt(number, task_id=task, left_out=list(drawn.left_out), response_code=code)

    async def _update(self, push: Outgoing, body: UpdateBody) -> Receipt:
        """With the press's code, else the sending's; each works once. Raises CardExpired when none is left.

        A code that an attempt of unknown fate was made with and that does not work any more was spent by it: the card
        has changed.
        """
        sent = details_of(body.receipt)
        task = str(sent.get("task_id", ""))
        if not task:
            raise SentAsWords("this card had nothing to press and went out as a message")
        drawn = draw(body.card, APP, task, card_url=self._settings.card_url, update=True)
        kept = str(sent.get("response_code", "")) if self._alive(sent) else ""
        codes = [code for code in dict.fromkeys((body.reply_token, kept)) if code]
        while codes and drawn is not None:
            code = codes.pop(0)
            try:
                await self._replace_card(push.to, code, drawn.template)
            except CardExpired:
                if push.begun is None or self._clock.now() - push.begun > CARD_LIFE:
                    continue
                log.info("wecom.card_was_changed_before", key=push.key)
            left = {"response_code": codes[0] if codes else "", "left_out": list(drawn.left_out)}
            return Receipt(str(sent.get("message_id", "")), {**sent, **left})
        raise CardExpired("no response_code is left for this card: each works once, within 72 hours")

    async def _replace_card(self, to: Address, code: str, template: Mapping[str, Any]) -> None:
        body = {"userids": [to.user], "agentid": self._settings.agent_id, "response_code": code}
        answer = await self._api.post("message/update_template_card", body | {"template_card": template})
        if answer.get("invaliduser"):
            raise Unreachable(f"message/update_template_card: {to.user} does not hold this card")

    async def _file(self, push: Outgoing, body: FileBody, *, part: str = "") -> Receipt:
        if self._in_doubt(push) and f"media{part}" in push.notes:
            await self._say(apart(push), safe_text(file_perhaps_twice(body)), Dialect.PLAIN, part=part)
        kind = check_file(body)
        try:
            answer = await self._post(push.to, kind, {"media_id": await self._media_id(push, kind, body, part)})
        except MediaGone:
            answer = await self._post(push.to, kind, {"media_id": await self._uploaded(push, kind, body, part)})
        return self._receipt(str(answer.get("msgid", "")))

    async def _media_id(self, push: Outgoing, kind: str, body: FileBody, part: str) -> str:
        """Noted with the push, so that its repeat carries the same JSON and is seen as one."""
        return push.notes.get(f"media{part}") or await self._uploaded(push, kind, body, part)

    async def _uploaded(self, push: Outgoing, kind: str, body: FileBody, part: str) -> str:
        media = await self._api.upload(kind, body.name, body.mime, body.content)
        await push.notes.keep(f"media{part}", media)
        return media

    async def _pictures(self, push: Outgoing, card: Card) -> None:
        """Cards hold no pictures without a public address: they go before the card as messages of their own."""
        if self._attachment is None:
            return
        for picture in [block for block in card.blocks if isinstance(block, Picture)]:
            content = await self._attachment(picture.attachment)
            found = sniff(content)
            file = FileBody(f"{picture.alt}{found.extension}", found.mime, content, picture=True)
            await self._file(push, file, part=f"/{picture.attachment}")

    async def _post(self, to: Address, kind: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        body = {"touser": to.user, "msgtype": kind, "agentid": self._settings.agent_id, kind: payload}
        repeats = {"enable_duplicate_check": 1, "duplicate_check_interval": REPEAT_SECONDS}
        answer = await self._api.post("message/send", body | repeats)
        # errcode 0 is no delivery: who could not be reached is listed beside it (reference §4.2).
        if answer.get("unlicenseduser"):
            raise Unreachable(f"{to.user} 没有接口许可：到 管理后台 → 应用管理 → 接口许可 为该成员分配")
        if answer.get("invaliduser"):
            raise Unreachable(f"{to.user} 不在应用的可见范围内，或已离职")
        return answer

    def _receipt(self, number: str, **details: Any) -> Receipt:
        sent = {"sent_at": self._clock.now().isoformat(), "message_id": number}
        return Receipt(number, sent | details)

    def _alive(self, receipt: Mapping[str, Any]) -> bool:
        sent = receipt.get("sent_at")
        return not sent or self._clock.now() - datetime.fromisoformat(str(sent)) < CARD_LIFE


def mark(key: str) -> str:
    """Eight invisible characters that differ from push to push.

    The duplicate check compares requests: a repeat must be the same bytes, and the same words said twice must not be.
    """
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:2], "big")
    return "".join("\u200b\u200c\u200d\u2060"[number >> 2 * place & 3] for place in range(MARK_CHARS))
