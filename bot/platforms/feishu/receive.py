"""One way in for events, whichever way they came: read, made durable, and only then acknowledged by the caller."""

from __future__ import annotations

import asyncio

from bot.clock import Clock
from bot.errors import DeliveryError
from bot.platforms.base import Sink
from bot.platforms.feishu.client import FeishuClient
from bot.platforms.feishu.envelope import Envelope
from bot.platforms.feishu.health import Health
from bot.platforms.feishu.inbound import read

OWN_NAME_WITHIN = 1.0
"""Seconds of Feishu's three that may go into learning the bot's own open_id, once."""


class Receiver:
    def __init__(self, app: str, client: FeishuClient, clock: Clock, health: Health) -> None:
        self._app = app
        self._client = client
        self._clock = clock
        self._health = health

    async def take(self, envelope: Envelope, sink: Sink) -> None:
        """Returns when the event is safe or none of ours. Raises what the sink raises: do not acknowledge then."""
        now = self._clock.now()
        inbound = read(envelope, app=self._app, bot=await self._own(), now=now)
        self._health.last_inbound = now
        self._health.tenant = self._health.tenant or envelope.tenant
        if inbound is not None:
            await sink(inbound)

    async def _own(self) -> str:
        if self._client.bot:
            return self._client.bot  # without a pause, so that events keep their order
        try:
            return await asyncio.wait_for(self._client.bot_id(), OWN_NAME_WITHIN)
        except (DeliveryError, TimeoutError):
            return ""  # mentions are then told by their type
