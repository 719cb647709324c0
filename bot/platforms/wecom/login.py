"""Who opened a page (OAuth), and the signature a page needs to use the phone's camera and position (reference §10)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from bot.clock import Clock
from bot.errors import Refused
from bot.platforms.tokens import Token, TokenSource
from bot.platforms.wecom.api import Api
from bot.platforms.wecom.settings import WeComSettings


class Login:
    """The web login of a self-built app."""

    def __init__(self, settings: WeComSettings, api: Api, clock: Clock) -> None:
        self._settings = settings
        self._api = api
        self._clock = clock
        self._ticket = TokenSource(self._new_ticket, clock)

    def address(self, back: str, state: str) -> str:
        """Where to send the browser. It comes back to `back` (on the app's 可信域名) with `code` and this `state`.

        `state` is letters and digits, at most 128.
        """
        base = self._settings.login_url.rstrip("/")
        own = {"appid": self._settings.corp_id, "redirect_uri": back, "response_type": "code", "scope": "snsapi_base"}
        query = urlencode(own | {"state": state, "agentid": self._settings.agent_id}, quote_via=quote)
        return f"{base}/connect/oauth2/authorize?{query}#wechat_redirect"

    async def person(self, code: str) -> str:
        """The user id behind a one-time code. Raises Refused for a stranger, Permanent for a used code.

        Any member of the enterprise passes, also outside the app's visible range: what they may see is ours to decide.
        """
        answer = await self._api.get("auth/getuserinfo", code=code)
        user = answer.get("userid") or answer.get("UserId")
        if not user:
            raise Refused("只有本企业成员能打开这个页面。")
        return str(user)

    async def page_config(self, url: str) -> dict[str, Any]:
        """What `ww.register` or `wx.config` wants for the page at `url`."""
        nonce, moment = secrets.token_hex(8), int(self._clock.now().timestamp())
        signed = ticket_signature(await self._ticket.get(), nonce, moment, url)
        return {"corpId": self._settings.corp_id, "timestamp": moment, "nonceStr": nonce, "signature": signed}

    async def _new_ticket(self) -> Token:
        answer = await self._api.get("get_jsapi_ticket")
        return Token(str(answer["ticket"]), timedelta(seconds=int(answer["expires_in"])))


def ticket_signature(ticket: str, nonce: str, moment: int, url: str) -> str:
    """sha1 over the four in this order, raw; the address without its fragment."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={moment}&url={url.partition('#')[0]}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
