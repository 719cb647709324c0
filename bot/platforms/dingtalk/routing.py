"""Tells DingTalk where presses on cards go when they come by HTTP. Nothing in the console does that."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.errors import DeliveryError
from bot.platforms.dingtalk.api import Api
from bot.platforms.dingtalk.health import Health
from bot.platforms.dingtalk.settings import DingTalkSettings

AGAIN = timedelta(minutes=5)

log = structlog.get_logger(__name__)


class CardRoute:
    """The callback address behind `card_route_key`, under the secret of the settings."""

    def __init__(self, settings: DingTalkSettings, api: Api, clock: Clock, health: Health, address: str) -> None:
        self._settings = settings
        self._api = api
        self._clock = clock
        self._health = health
        self._address = address

    async def keep_registered(self) -> None:
        """Registers the address, again every few minutes until DingTalk takes it."""
        secret = self._settings.card_api_secret.get_secret_value()
        if not (self._settings.card_route_key and secret):
            return
        if not self._address:
            self._health.card_route = "设置里没有 public_url，不知道外网地址"
            return
        body = {
            "callbackRouteKey": self._settings.card_route_key,
            "callbackUrl": self._address,
            "apiSecret": secret,
            "forceUpdate": True,
        }
        while True:
            try:
                await self._api.new("POST", "/v1.0/card/callbacks/register", body)
            except DeliveryError as error:
                log.warning("dingtalk.card_route_refused", address=self._address, reason=str(error))
                self._health.card_route = str(error)
                await self._clock.sleep(AGAIN)
            else:
                log.info("dingtalk.card_route", address=self._address)
                self._health.card_route = ""
                return
