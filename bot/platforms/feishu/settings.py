"""One Feishu app as an admin configures it. The descriptions are what docs/settings.md shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator


def _without_slash(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"地址 {url} 要以 https:// 开头（测试用的模拟器可以是 http://）")
    return url.rstrip("/")


BaseUrl = Annotated[str, AfterValidator(_without_slash)]


class FeishuSettings(BaseModel):
    """一个飞书（或 Lark）企业自建应用。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    app_id: str = Field(pattern=r"^cli_", description="应用的 App ID，以 cli_ 开头；在「凭证与基础信息」页")
    app_secret: SecretStr = Field(description="应用的 App Secret，与 App ID 在同一页")
    long_connection: bool = Field(default=True, description="用长连接接收事件和回调；不需要公网地址，是默认的接收方式")
    webhook: bool = Field(
        default=False, description="用回调地址接收事件和回调；需要公网 IPv4 地址，并且必须配置 encrypt_key"
    )
    encrypt_key: SecretStr = Field(
        default=SecretStr(""), description="「事件与回调 › 加密策略」的 Encrypt Key；用回调地址时必填，用来解密和验签"
    )
    verification_token: SecretStr = Field(
        default=SecretStr(""), description="「事件与回调 › 加密策略」的 Verification Token；填了就多核对一次，可不填"
    )
    tenant_key: str = Field(
        default="",
        description="企业标识（tenant_key）；网页登录的人必须属于这家企业。可不填：从收到的第一个事件里知道",
    )
    signature_age: timedelta = Field(
        default=timedelta(hours=8),
        description="回调签名最多可以有多旧；飞书最后一次重推在约 7 小时 6 分之后，不要小于 8 小时",
    )
    signature_ahead: timedelta = Field(
        default=timedelta(minutes=10), description="回调签名的时间最多可以比本机时钟快多少"
    )
    media_bytes: int = Field(
        default=30 * 1024 * 1024,
        ge=1,
        le=100 * 1024 * 1024,
        description="接收的图片、语音、文件最大多少字节（飞书上限 100 MB）",
    )
    base_url: BaseUrl = Field(
        default="https://open.feishu.cn",
        description="开放平台地址；Lark 用 https://open.larksuite.com，私有部署填自己的",
    )
    accounts_url: BaseUrl = Field(
        default="https://accounts.feishu.cn", description="网页登录授权页的地址；Lark 用 https://accounts.larksuite.com"
    )
    applink_url: BaseUrl = Field(
        default="https://applink.feishu.cn",
        description="在飞书里打开网页的 AppLink 地址；Lark 用 https://applink.larksuite.com",
    )

    @model_validator(mode="after")
    def _webhook_is_signed(self) -> Self:
        if self.webhook and not self.encrypt_key.get_secret_value():
            raise ValueError(
                "webhook 打开时必须填 encrypt_key：没有它，任何人都能冒充飞书。在「事件与回调 › 加密策略」里生成"
            )
        return self
