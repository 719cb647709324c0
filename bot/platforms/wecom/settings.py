"""One WeCom app's settings: a self-built app, or an intelligent robot (aibot)."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

AES_KEY_LENGTH = 43
"""Characters of an EncodingAESKey (reference §1); with "=" appended it is the base64 of 32 bytes."""

EMPTY = SecretStr("")


class WeComSettings(BaseModel):
    """What the console of one app shows, plus every address, so that private deployments work too.

    Raises ValueError (pydantic's) naming the missing entry and where in the console it is found.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    line: Literal["app", "aibot"] = Field(
        "app", description="产品线：app 自建应用（单聊、推送、卡片），aibot 智能机器人（单聊和群聊 @）"
    )
    corp_id: str = Field("", description="企业 ID（我的企业 → 企业信息 最下方），以 ww 开头；自建应用必填")
    agent_id: int = Field(0, ge=0, description="自建应用的 AgentId（应用管理 → 该应用）")
    secret: SecretStr = Field(EMPTY, description="自建应用的 Secret（应用管理 → 该应用 → Secret）")
    callback_token: SecretStr = Field(EMPTY, description="接收消息 API 的 Token；智能机器人用 HTTP 回调时同样填这里")
    encoding_aes_key: SecretStr = Field(EMPTY, description="接收消息 API 的 EncodingAESKey，43 个字符")
    bot_id: str = Field("", description="智能机器人的 Bot ID")
    bot_secret: SecretStr = Field(EMPTY, description="智能机器人长连接的 Secret")
    long_connection: bool = Field(
        True, description="智能机器人用长连接（推荐）；关掉则用 HTTP 回调，两者在后台只能选一种"
    )
    bot_name: str = Field("", description="智能机器人的显示名，用来去掉群消息开头的「@名字」")
    webhooks: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="群消息推送（群机器人）：自取的名字 → webhook 地址里的 key；作群地址时写 webhook:名字",
    )
    card_url: str = Field("", description="没有按钮的通知卡片点开后的网址；不填则这类卡片改发 markdown 消息")
    accounts: int = Field(
        0,
        ge=0,
        description="企业的账号上限数（我的企业 → 企业信息）；填了就把应用每天的推送控制在 上限数 × 200 人次以内，"
        "多出来的第二天接着发；不填则由企业微信拒绝",
    )
    plain_text: bool = Field(False, description="员工主要在微信插件里看消息时打开：markdown 在插件里不显示，改发纯文本")
    api_url: str = Field("https://qyapi.weixin.qq.com", description="接口地址；私有部署改为自己的地址")
    login_url: str = Field("https://open.weixin.qq.com", description="网页登录（OAuth）地址")
    socket_url: str = Field("wss://openws.work.weixin.qq.com", description="智能机器人长连接地址")
    media_hosts: tuple[str, ...] = Field(
        ("ww-aibot-img-1258476243.cos.ap-guangzhou.myqcloud.com", ".work.weixin.qq.com"),
        description="智能机器人的图片和文件只从这些主机下载（以点开头表示所有子域名）",
    )
    callback_window: timedelta = Field(
        timedelta(minutes=10), description="回调时间戳与本机时间最多相差多少，超出视为重放"
    )
    silence: timedelta = Field(
        timedelta(hours=2), description="长连接这么久没有收到任何消息就主动重连一次（防止半死连接）"
    )

    @field_validator("webhooks", "media_hosts", mode="before")
    @classmethod
    def _from_environment(cls, value: Any) -> Any:
        """Environment variables carry these as JSON."""
        return json.loads(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for missing in self._missing():
            raise ValueError(f"企业微信设置缺少 {missing}")
        key = self.encoding_aes_key.get_secret_value()
        if key and not _is_aes_key(key):
            raise ValueError(
                f"encoding_aes_key 应为 {AES_KEY_LENGTH} 个字符（字母和数字），现在是 {len(key)} 个；请从后台重新复制"
            )
        return self

    @property
    def has_callback(self) -> bool:
        """Whether WeCom may call us over HTTP."""
        wanted = self.line == "app" or not self.long_connection
        return wanted and bool(self.callback_token.get_secret_value() and self.encoding_aes_key.get_secret_value())

    @property
    def receiver(self) -> str:
        """The receiveid inside the ciphertext: the corpid, or empty for an aibot (reference §2.4)."""
        return self.corp_id if self.line == "app" else ""

    def _missing(self) -> list[str]:
        entries: dict[str, object] = {"callback_token（接收消息 API）": self.callback_token.get_secret_value()}
        entries["encoding_aes_key（接收消息 API）"] = self.encoding_aes_key.get_secret_value()
        if self.line == "app":
            send = {
                "corp_id（我的企业）": self.corp_id,
                "agent_id（应用管理）": self.agent_id,
                "secret（应用管理）": self.secret.get_secret_value(),
            }
            # A callback is optional for an app that only pushes; half of one is a mistake.
            entries = send | (entries if any(entries.values()) else {})
        elif self.long_connection:
            entries = {
                "bot_id（智能机器人）": self.bot_id,
                "bot_secret（智能机器人）": self.bot_secret.get_secret_value(),
            }
        return [name for name, value in entries.items() if not value]


def _is_aes_key(key: str) -> bool:
    try:
        return len(key) == AES_KEY_LENGTH and len(base64.b64decode(key + "=", validate=True)) == 32
    except ValueError:
        return False
