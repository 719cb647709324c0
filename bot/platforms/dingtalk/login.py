"""Who opened a page: login in a browser (OAuth 2) and inside the DingTalk app (免登)."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any
from urllib.parse import urlencode

from bot.errors import NotFound, Permanent, Refused, Unreachable
from bot.platforms.dingtalk import marks
from bot.platforms.dingtalk.api import Api
from bot.platforms.dingtalk.settings import DingTalkSettings

NOT_OURS = "登录的钉钉账号不在本企业里，请换成企业里的账号。"
EXTERNAL = 1
"""`contact_type` of somebody in the organisation's list of outside contacts."""
AGAIN = "登录没有成功，请回到钉钉里重新打开这个链接。"


class WebLogin:
    """Turns one-time codes into user ids of the app's own organisation."""

    def __init__(self, settings: DingTalkSettings, api: Api) -> None:
        self._settings = settings
        self._api = api

    def address(self, back: str, state: str) -> str:
        """Where to send a browser. It comes back to `back` with `code` and this `state`, which must be checked.

        `back` must be registered under 安全设置 → 重定向 URL.
        """
        corp = self._settings.corp_id
        query = {"corpId": corp} if corp else {}
        query |= {
            "redirect_uri": back,
            "response_type": "code",
            "client_id": self._settings.client_id,
            "scope": "openid corpid" if corp else "openid",
            "state": state,
            "prompt": "consent",
        }
        return f"{str(self._settings.login_base).rstrip('/')}/oauth2/auth?{urlencode(query)}"

    async def person(self, code: str, back: str = "") -> str:
        """The user id behind a code of the login page, which works once. `back` is not asked for by DingTalk.

        Raises:
            Refused: the code is no good, or the person is of another organisation; in words for that person.
            Credentials, RetryAfter: as every call.
        """
        answer = await _first_step(
            self._api.user_token(
                {
                    "clientId": self._settings.client_id,
                    "clientSecret": self._settings.client_secret.get_secret_value(),
                    "code": code,
                    "grantType": "authorization_code",
                }
            )
        )
        corp = answer.get("corpId")
        if self._settings.corp_id and corp and corp != self._settings.corp_id:
            raise NotFound(NOT_OURS)
        me = await self._api.me(str(answer.get("accessToken") or ""))
        try:
            found = await self._api.old("/topapi/user/getbyunionid", {"unionid": str(me.get("unionId") or "")})
        except Unreachable as error:
            raise NotFound(NOT_OURS) from error
        return _user(found)

    def inside(self, agent: str) -> Mapping[str, str] | None:
        """What a page inside DingTalk's own app needs to ask it for a code; None in any other browser.

        The app gives codes to pages of an organisation it is told by name, so without `corp_id` there is none.
        """
        if "DingTalk" not in agent or not self._settings.corp_id:
            return None
        corp, client = self._settings.corp_id, self._settings.client_id
        return {"script": str(self._settings.jsapi), "corp": corp, "client": client}

    async def person_in_client(self, code: str) -> str:
        """The user id behind a code that `dd.requestAuthCode` gave inside the DingTalk app. Raises as `person`."""
        return _user(await _first_step(self._api.old("/topapi/v2/user/getuserinfo", {"code": code})))

    def in_client(self, url: str) -> str:
        """`url` as a link that opens inside DingTalk, beside the chat on a computer."""
        return marks.page_link(url)


async def _first_step(call: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    """The call that spends the code: a refusal for good means that the code is unknown, used or too old."""
    try:
        return await call
    except Permanent as error:
        raise Refused(AGAIN) from error


def _user(answer: dict[str, Any]) -> str:
    found = answer.get("result")
    result = found if isinstance(found, dict) else {}
    user = result.get("userid")
    if not isinstance(user, str) or not user or result.get("contact_type") == EXTERNAL:
        raise NotFound(NOT_OURS)
    return user
