"""What DingTalk's refusals mean for a push: try later, give up, the person is gone, or an admin has to act.

Codes come from open.dingtalk.com ("全局错误码", "发送单聊消息", "发送群聊消息", "创建并投放卡片"). Prefixes differ from
page to page, so a code is matched by its end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.errors import CardExpired, Credentials, DeliveryError, Permanent, RetryAfter, Unanswered, Unreachable
from bot.platforms.http import Reply

BUSY = timedelta(seconds=1)
PENALTY = timedelta(minutes=10)
"""A webhook robot that spoke too fast is limited for ten minutes."""
BAN = timedelta(minutes=5)
"""An address that made 10,000 calls in 20 s is blocked for five minutes."""

AUTH_FAILURE = "88"
"""Stands for whatever its `sub_code` says: a token that is over, or a permission that is missing."""

OK_CODES = frozenset({"0", ""})
TOKEN_CODES = ("InvalidAuthentication", "40014", "42001", "88", "40089")
QUOTA_CODES = ("90020", "ApiCountLimitForOrg", "20001")

_RETRY = (
    "QpsLimitForAppkeyAndApi", "QpmLimitForAppkeyAndApi", "QpsLimitForApi", "90018", "90002", "-1",
    "send.too.fast", "send.byToken.tooFast", "system.error", "system.busy", "toomuch.msg", "ServiceUnavailable",
)  # fmt: skip
_SLOW_DOWN = ("410100",)
_GONE = (
    "staffId.notExisted", "robot.oto.notExist", "invalid.openConversationId", "group.disbanded", "bot.stopped",
    "conversation.org.notMatch", "resource.not.found", "session.notExisted", "session.expired", "param.userIdNotExist",
    "chatbotId.notAllow.sendOTO", "33012", "60003", "60121", "400106", "300001",
)  # fmt: skip
_SETTINGS = (
    "robotCode.empty", "robotCode.auth", "robotCode.notExsit", "robotCode.invalid", "robotCode.coolApp", "unauthorized",
    "auth.error", "bot.forbidden.sendMessage", "AccessTokenPermissionDenied", "IpNotInWhiteList", "60020",
    "60011", "50002", "50004", "invalidClientIdOrSecret", "invalid.client", "unauthorized.client",
    "400102", "orgAuthLevelNotEnough",
)  # fmt: skip
_CARD_GONE = ("param.cardNotExist",)
_UNSAFE = (
    "contain.unsafe.url", "contain.notAllowed.text", "contain.notAllowed.picture", "contain.notAllowed.content",
    "contentUnsafe", "430101", "430102", "430103", "430104",
)  # fmt: skip

_REMEDIES = {
    "60011": "缺少接口权限：开发者后台 → 应用 → 权限管理，勾选后重新发布版本",
    "AccessTokenPermissionDenied": "缺少接口权限：开发者后台 → 应用 → 权限管理，勾选后重新发布版本",
    "IpNotInWhiteList": "本机出口 IP 不在应用的服务器出口 IP 名单里：开发者后台 → 应用 → 安全设置",
    "60020": "本机出口 IP 不在应用的服务器出口 IP 名单里：开发者后台 → 应用 → 安全设置",
    "invalidClientIdOrSecret": "Client ID 或 Client Secret 不对：从开发者后台 → 应用 → 凭证与基础信息 重新复制",
    "orgAuthLevelNotEnough": "企业认证等级不够，请在钉钉管理后台完成企业认证",
    "50002": "超出应用的通讯录权限范围：开发者后台 → 应用 → 权限管理 → 通讯录接口权限范围",
    "50004": "超出应用的通讯录权限范围：开发者后台 → 应用 → 权限管理 → 通讯录接口权限范围",
}
_ROBOT = "机器人不可用：确认应用已添加机器人、版本已发布、robot_code 正确"
_QUOTA = "本月接口或推送额度已用完（免费版 5,000 次接口、3,000 次推送）；升级专业版或等到下月"


class Unsafe(Permanent):
    """DingTalk's content check lets these words, this picture or this link through to nobody."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal in DingTalk's words. `code` is "" for a plain HTTP failure."""

    code: str
    words: str
    status: int = 200

    def is_any(self, codes: tuple[str, ...]) -> bool:
        return any(self.code == code or self.code.endswith("." + code) for code in codes)

    @property
    def token_expired(self) -> bool:
        return self.is_any(TOKEN_CODES) or self.status == 401

    @property
    def quota(self) -> bool:
        return self.is_any(QUOTA_CODES)

    def __str__(self) -> str:
        return f"{self.code or self.status} {self.words}"[:300]


def refusal_of(reply: Reply) -> Refusal | None:
    """What the answer refuses, or None when it is a success. Understands the new, the old and the gateway's bodies."""
    body = _object(reply.body)
    if body is None:
        return Refusal("", f"HTTP {reply.status} 返回的不是 JSON", reply.status)
    if body.get("punish") or body.get("status") == 1111:
        return Refusal("x5", "本机 IP 调用过于频繁，被钉钉暂时封禁", reply.status)
    code = str(body.get("errcode", body.get("code", "")) or "")
    if reply.status < 400 and code in OK_CODES:
        return None
    if code == AUTH_FAILURE and body.get("sub_code"):
        code = str(body["sub_code"])
    return Refusal(code if code not in OK_CODES else "", _words(body), reply.status)


def error_of(refusal: Refusal) -> DeliveryError:
    """The typed error for a refusal; unknown codes are permanent below HTTP 500 and retried from there on."""
    if refusal.quota:
        return Credentials(f"{_QUOTA}（{refusal.code}）")
    if refusal.code == "x5":
        return RetryAfter(str(refusal), BAN)
    if refusal.is_any(_SLOW_DOWN):
        return RetryAfter(str(refusal), PENALTY)
    if refusal.is_any(_RETRY) or refusal.status in (429, 503):
        return RetryAfter(str(refusal), BUSY)
    if refusal.is_any(_UNSAFE):
        return Unsafe(str(refusal))
    if refusal.is_any(_CARD_GONE):
        return CardExpired(str(refusal))
    if refusal.token_expired or refusal.is_any(_SETTINGS):
        return Credentials(f"{_remedy(refusal)}（{refusal}）")
    if refusal.is_any(_GONE):
        return Unreachable(str(refusal))
    if refusal.status >= 500 or not refusal.code:
        return Unanswered(str(refusal))  # a gateway spoke: what became of the call behind it is not known
    return Permanent(str(refusal))


def _remedy(refusal: Refusal) -> str:
    if refusal.token_expired:
        return "钉钉不接受访问凭证：检查 Client ID 与 Client Secret"
    return next((words for end, words in _REMEDIES.items() if refusal.is_any((end,))), _ROBOT)


def _words(body: Mapping[str, Any]) -> str:
    """What DingTalk says about it, with the permission points it misses where it names them."""
    said = str(body.get("sub_msg") or body.get("errmsg") or body.get("message") or "")
    detail = next((value for name, value in body.items() if name.lower() == "accessdenieddetail"), None)
    scopes = detail.get("requiredScopes") if isinstance(detail, dict) else None
    return f"{'、'.join(map(str, scopes))} {said}" if isinstance(scopes, list) and scopes else said


def _object(body: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
