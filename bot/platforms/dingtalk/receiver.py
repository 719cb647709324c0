"""Authentic payloads, by whichever way they came, to the sink. Nothing is answered before the sink has returned."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from bot.clock import Clock
from bot.errors import InboundRefused
from bot.platforms.base import Sink
from bot.platforms.dingtalk import inbound, press
from bot.platforms.dingtalk.health import Health
from bot.platforms.dingtalk.settings import DingTalkSettings
from bot.platforms.dingtalk.webhooks import Webhooks

log = structlog.get_logger(__name__)


class Receiver:
    """Robot messages, card presses and events of one app."""

    def __init__(
        self, app: str, settings: DingTalkSettings, clock: Clock, health: Health, webhooks: Webhooks, sink: Sink
    ) -> None:
        self._app = app
        self._settings = settings
        self._clock = clock
        self._health = health
        self._webhooks = webhooks
        self._sink = sink
        self._presses = press.PressMemory()

    async def message(self, payload: Mapping[str, Any]) -> None:
        """A robot message. Raises InboundRefused (403) for another organisation's or another robot's."""
        self._check_owner(payload.get("chatbotCorpId"), payload.get("robotCode"))
        now = self._heard()
        found = inbound.message_of(payload, self._app, now)
        self._webhooks.learn(found.chat.id, payload)
        if inbound.out_of_quota(payload):
            self._health.quota_at = now
            log.error("dingtalk.quota_used_up", app=self._app, message_id=found.message_id)
        await self._sink(found)

    async def card(self, data: Mapping[str, Any], frame: str, at: datetime | None = None) -> dict[str, Any]:
        """A press; gives what DingTalk is answered. `frame` identifies the delivery."""
        self._check_owner(data.get("corpId"), None)
        now = self._heard()
        try:
            found = press.press_of(data, self._app, frame, at or now, self._presses)
        except (KeyError, TypeError, ValueError, AttributeError):
            found = inbound.unreadable(data, self._app, now)
        await self._sink(found)
        return press.answer(data)

    async def event(self, kind: str, data: Mapping[str, Any], key: str, at: datetime) -> None:
        """A subscribed event; those that change nothing for us end here. Raises InboundRefused as `message`."""
        self._check_owner(data.get("CorpId") or data.get("corpId"), None)
        self._heard()
        found = inbound.event_of(kind, data, self._app, key, at)
        if found is not None:
            await self._sink(found)

    def now(self) -> datetime:
        return self._clock.now()

    def _heard(self) -> datetime:
        self._health.heard_at = self._clock.now()
        return self._health.heard_at

    def _check_owner(self, corp: Any, robot: Any) -> None:
        if self._settings.corp_id and corp and corp != self._settings.corp_id:
            raise InboundRefused("from another organisation", 403)
        if robot and robot != self._settings.robot:
            raise InboundRefused("for another robot", 403)


def object_of(raw: str | bytes) -> dict[str, Any]:
    """The JSON object in `raw`; what is no object is kept as {"raw": …} so that nothing authentic is lost."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    return {"raw": raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw}
