"""WeCom's error codes as typed errors (reference §4.4 and §7.4)."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.errors import CardExpired, Credentials, DeliveryError, Permanent, RetryAfter, Unreachable

STALE_TOKEN = frozenset({40014, 42001})
"""The access token is invalid or expired: refresh once and repeat."""

NOT_SUBSCRIBED = 846609

BUSY = timedelta(seconds=2)
WINDOW = timedelta(seconds=60)
"""A frequency block lasts at least a minute, and the platform never says how long."""

_RETRY = {-1: BUSY, 40014: BUSY, 42001: BUSY, 45009: WINDOW, 45033: WINDOW, 45011: WINDOW, NOT_SUBSCRIBED: BUSY}

_CREDENTIALS = {
    40001: "Secret 不对：到 应用管理 → 该应用 重新复制",
    40013: "企业 ID 不对：到 我的企业 → 企业信息 复制企业 ID",
    40091: "Secret 不对：到 应用管理 → 该应用 重新复制",
    41001: "缺少 access_token：检查 Secret",
    41004: "缺少 Secret：到 应用管理 → 该应用 复制 Secret",
    40056: "AgentId 不对：到 应用管理 → 该应用 复制 AgentId",
    41011: "缺少 AgentId：到 应用管理 → 该应用 复制 AgentId",
    301002: "AgentId 和 Secret 不是同一个应用的",
    48002: "应用没有调用这个接口的权限",
    50003: "应用已停用：到 应用管理 → 该应用 打开启用",
    60020: "本机的出口 IP{ip} 不在名单里：到 应用管理 → 该应用 → 企业可信IP 添加",
    93000: "群消息推送的 key 不对：到群设置里重新复制 webhook 地址",
}

_CALLER = re.compile(r"from ip: ?([0-9A-Fa-f.:]+)")
"""Where the platform says which address it saw."""

_UPDATES = frozenset({"message/update_template_card", "aibot_respond_update_msg"})

_OUT_OF_RANGE = "收的人不在应用的可见范围里，或者已经离职"
_NO_ACCOUNT = "企业里没有这个账号"
_NO_GROUP = "群不在了，或者不是这个应用建的"

_UNREACHABLE = {
    81013: _OUT_OF_RANGE,
    50002: _OUT_OF_RANGE,
    60021: _OUT_OF_RANGE,
    60111: _NO_ACCOUNT,
    40003: _NO_ACCOUNT,
    86001: _NO_GROUP,
    86003: _NO_GROUP,
    86008: _NO_GROUP,
    40050: _NO_GROUP,
    49008: "群已经解散",
    93006: "对方还没有跟机器人说过话",
}


class AlreadySent(Permanent):
    """The task_id is taken. Ours are well formed and made from the push's key: this very card was sent before."""


class MediaGone(Permanent):
    """The media_id is older than three days or was never ours; uploading again gives a new one."""


class GroupExists(Permanent):
    """The chatid is taken. Ours are made from what asked for the group: this very group was made before."""


_BY_CALL: dict[tuple[str, int], type[Permanent]] = {
    ("message/send", 42014): AlreadySent,
    ("aibot_send_msg", 42014): AlreadySent,
    ("message/send", 40007): MediaGone,
    ("appchat/create", 86215): GroupExists,
}


def error_of(code: int, message: str, doing: str) -> DeliveryError:
    """The typed error for a non-zero errcode. `doing` names the call, e.g. "message/send"."""
    text = f"{doing}: {code} {message}"
    if code in _RETRY:
        return RetryAfter(text, _RETRY[code])
    if code in _CREDENTIALS:
        seen = _CALLER.search(message)
        return Credentials(f"{_CREDENTIALS[code].format(ip=f' {seen[1]}' if seen else '')}（{text}）")
    if code in _UNREACHABLE:
        return Unreachable(f"{_UNREACHABLE[code]}（{text}）")
    if doing in _UPDATES:
        # Which code a spent or old response_code, or a late answer to a press, gives is not documented: whatever it
        # is, a fresh card is the way out.
        return CardExpired(text)
    return _BY_CALL.get((doing, code), Permanent)(text)
