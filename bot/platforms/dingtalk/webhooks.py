"""Session webhooks: short-lived addresses that come with each message and answer it without using the API quota."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.errors import MediaRefused
from bot.platforms.dingtalk.inbound import instant
from bot.platforms.dingtalk.settings import DingTalkSettings
from bot.platforms.media import check_host

PER_MINUTE = 20
"""DingTalk's limit for webhook robots; whether session webhooks share it is not documented, so it is kept."""

MARGIN = timedelta(seconds=30)
REMEMBERED = 5000


@dataclass(slots=True)
class Webhook:
    url: str
    until: datetime
    used: deque[datetime] = field(default_factory=deque)


class Webhooks:
    """The newest session webhook of each conversation, by the id the runtime answers to."""

    def __init__(self, settings: DingTalkSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._known: OrderedDict[str, Webhook] = OrderedDict()

    def learn(self, chat: str, payload: Mapping[str, Any]) -> None:
        """Keeps the webhook of an authentic message, if it points at DingTalk."""
        url, until = payload.get("sessionWebhook"), payload.get("sessionWebhookExpiredTime")
        if not self._settings.answer_by_webhook or not chat or not isinstance(url, str) or until is None:
            return
        try:
            check_host(url, self._settings.platform_hosts)
        except MediaRefused:
            return
        before = self._known.pop(chat, None)
        used = before.used if before else deque()
        self._known[chat] = Webhook(url, instant(until, self._clock.now()), used)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def take(self, chat: str) -> str | None:
        """The address to post one message to now, or None: unknown, expired, or used too often in this minute."""
        known, now = self._known.get(chat), self._clock.now()
        if known is None or now >= known.until - MARGIN:
            return None
        while known.used and now - known.used[0] >= timedelta(minutes=1):
            known.used.popleft()
        if len(known.used) >= PER_MINUTE:
            return None
        known.used.append(now)
        return known.url

    def forget(self, chat: str) -> None:
        """DingTalk refused it; the next message brings a new one."""
        self._known.pop(chat, None)
