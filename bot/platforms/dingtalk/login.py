"""Who opened a page: login in a browser (OAuth 2) and inside the DingTalk app (免登)."""

from __future__ import annotations

from urllib.parse import urlencode

from bot.errors import NotFound, Unreachable
from bot.platforms.dingtalk.api import Api
from bot.platforms.dingtalk.settings import DingTalkSettings

NOT_OURS = "登录的钉钉账号不在本企业里，请换成企业里的账号。"


class Login:
    """Turns one-time codes into user ids of the app's own organisation."""

    def __init__(self, settings: DingTalkSettings, api: Api) -> None:
        self._settings = settings
        self._api = api

    def page(self, redirect: str, state: str) -> str:
        """Where to send a browser. `redirect` must be registered in the app; `state` comes back and must be checked."""
        corp = self._settings.corp_id
        query = {"corpId": corp} if corp else {}
        query |= {
            "redirect_uri": redirect,
            "response_type": "code",
            "client_id": self._settings.client_id,
            "scope": "openid corpid" if corp else "openid",
            "state": state,
            "prompt": "consent",
        }
        return f"{str(self._settings.login_base).rstrip('/')}/oauth2/auth?{urlencode(query)}"

    async def from_browser(self, code: str) -> str:
        """The user id behind a code of the login page. Raises NotFound for somebody of another organisation."""
        answer = await self._api.user_token(
            {
                "clientId": self._settings.client_id,
                "clientSecret": self._settings.client_secret.get_secret_value(),
                "code": code,
                "grantType": "authorization_code",
            }
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

    async def from_app(self, code: str) -> str:
        """The user id behind a code that `dd.requestAuthCode` gave inside the DingTalk app."""
        return _user(await self._api.old("/topapi/v2/user/getuserinfo", {"code": code}))


def _user(answer: dict[str, object]) -> str:
    result = answer.get("result")
    user = result.get("userid") if isinstance(result, dict) else None
    if not isinstance(user, str) or not user:
        raise NotFound(NOT_OURS)
    return user
