"""Who opened a page: Feishu's web login (OAuth, authen/v2), and links that open inside the Feishu client."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from bot.errors import Credentials, Refused, RetryAfter
from bot.platforms.feishu.health import Health
from bot.platforms.feishu.settings import FeishuSettings
from bot.platforms.http import Http

_PERSONS_FAULT = frozenset({20003, 20004, 20010, 20024, 20049, 20065, 20066})
"""The code is unknown, too old, used, another app's, or this person may not use the app: sign in once more."""


class WebLogin:
    def __init__(self, settings: FeishuSettings, http: Http, health: Health) -> None:
        self._settings = settings
        self._http = http
        self._health = health

    def address(self, back: str, state: str) -> str:
        """Where to send the browser. It comes back to `back` with `code` and this `state`.

        `back` must be registered under 「安全设置 › 重定向 URL」.
        """
        asked = {"client_id": self._settings.app_id, "response_type": "code", "redirect_uri": back, "state": state}
        return f"{self._settings.accounts_url}/open-apis/authen/v1/authorize?{urlencode(asked)}"

    async def person(self, code: str, back: str) -> str:
        """The open_id behind a code, which works once and for 5 minutes.

        Raises:
            Refused: the code is no good, or the person may not use the app or is of another company; in words for them.
            Credentials: the app's secret or the registered address is wrong.
            RetryAfter: Feishu did not answer.
        """
        asked = {
            "grant_type": "authorization_code",
            "client_id": self._settings.app_id,
            "client_secret": self._settings.app_secret.get_secret_value(),
            "code": code,
            "redirect_uri": back,
        }
        reply = await self._http.call("POST", f"{self._settings.base_url}/open-apis/authen/v2/oauth/token", json=asked)
        token = reply.json()
        number = token.get("code")
        if number in _PERSONS_FAULT:
            raise Refused("登录没有成功，请回到飞书里重新打开这个链接。")
        if number in (20002, 20071):
            raise Credentials(f"网页登录失败（{number}）：请核对 App Secret 和「安全设置 › 重定向 URL」里的 {back}")
        if number != 0:
            raise RetryAfter(f"web login: {number} {token.get('error_description', '')}")
        who = await self._http.call(
            "GET",
            f"{self._settings.base_url}/open-apis/authen/v1/user_info",
            headers={"Authorization": f"Bearer {token['access_token']}"},
        )
        answer = who.json()
        if answer.get("code") != 0:
            raise RetryAfter(f"user_info: {answer.get('code')} {answer.get('msg', '')}")
        person = answer.get("data") or {}
        ours = self._settings.tenant_key or self._health.tenant
        if ours and person.get("tenant_key") != ours:
            raise Refused("登录的账号属于另一家企业，请换成自己公司的飞书账号再打开这个链接。")
        return str(person["open_id"])

    def in_client(self, url: str) -> str:
        """`url` as a link that opens in Feishu's side bar instead of a browser."""
        return f"{self._settings.applink_url}/client/web_url/open?mode=sidebar-semi&url={quote(url, safe='')}"
