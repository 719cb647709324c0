"""What is wrong with a DingTalk app, and what to press. Every probe is harmless: it sends nothing to anybody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.clock import Clock
from bot.errors import CardExpired, DeliveryError, Permanent, RetryAfter
from bot.platforms.base import Finding
from bot.platforms.dingtalk.api import Api, ApiError
from bot.platforms.dingtalk.codes import error_of
from bot.platforms.dingtalk.health import Health
from bot.platforms.dingtalk.ladder import Ladder, Rung
from bot.platforms.dingtalk.settings import DingTalkSettings

SKEW = timedelta(minutes=5)
"""Signed calls are refused beyond an hour; minutes already mean that nobody keeps this clock."""

CONSOLE = "开发者后台 open-dev.dingtalk.com → 应用"


class Doctor:
    """Looks at one app."""

    def __init__(self, settings: DingTalkSettings, api: Api, clock: Clock, health: Health, ladder: Ladder) -> None:
        self._settings = settings
        self._api = api
        self._clock = clock
        self._health = health
        self._ladder = ladder

    async def findings(self) -> list[Finding]:
        """Credentials first: without them the other probes would only repeat the same complaint."""
        first = await self._credentials()
        if first.state == "fail":
            return [first]
        return [
            first,
            await self._clock_skew(),
            await self._sending(),
            await self._cards(),
            await self._contacts(),
            self._connection(),
            *self._presses(),
            self._forms(),
            self._quota(),
        ]

    async def _credentials(self) -> Finding:
        try:
            await self._api.tokens.get()
        except RetryAfter as busy:
            return Finding("凭证", "fail", f"连不上钉钉：{busy}", "检查服务器能否访问 api.dingtalk.com")
        except DeliveryError as error:
            return Finding("凭证", "fail", str(error), f"{CONSOLE} → 凭证与基础信息，重新复制两项并重启")
        return Finding("凭证", "ok", "Client ID 与 Client Secret 有效")

    async def _clock_skew(self) -> Finding:
        theirs = await self._api.server_time()
        if theirs is None:
            return Finding("时钟", "warn", "没有取到钉钉的时间，未能比对")
        skew = abs(theirs - self._clock.now())
        if skew > SKEW:
            return Finding(
                "时钟", "fail", f"本机时间与钉钉相差 {skew.total_seconds() / 60:.0f} 分钟", "打开系统的自动校时（NTP）"
            )
        return Finding("时钟", "ok", "本机时间与钉钉一致")

    async def _sending(self) -> Finding:
        """An empty list of receivers: the permission is checked before the list is."""

        async def probe() -> object:
            body = {"robotCode": self._settings.robot, "userIds": [], "msgKey": "sampleText", "msgParam": "{}"}
            return await self._api.ask("POST", "/v1.0/robot/oToMessages/batchSend", body)

        remedy = (
            f"{CONSOLE} → 权限管理，勾选“企业内机器人发送消息”；{CONSOLE} → 机器人，确认已添加；然后 版本管理 → 发布"
        )
        return await self._probe("发消息", probe, "机器人可以发消息", remedy)

    async def _cards(self) -> Finding:
        """A card that does not exist: with the permission the answer is just that."""

        async def probe() -> object:
            body = {"outTrackId": "genjin-doctor", "cardData": {"cardParamMap": {}}}
            return await self._api.ask("PUT", "/v1.0/card/instances", body)

        remedy = f"{CONSOLE} → 权限管理，勾选“互动卡片实例写权限”（Card.Instance.Write），然后 版本管理 → 发布"
        return await self._probe("互动卡片", probe, "可以创建和更新互动卡片", remedy)

    async def _contacts(self) -> Finding:
        async def probe() -> object:
            return await self._api.old("/topapi/v2/department/get", {"dept_id": 1})

        remedy = f"{CONSOLE} → 权限管理 → 通讯录，勾选读取成员与部门，接口权限范围选“全部员工”"
        return await self._probe("通讯录", probe, "可以读取部门和成员", remedy)

    async def _probe(self, what: str, probe: Callable[[], Awaitable[object]], well: str, remedy: str) -> Finding:
        try:
            await probe()
        except ApiError as error:
            return _finding(what, error_of(error.refusal), well, remedy)
        except DeliveryError as error:
            return _finding(what, error, well, remedy)
        return Finding(what, "ok", well)

    def _connection(self) -> Finding:
        if self._health.aside:
            return Finding("收消息", "warn", "由运行着的服务接收，从这里看不到", "在聊天里发 /doctor 看")
        heard = self._health.heard_at
        last = f"最近一次收到消息：{heard.astimezone():%m-%d %H:%M}" if heard else "启动以来还没有收到过消息"
        if not self._settings.stream:
            return Finding(
                "收消息",
                "ok" if heard else "warn",
                f"HTTP 回调。{last}",
                "" if heard else f"{CONSOLE} → 机器人，检查消息接收地址",
            )
        if self._health.elsewhere:
            return Finding("收消息", "ok", "Stream 长连接由另一个进程保持")
        if self._health.connected_at is None:
            return Finding(
                "收消息",
                "fail",
                f"Stream 长连接没有建立。{last}",
                "检查服务器能否访问 wss-open-connection.dingtalk.com:443；机器人的消息接收模式要选 Stream",
            )
        remedy = "" if heard else "给机器人发一句话试试；收不到时检查是否有另一台机器用同一个 Client ID 连着"
        return Finding("收消息", "ok" if heard else "warn", f"Stream 长连接正常。{last}", remedy)

    def _presses(self) -> list[Finding]:
        """By HTTP, presses on cards need an address of their own, and a secret that signs them."""
        if self._settings.stream or not self._settings.card_route_key:
            return []
        if not self._settings.card_api_secret.get_secret_value():
            words = "没有 card_api_secret，卡片按钮的回调会被拒绝"
            return [Finding("卡片回调", "fail", words, "自己定一串字母和数字（32 位左右）作为 card_api_secret，重启")]
        if self._health.card_route:
            remedy = "检查设置里的 public_url 是不是外网能访问的 https 地址；跟进每 5 分钟再登记一次"
            return [Finding("卡片回调", "fail", f"钉钉没有接受回调地址：{self._health.card_route}", remedy)]
        return [Finding("卡片回调", "ok", f"按钮的回调登记在 {self._settings.card_route_key}")]

    def _forms(self) -> Finding:
        failures = self._ladder.failures()
        if Rung.FORM in failures or Rung.BUTTONS in failures:
            said = "；".join(f"{_NAMES.get(rung, rung.name)}：{failure.reason}" for rung, failure in failures.items())
            return Finding(
                "表单卡片",
                "warn",
                f"已改用下一种方式。{said}",
                "卡片平台 card.dingtalk.com：确认模板已发布并关联本应用，模板 ID 与变量名和设置一致",
            )
        if self._settings.form_template is None:
            return Finding(
                "表单卡片",
                "warn",
                "没有配置表单模板，表单会在对话里逐项询问",
                "按安装文档导入 genjin-form.json，发布后把模板 ID 填进设置",
            )
        return Finding("表单卡片", "ok", f"使用模板 {self._settings.form_template.template_id}")

    def _quota(self) -> Finding:
        hit = self._health.quota_at
        if hit is not None and self._clock.now() - hit < timedelta(days=1):
            return Finding(
                "额度",
                "fail",
                "本月额度已用完：收到的消息没有内容，或发送被拒",
                "钉钉管理后台 → 升级专业版或购买接口包；或等到下月 1 日",
            )
        return Finding("额度", "ok", "近一天没有触到额度上限")


_NAMES = {Rung.FORM: "表单模板", Rung.BUTTONS: "按钮卡片"}


def _finding(what: str, error: DeliveryError, well: str, remedy: str) -> Finding:
    """A complaint about our empty probe proves that the door is open."""
    if isinstance(error, CardExpired) or type(error) is Permanent:
        return Finding(what, "ok", well)
    if isinstance(error, RetryAfter):
        return Finding(what, "warn", f"钉钉暂时没有回答：{error}", "过几分钟再看一次")
    return Finding(what, "fail", str(error), remedy)
