"""What the doctor sees of a WeCom app, in words an admin can act on."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import CardExpired, Credentials, DeliveryError
from bot.platforms.base import Finding
from bot.platforms.wecom.api import Api
from bot.platforms.wecom.notices import ZONE, is_recovery
from bot.platforms.wecom.settings import WeComSettings

SKEW = timedelta(minutes=2)
"""Beyond this a callback's timestamp comes near the window in which we take it."""

CONSOLE = "管理后台 work.weixin.qq.com → 应用管理 → 该应用"


RANGE = "可信 IP 与可见范围"

ELSEWHERE = Finding("接收消息", "warn", "由运行着的服务接收，从这里看不到", "在聊天里发 /doctor 看")


@dataclass(slots=True)
class Health:
    """What has been seen since the process started."""

    last_callback: datetime | None = None
    last_delivery: datetime | None = None
    last_failure: tuple[datetime, str] | None = None
    last_refusal: tuple[datetime, str] | None = None
    connected_since: datetime | None = None
    warnings: dict[str, datetime] = field(default_factory=dict)
    aside: bool = False
    """The product runs in another process: what only that can see is not judged here."""
    elsewhere: bool = False
    """Another process holds the app's long connection and sends for it."""

    def received(self, now: datetime) -> None:
        self.last_callback = now

    def delivered(self, now: datetime) -> None:
        self.last_delivery = now

    def failed(self, now: datetime, reason: str) -> None:
        self.last_failure = (now, reason)

    @contextmanager
    def watching(self, clock: Clock) -> Iterator[None]:
        """Around one delivery: remembers how it ended, and lets its error pass."""
        try:
            yield
        except CardExpired:
            raise  # nothing failed: the card is sent anew
        except DeliveryError as error:
            self.failed(clock.now(), str(error))
            raise
        self.delivered(clock.now())

    def refused(self, now: datetime, reason: str) -> None:
        """A callback was refused: most often Token or EncodingAESKey differ from the console's."""
        self.last_refusal = (now, reason)

    def noticed(self, now: datetime, words: str) -> None:
        """The platform says something about the app; that it works again ends what was said before."""
        if is_recovery(words):
            self.warnings.clear()
        else:
            self.warnings[words] = now


async def check_app(settings: WeComSettings, api: Api, health: Health) -> Sequence[Finding]:
    """Credentials, trusted IP, visible range, clock, callback, deliveries of a self-built app."""
    token = await _tried("凭证", api.tokens.get(), "能取到 access_token", f"{CONSOLE}：核对企业 ID 和 Secret")
    findings = [token]
    if token.state == "ok":
        findings.append(await _range(api))
    findings.append(_clock(api.skew))
    findings.append(_callback(settings, health))
    findings += common(health)
    return findings


def common(health: Health) -> list[Finding]:
    """Deliveries and the platform's own warnings, the same for app and robot."""
    findings = [] if health.aside or health.elsewhere else [_deliveries(health)]
    findings += [
        Finding("应用状态", "fail", f"{words}（{_at(when)}）", f"{CONSOLE}：查看应用状态并恢复使用")
        for words, when in health.warnings.items()
    ]
    return findings


async def _range(api: Api) -> Finding:
    """Whether calls are let in from here, and whether the app sees anybody whose department we can read."""
    seen: list[object] = []

    async def ask() -> None:
        seen.extend((await api.get("department/simplelist")).get("department_id") or ())

    found = await _tried(RANGE, ask(), "接口可以调用", f"{CONSOLE} → 企业可信IP / 可见范围")
    if found.state == "ok" and not seen:
        return Finding(RANGE, "warn", "可见范围里没有部门，读不到通讯录", f"{CONSOLE} → 可见范围：选部门，不要逐个选人")
    return found


async def _tried(what: str, call: Awaitable[object], well: str, remedy: str) -> Finding:
    try:
        await call
    except Credentials as error:
        return Finding(what, "fail", str(error), remedy)
    except DeliveryError as error:
        return Finding(what, "warn", str(error), "稍后再试；持续出现请检查网络和接口地址")
    return Finding(what, "ok", well)


def _clock(skew: timedelta | None) -> Finding:
    if skew is None:
        return Finding("时钟", "warn", "还不知道与企业微信的时差", "先让凭证检查通过")
    seconds = round(skew.total_seconds())
    if abs(skew) > SKEW:
        return Finding(
            "时钟",
            "fail",
            f"本机时钟与企业微信相差 {abs(seconds)} 秒，回调会被当作重放拒绝",
            "在本机打开时间同步（NTP）",
        )
    return Finding("时钟", "ok", f"与企业微信相差 {abs(seconds)} 秒")


def _callback(settings: WeComSettings, health: Health) -> Finding:
    remedy = f"{CONSOLE} → 接收消息 → 设置API接收：URL、Token、EncodingAESKey 与设置一致后保存"
    if not settings.has_callback:
        return Finding(
            "接收消息", "fail", "没有配置 callback_token 和 encoding_aes_key，收不到消息，带按钮的卡片也发不出", remedy
        )
    return received("接收消息", health, "给应用发一句话", remedy)


def received(what: str, health: Health, attempt: str, remedy: str) -> Finding:
    """What has come over a callback, or why it was refused. `attempt` is what to do on a phone to make something come."""
    if health.last_refusal and (health.last_callback is None or health.last_refusal[0] > health.last_callback):
        when, reason = health.last_refusal
        return Finding(what, "fail", f"最近一次回调被拒绝（{_at(when)}）：{reason}", remedy)
    if health.aside:
        return ELSEWHERE
    if health.last_callback is None:
        return Finding(what, "warn", "启动以来还没有收到回调", f"在手机上{attempt}；若仍没有，{remedy}")
    return Finding(what, "ok", f"最近一次回调 {_at(health.last_callback)}")


def _deliveries(health: Health) -> Finding:
    failed = health.last_failure
    if failed and (health.last_delivery is None or failed[0] > health.last_delivery):
        return Finding("推送", "fail", f"最近一次推送失败（{_at(failed[0])}）：{failed[1]}", "按错误里的提示处理后重试")
    if health.last_delivery is None:
        return Finding("推送", "warn", "启动以来还没有推送", "")
    return Finding("推送", "ok", f"最近一次推送 {_at(health.last_delivery)}")


def _at(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%m-%d %H:%M")
