"""What Feishu's error codes mean for a push (open platform docs: general codes, im/v1 message and card pages)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from bot.errors import CardExpired, Credentials, DeliveryError, MediaRefused, Permanent, RetryAfter, Unreachable
from bot.platforms.http import Reply

STALE_TOKEN = frozenset({99991663, 99991664, 99991665})
"""The tenant token is no longer valid: fetch a new one and call once more."""

NO_SCOPE = 99991672

_CREDENTIALS: Mapping[int, str] = {
    10003: "App ID 或 App Secret 的格式不对：请从「凭证与基础信息」重新复制",
    10012: "取不到访问凭证：请核对 App ID 和 App Secret",
    10013: "取不到访问凭证：请核对 App ID 和 App Secret",
    10014: "App Secret 不对，或应用已停用：请从「凭证与基础信息」重新复制，并确认应用已启用",
    10015: "App Secret 不对：请从「凭证与基础信息」重新复制",
    20002: "App ID 与 App Secret 不匹配：请从同一个应用复制两者",
    99991401: "本机 IP 不在应用的白名单里：请在「安全设置 › IP 白名单」加上它",
    99991403: "本月的 API 调用额度用完了：请在飞书管理后台查看套餐，或等到下月",
    99991543: "App ID 或 App Secret 不存在：请从「凭证与基础信息」重新复制",
    99991661: "调用没有带访问凭证：请核对 App ID 和 App Secret",
    99991662: "应用没有启用：请在「版本管理与发布」发布版本，并由管理员审核",
    99991663: "访问凭证无效：请核对 App ID 和 App Secret",
    99991664: "访问凭证无效：请核对 App ID 和 App Secret",
    99991665: "访问凭证无效：请核对 App ID 和 App Secret",
    99991671: "访问凭证格式不对：请核对 base_url 指向的是不是这个应用所在的飞书",
    NO_SCOPE: "缺少权限：请在「权限管理」开通下列权限，再发布一个新版本",
    99991673: "企业没有安装这个应用：请在「版本管理与发布」发布版本，并由管理员审核",
    230006: "机器人能力没有打开：请在「添加应用能力」里添加机器人，再发布一个新版本",
    230052: "缺少加急权限：请在「权限管理」开通，再发布一个新版本",
}

_BUSY: Mapping[int, timedelta] = {
    1500: timedelta(seconds=5),
    2200: timedelta(seconds=5),
    10500: timedelta(seconds=5),
    40003: timedelta(seconds=5),
    99991400: timedelta(seconds=1),
    230020: timedelta(seconds=1),
    230049: timedelta(seconds=2),  # the same uuid is being sent right now
}

_UNREACHABLE: Mapping[int, str] = {
    230002: "机器人不在这个群里",
    230013: "对方不在应用的可用范围内（或已离职）",
    230018: "群设置不允许机器人发言",
    230029: "对方已离职",
    230034: "接收者的 ID 无效",
    230035: "机器人在这里被禁言或被屏蔽",
    230036: "对方的企业已停用",
    230038: "不能给别的企业的人发单聊消息",
    230050: "对方看不到这条消息",
    230053: "对方关闭了机器人消息",
    232009: "群已解散",
    99992351: "接收者不存在",
    99992361: "这个 open_id 属于另一个应用",
}

_EXPIRED = frozenset({230011, 230031, 230110, 230111})
"""Recalled, older than 14 days, deleted, self-destructed: this message cannot be changed any more."""

_MEDIA: Mapping[int, str] = {
    234003: "这条消息里没有这个文件了，请重新发送。",
    234004: "机器人不在那个会话里，取不到文件；请直接发给机器人。",
    234037: "文件太大，飞书不让机器人下载（上限 100 MB）；请压缩后再发。",
    234038: "这个会话开启了防泄密模式，机器人取不到文件；请换一个会话发。",
    234040: "机器人看不到这条消息，取不到文件；请直接发给机器人。",
    234043: "这种消息里的文件取不到；请直接把图片或文件发给机器人。",
    230110: "这条消息已经撤回，没有取到文件。",
}

_SUB_CODE = re.compile(r"ErrCode:\s*(\d+)")


def sub_code(message: str) -> int:
    """The code that 230099 (card not accepted) hides in its text; 0 when there is none."""
    found = _SUB_CODE.search(message)
    return int(found[1]) if found else 0


def failure(reply: Reply, answer: Mapping[str, object], doing: str) -> DeliveryError:
    """The typed error for an answer whose code is not 0. `doing` says what was tried, for the log."""
    code, message = _code(answer), str(answer.get("msg") or "")
    words = f"{doing}: {code} {message} (log {reply.headers.get('x-tt-logid', '-')})"
    if code in _CREDENTIALS:
        return Credentials(f"{_CREDENTIALS[code]}{_scopes(answer)}（{words}）")
    if code in _BUSY:
        return RetryAfter(words, max(_BUSY[code], _reset(reply)))
    if reply.status >= 500 or reply.status == 429:
        return RetryAfter(words, max(timedelta(seconds=2), _reset(reply)))
    if code in _UNREACHABLE:
        return Unreachable(f"{_UNREACHABLE[code]}（{words}）")
    if code == 230099 and sub_code(message) == 11310 and "lock" in message:
        return RetryAfter(words, timedelta(seconds=1))  # somebody is pressing a button of this card right now
    return Permanent(words)


def update_failure(reply: Reply, answer: Mapping[str, object], doing: str) -> DeliveryError:
    """As `failure`, for a change to a card already sent: what can never be changed again is CardExpired.

    200800 belongs to it: users report cards whose update fails with it for good while a new card is accepted.
    """
    if _code(answer) in _EXPIRED or sub_code(str(answer.get("msg") or "")) == 200800:
        return CardExpired(f"{doing}: {_code(answer)} {answer.get('msg', '')}")
    return failure(reply, answer, doing)


def media_failure(reply: Reply, answer: Mapping[str, object], doing: str) -> DeliveryError | MediaRefused:
    """As `failure`, for a download: what the sender can mend is MediaRefused, in words for the sender."""
    words = _MEDIA.get(_code(answer))
    return MediaRefused(words) if words else failure(reply, answer, doing)


def _code(answer: Mapping[str, object]) -> int:
    code = answer.get("code")
    return code if isinstance(code, int) else -1


def _reset(reply: Reply) -> timedelta:
    """The wait Feishu asks for, whole seconds in a header of its gateway."""
    seconds = reply.headers.get("x-ogw-ratelimit-reset", "")
    return timedelta(seconds=min(int(seconds), 3600)) if seconds.isdecimal() else timedelta(0)


def _scopes(answer: Mapping[str, object]) -> str:
    """The permissions Feishu says are missing."""
    error = answer.get("error")
    violations = error.get("permission_violations") if isinstance(error, dict) else None
    names = [str(one.get("subject", "")) for one in violations or () if isinstance(one, dict)]
    return "：" + "、".join(names) if names else ""
