"""Settings of one DingTalk app (企业内部应用 with a robot), mounted as `platforms.dingtalk.<app>`."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, field_validator, model_validator

AI_CARD_TEMPLATE = "382e4302-551d-4880-bf29-a30acfab2e71.schema"
"""DingTalk's public general AI card; its id is part of the official Stream SDK."""


class FormTemplate(BaseModel):
    """One published form template: its id, and what its variables are called (empty: it has no such variable)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    template_id: str = Field(description="卡片平台里已发布模板的 ID，以 .schema 结尾", pattern=r".+\.schema$")
    title: str = Field(default="title", description="标题变量名")
    body: str = Field(default="body", description="正文（Markdown）变量名；模板没有正文时留空，正文会变成一个只读字段")
    form: str = Field(default="form", description="表单变量名（类型必须是表单）")
    form_visible: str = Field(default="form_visible", description="控制表单显示的变量名（true/false），没有则留空")
    status: str = Field(default="form_status", description="表单状态变量名")
    status_open: str = Field(default="normal", description="可填写时的状态值")
    status_closed: str = Field(default="disabled", description="已提交或已结束时的状态值")
    submit_text: str = Field(default="form_btn_text", description="提交按钮文字的变量名")
    submit_action: str = Field(default="submit_action", description="随提交带回的动作的变量名，没有则留空")
    action_id: str = Field(default="", description="值会变成回调 actionId 的变量名，没有则留空")
    summary: str = Field(default="lastMessage", description="会话列表摘要的变量名，没有则留空")
    buttons: int = Field(
        default=4, ge=0, le=4, description="模板自带的按钮位数；变量为 b1_text、b1_action、b1_visible …"
    )


GENJIN_FORM = FormTemplate(template_id="please-import.schema")
OFFICIAL_FORM = FormTemplate(
    template_id="280f6d7a-63bc-4905-bf3f-4c6d95e5166b.schema", body="", form_visible="", submit_action="", buttons=0
)
ASK_USER_FORM = FormTemplate(
    template_id="c2a6355b-9724-4f7e-9653-d33fcb3311bb.schema",
    title="question_title",
    body="question_desc",
    form_visible="",
    status="card_status",
    status_open="pending",
    status_closed="submitted",
    submit_action="",
    action_id="question_id",
    summary="",
    buttons=0,
)


class DingTalkSettings(BaseModel):
    """One app. Every base URL can be replaced, for private gateways and for the emulator."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    client_id: str = Field(min_length=1, description="应用的 Client ID（原 AppKey）")
    client_secret: SecretStr = Field(min_length=1, description="应用的 Client Secret（原 AppSecret）")
    robot_code: str = Field(default="", description="机器人编码；留空时等于 Client ID")
    corp_id: str = Field(default="", description="企业的 CorpId（ding 开头）；填写后会拒绝其它企业的消息")

    api_base: HttpUrl = Field(default=HttpUrl("https://api.dingtalk.com"), description="新版接口根地址")
    oapi_base: HttpUrl = Field(
        default=HttpUrl("https://oapi.dingtalk.com"), description="旧版接口根地址（通讯录、上传、会话 Webhook）"
    )
    login_base: HttpUrl = Field(default=HttpUrl("https://login.dingtalk.com"), description="网页登录根地址")

    jsapi: HttpUrl = Field(
        default=HttpUrl("https://g.alicdn.com/dingding/dingtalk-jsapi/3.0.25/dingtalk.open.js"),
        description="钉钉客户端里免登用的官方脚本（需要填写 corp_id）",
    )

    stream: bool = Field(default=True, description="使用 Stream 长连接收消息（推荐，无需公网地址）")
    ping_seconds: float = Field(default=30, gt=0, description="长连接上每隔多少秒发一次心跳")
    silence_seconds: float = Field(default=90, gt=0, description="多少秒没有任何数据就断开重连")

    event_token: SecretStr = Field(default=SecretStr(""), description="事件订阅的签名 token（只用 Stream 时留空）")
    event_aes_key: SecretStr = Field(
        default=SecretStr(""), description="事件订阅的加密 aes_key，43 个字符（只用 Stream 时留空）"
    )
    card_route_key: str = Field(
        default="", description="卡片 HTTP 回调的名字（callbackRouteKey），自己取，例如 genjin（只用 Stream 时留空）"
    )
    card_api_secret: SecretStr = Field(
        default=SecretStr(""),
        description="卡片 HTTP 回调的签名密钥：自己定一串字母和数字，启动时随地址一起登记（只用 Stream 时留空）",
    )

    form_template: FormTemplate | None = Field(
        default=None, description="表单卡片模板；不配置时表单改为在对话里逐项询问"
    )
    button_template: str = Field(default=AI_CARD_TEMPLATE, description="按钮卡片的模板 ID；留空时不用互动卡片按钮")
    tap_links: bool = Field(default=True, description="没有互动卡片时，用“点一下就代我发送”的链接代替按钮（仅单聊）")
    card_value_chars: int = Field(
        default=3000,
        ge=300,
        le=3000,
        description="卡片单个变量最多多少个字符；卡片显示空白时调小（官方文档写 1 KB，实测约 3000 字符）",
    )
    word_cards: bool = Field(
        default=True,
        description="文字也放在互动卡片上：卡片有编号，断电重启后重发也不会出现两次；关掉后是普通文字气泡",
    )
    answer_by_webhook: bool = Field(
        default=True,
        description="文字不走卡片时，能用会话 Webhook 回复就优先用，节省接口额度；额度用完后也靠它回答刚说过话的人",
    )
    media_hosts: tuple[str, ...] = Field(
        default=(".dingtalk.com", ".aliyuncs.com", ".alicdn.com"), description="允许下载语音、图片、文件的服务器"
    )

    @field_validator("event_aes_key")
    @classmethod
    def _aes_key(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and len(value.get_secret_value()) != 43:
            raise ValueError("event_aes_key 应为 43 个字符，请从开发者后台“事件订阅”重新复制")
        return value

    @model_validator(mode="after")
    def _pairs(self) -> DingTalkSettings:
        if bool(self.event_token.get_secret_value()) != bool(self.event_aes_key.get_secret_value()):
            raise ValueError("event_token 与 event_aes_key 要么都填，要么都不填")
        if not self.stream and not self.card_route_key and (self.form_template or self.button_template):
            raise ValueError(
                "不用 Stream 时，卡片按钮需要 card_route_key（以及 card_api_secret）；或把 button_template 留空"
            )
        return self

    @property
    def robot(self) -> str:
        return self.robot_code or self.client_id

    @property
    def platform_hosts(self) -> tuple[str, ...]:
        """Where a session webhook may point."""
        return (".dingtalk.com", _place(self.api_base), _place(self.oapi_base))

    @property
    def file_hosts(self) -> tuple[str, ...]:
        """Where files may come from."""
        return (*self.media_hosts, _place(self.api_base), _place(self.oapi_base))


def _place(url: HttpUrl) -> str:
    parts = urlsplit(str(url))
    standard = {"http": 80, "https": 443}[parts.scheme]
    return parts.hostname or "" if parts.port in (None, standard) else f"{parts.hostname}:{parts.port}"
