"""Words to a person or group: on the public general AI card, whose id makes a repeat harmless, else as a message.

Robot messages and session webhooks know no key. So they are second best, and a repeat of one says what it may be.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import partial

from bot.errors import Credentials, DeliveryError, Unreachable
from bot.platforms.base import Address, Outgoing, Receipt
from bot.platforms.dingtalk import markdown
from bot.platforms.dingtalk.cards import SUMMARY_CHARS, as_words
from bot.platforms.dingtalk.instances import Instances
from bot.platforms.dingtalk.ladder import Ladder, Rung, RungFailed
from bot.platforms.dingtalk.marks import Track
from bot.platforms.dingtalk.sending import (
    BY_WEBHOOK,
    PIECE_BYTES,
    Message,
    Sender,
    markdown_message,
    piece_size,
    text_message,
)
from bot.platforms.dingtalk.settings import DingTalkSettings
from bot.platforms.repeats import each, perhaps_twice
from bot.platforms.text import shorten, split_text

_URL = re.compile(r"https?://[^\s，。；、）)】」]+")

Written = Callable[[str], Message]


class Words:
    """Sends words for one app."""

    def __init__(self, settings: DingTalkSettings, cards: Instances, sender: Sender, ladder: Ladder) -> None:
        self._settings = settings
        self._cards = cards
        self._sender = sender
        self._ladder = ladder

    async def send(self, push: Outgoing, text: str, *, title: str | None = None) -> Receipt:
        """Plain text, or markdown under `title`; in as many cards or messages as it needs."""
        written: Written = text_message if title is None else partial(markdown_message, title)
        whole = text if title is None else markdown.lines(text)

        async def piece(words: str, place: int, doubtful: bool) -> str:
            if self._wants_cards and self._ladder.works(Rung.BUTTONS):
                return await self._card(push, words, place, title, doubtful)
            return await self._sender.deliver(push.to, written(perhaps_twice(words) if doubtful else words))

        ids = await each(push, self._pieces(whole), piece)
        return Receipt(ids[0] if ids else "", {"pieces": ids})

    def count(self, text: str) -> int:
        """How many messages these words become."""
        return max(len(self._pieces(text)), 1)

    @property
    def _wants_cards(self) -> bool:
        return bool(self._settings.word_cards and self._settings.button_template)

    def _pieces(self, text: str) -> list[str]:
        """By the settings alone: a repeat must be cut as the first attempt was, whatever failed meanwhile."""
        if self._wants_cards:
            return split_text(text, self._settings.card_value_chars, _drawn_chars)
        return split_text(text, PIECE_BYTES, piece_size)

    async def _card(self, push: Outgoing, words: str, place: int, title: str | None, doubtful: bool) -> str:
        """On a card; where that fails for good, as a message; where the app may not call, as an answer at least."""
        to = push.to
        track = Track(_number(push.key, place), Rung.BUTTONS, bool(to.group)).write(to.group or to.user)
        drawn = as_words(self._settings.button_template, title or "", card_markdown(words) if title is None else words)
        line = shorten(title or words.replace("\n", " "), SUMMARY_CHARS, len, "…")
        try:
            await self._cards.place(push, track, drawn, line)
        except (RungFailed, Credentials, Unreachable) as error:
            said = perhaps_twice(words) if doubtful else words
            return await self._instead(
                to, text_message(said) if title is None else markdown_message(title, said), error
            )
        return track

    async def _instead(self, to: Address, message: Message, error: DeliveryError) -> str:
        """An answer costs no quota and needs no permission; anything else only helps when the card was at fault."""
        if not isinstance(error, RungFailed):
            if await self._sender.answered(to, message):
                return BY_WEBHOOK
            raise error
        sent = await self._sender.deliver(to, message)
        self._cards.remember([(Rung.BUTTONS, error)], Rung.TEXT)
        return sent


def card_markdown(text: str) -> str:
    """Plain text as a card's markdown: nothing in it is a heading or a list, and addresses can be touched."""
    parts: list[str] = []
    end = 0
    for found in _URL.finditer(text):
        parts += [markdown.escape(text[end : found.start()]), f"[{markdown.escape(found[0])}]({found[0]})"]
        end = found.end()
    return markdown.lines("".join([*parts, markdown.escape(text[end:])]))


def _drawn_chars(text: str) -> int:
    return len(card_markdown(text))


def _number(key: str, place: int) -> str:
    """A push's key as part of a card's id: the same push always gets the same."""
    return f"w{hashlib.sha256(f'{key}/{place}'.encode()).hexdigest()[:32]}"
