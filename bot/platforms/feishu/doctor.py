"""What is wrong with a Feishu app, and what to press to mend it. Asks only; changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from bot.errors import Credentials, DeliveryError
from bot.platforms.base import Finding
from bot.platforms.feishu.api import Api
from bot.platforms.feishu.health import Health
from bot.platforms.feishu.settings import FeishuSettings

SKEW = timedelta(minutes=2)

_LISTING = ("contact:contact.base:readonly", "contact:contact:readonly_as_app", "contact:contact:access_as_app")
_IN_GROUPS = ("im:chat.members:bot_access", "im:chat", "im:chat:readonly")

NEEDED: Mapping[str, tuple[tuple[str, ...], bool]] = {
    "收单聊消息": (("im:message.p2p_msg:readonly", "im:message.p2p_msg", "im:message"), True),
    "收群里 @ 机器人的消息": (("im:message.group_at_msg:readonly", "im:message.group_at_msg", "im:message"), True),
    "发消息和卡片": (("im:message:send_as_bot", "im:message"), True),
    "收图片、语音、文件": (("im:message", "im:message:readonly", "im:message.history:readonly"), True),
    "发图片和文件": (("im:resource", "im:resource:upload"), True),
    "读通讯录": (_LISTING, True),
    "读通讯录里的姓名": (("contact:user.base:readonly", "contact:contact:readonly_as_app"), True),
    "读部门和上级": (("contact:user.department:readonly", "contact:contact:readonly_as_app"), True),
    "读部门名称": (("contact:department.base:readonly", "contact:contact:readonly_as_app"), True),
    "读职务和是否离职": (("contact:user.employee:readonly", "contact:contact:readonly_as_app"), False),
    "读手机号（用来认出同一个人）": (("contact:user.phone:readonly",), False),
    "读邮箱（用来认出同一个人）": (("contact:user.email:readonly",), False),
    "知道自己进了群、被移出群": (_IN_GROUPS, False),
    "知道群解散了": (("im:chat:readonly", "im:chat"), False),
    "知道有人打开了会话": (("im:chat.access_event.bot_p2p_chat:read",), False),
}
"""What we need, the permissions any one of which gives it, and whether we cannot do without."""

_BOT_STATES: Mapping[int, str] = {
    0: "还没有安装到企业",
    1: "被企业停用",
    3: "安装后还没有启用",
    4: "升级后还没有启用",
    5: "许可到期停用",
    6: "套餐到期或降级停用",
}


ELSEWHERE = Finding("接收消息", "warn", "由运行着的服务接收，从这里看不到", "在聊天里发 /doctor 看")
ANOTHER = Finding("接收消息", "ok", "长连接由另一个进程保持")


async def examine(api: Api, settings: FeishuSettings, health: Health, now: datetime) -> list[Finding]:
    """Every line of the doctor for this app, in the order one would mend them."""
    findings = [await _credentials(api)]
    if findings[0].state == "fail":
        return findings
    findings += [await _bot(api), await _permissions(api), await _directory(api)]
    if health.aside:
        return [*findings, ELSEWHERE, _skew(health)]
    if health.elsewhere and settings.long_connection:
        return [*findings, ANOTHER, _refused(health), _skew(health)]
    return [*findings, _way_in(settings, health), _refused(health), _heard(health, now), _skew(health)]


async def _credentials(api: Api) -> Finding:
    try:
        await api.tokens.get()
    except DeliveryError as error:
        return _failing("凭证", "fail", error, "请检查网络和 base_url")
    return Finding("凭证", "ok", "App ID 和 App Secret 有效")


async def _bot(api: Api) -> Finding:
    try:
        bot = (await api.call("GET", "/open-apis/bot/v3/info")).get("bot") or {}
    except DeliveryError as error:
        return _failing("机器人", "fail", error, "在「添加应用能力」里添加机器人，然后发布一个新版本")
    state = bot.get("activate_status")
    if state != 2:
        words = _BOT_STATES.get(int(state or 0), f"状态 {state}")
        return Finding("机器人", "fail", f"机器人{words}", "在「版本管理与发布」发布版本，并请企业管理员审核、启用")
    return Finding("机器人", "ok", f"「{bot.get('app_name', '')}」已启用")


async def _permissions(api: Api) -> Finding:
    try:
        answer = await api.call("GET", "/open-apis/application/v6/scopes")
    except DeliveryError as error:
        return _failing("权限", "warn", error, "请到「权限管理」逐项核对")
    scopes = (answer.get("data") or {}).get("scopes") or ()
    granted = {scope.get("scope_name") for scope in scopes if scope.get("grant_status") == 1}
    missing = {what: names for what, (names, _) in NEEDED.items() if not granted.intersection(names)}
    if not missing:
        return Finding("权限", "ok", "需要的权限都已开通")
    listed = "；".join(f"{what}（{names[0]}）" for what, names in missing.items())
    remedy = "在「权限管理」开通括号里的权限，然后发布一个新版本"
    cannot_do_without = any(NEEDED[what][1] for what in missing)
    return Finding("权限", "fail" if cannot_do_without else "warn", f"还没有开通：{listed}", remedy)


async def _directory(api: Api) -> Finding:
    try:
        data = (await api.call("GET", "/open-apis/contact/v3/scopes", params={"page_size": "50"})).get("data") or {}
    except DeliveryError as error:
        return _failing("通讯录", "warn", error, "在「权限管理 › 数据权限」设置通讯录权限范围")
    if not data.get("department_ids") and not data.get("user_ids"):
        return Finding(
            "通讯录",
            "fail",
            "通讯录权限范围是空的，看不到任何人",
            "在「权限管理 › 数据权限」把范围设为全部成员或销售部门",
        )
    return Finding("通讯录", "ok", "看得到通讯录")


def _failing(what: str, state: Literal["warn", "fail"], error: DeliveryError, otherwise: str) -> Finding:
    """What Feishu said no to. Credentials say themselves what to press, behind the colon (bot.platforms.feishu.errors)."""
    if not isinstance(error, Credentials):
        return Finding(what, state, f"飞书没有回答，或不接受：{error}", otherwise)
    problem, _, rest = str(error).partition("：")
    remedy, _, details = rest.rpartition("（")
    return Finding(what, state, f"{problem}（{details}", remedy)


def _way_in(settings: FeishuSettings, health: Health) -> Finding:
    if settings.long_connection and health.connected_since is None:
        return Finding(
            "接收消息",
            "fail",
            "长连接没有连上",
            "在「事件与回调」里，事件和回调都选「使用长连接接收」；本机要能访问外网",
        )
    if not settings.long_connection and not settings.webhook:
        return Finding(
            "接收消息", "fail", "长连接和回调地址都没有打开", "在设置里打开 long_connection（推荐）或 webhook"
        )
    way = "长连接已连上" if settings.long_connection else "等飞书推送到回调地址"
    return Finding("接收消息", "ok", way)


def _refused(health: Health) -> Finding:
    if health.refused:
        return Finding(
            "回调",
            "warn",
            f"启动以来拒绝了 {health.refused} 个请求",
            "如果收不到消息，请核对 Encrypt Key 和 Verification Token",
        )
    return Finding("回调", "ok", "没有被拒绝的请求")


def _heard(health: Health, now: datetime) -> Finding:
    if health.last_inbound is None:
        return Finding(
            "最近一条",
            "warn",
            "启动以来还没有收到事件",
            "给机器人发一句话试试；没有反应就检查「事件与回调」订阅了哪些事件，以及是否发布了版本",
        )
    minutes = int((now - health.last_inbound) / timedelta(minutes=1))
    return Finding("最近一条", "ok", f"{minutes} 分钟前收到" if minutes else "刚刚收到")


def _skew(health: Health) -> Finding:
    if health.skew is None or abs(health.skew) <= SKEW:
        return Finding("时钟", "ok", "本机时钟与飞书一致")
    minutes = round(health.skew / timedelta(minutes=1))
    side = "快" if minutes > 0 else "慢"
    return Finding(
        "时钟", "warn", f"本机时钟比飞书{side} {abs(minutes)} 分钟", "打开系统的自动对时（NTP），否则签名会被当成过期"
    )
