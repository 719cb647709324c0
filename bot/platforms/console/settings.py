"""The web chat's settings."""

from __future__ import annotations

from datetime import timedelta
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

SHORTEST_SECRET = 32
"""Characters; below this a signing key can be guessed."""

EXAMPLES = ("宏达机械今天已报价，客户嫌价格高，竞品压价，希望总监帮忙申请特价", "今日拜访", "我这个月完成了多少")


class ConsoleSettings(BaseModel):
    """What the built-in web chat wants to know. Raises ValueError (pydantic's) naming what is missing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    app: str = Field(default="web", description="应用名，出现在消息的来源里；一般不用改")
    title: str = Field(default="演示公司", description="页面左上角「跟进」旁边显示的公司名")
    demo: bool = Field(
        default=False, description="演示模式：页面上可以切换身份、拨动时钟，不需要登录；不要在能被外人访问的机器上打开"
    )
    secret: SecretStr = Field(default=SecretStr(""), description="签名用的密钥，至少 32 个字符；非演示模式必填")
    origins: tuple[str, ...] = Field(
        default=(), description="除了本站以外还允许提交的来源，例如反向代理的地址 https://crm.example.com"
    )
    secure_cookie: bool = Field(default=False, description="只在 HTTPS 下发送登录 cookie；对外服务时打开")
    framed: bool = Field(default=False, description="本站自己的页面可以把它放进框里（四个平台并排的演示）")
    zone: str = Field(default="Asia/Shanghai", description="页面显示时间所用的时区")
    session: timedelta = Field(default=timedelta(days=30), description="登录后多久需要重新登录")
    login_link: timedelta = Field(default=timedelta(minutes=10), description="登录链接多久失效")
    file_bytes: int = Field(default=20 * 1024 * 1024, gt=0, description="一个文件、照片或录音最多多少字节")
    json_bytes: int = Field(default=256 * 1024, gt=0, description="一次提交（不含文件）最多多少字节")
    examples: tuple[str, ...] = Field(default=EXAMPLES, description="空会话里给出的例句，点一下就填进输入框")

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError) as error:
            raise ValueError(f"没有时区 {zone}；例如 Asia/Shanghai") from error
        return zone

    @model_validator(mode="after")
    def _signed(self) -> Self:
        length = len(self.secret.get_secret_value())
        if not self.demo and length < SHORTEST_SECRET:
            raise ValueError(
                f"网页聊天的 secret 要至少 {SHORTEST_SECRET} 个字符，现在是 {length} 个；用 openssl rand -hex 32 生成一个"
            )
        return self
