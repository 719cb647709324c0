"""Settings of one installation: from the environment (GENJIN_…) over a YAML file over the defaults.

Secrets come from the environment or the file only, are never logged, and show as ********** when printed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, YamlConfigSettingsSource


class SpeechSettings(BaseModel):
    """语音识别。"""

    model: str = Field("base", description="模型大小（base、small、medium…），或一个本地目录")
    folder: Path | None = Field(None, description="模型权重所在目录；不填则放在数据目录的 models 下")
    device: Literal["cpu", "cuda", "auto"] = Field("cpu", description="运算设备")
    compute_type: str = Field("int8", description="运算精度")
    workers: int = Field(1, ge=1, le=16, description="识别进程个数")
    enabled: bool = Field(True, description="是否识别语音；关闭后语音只保存，不转文字")


class ProposerSettings(BaseModel):
    """可选的语言模型，只用来提建议，默认关闭。"""

    base_url: str = Field(
        "",
        description="OpenAI 兼容接口的地址，写到 /v1 为止，例如 http://10.0.0.5:8000/v1；不填则不使用语言模型。"
        "填了以后，听懂了一条记录而还有空项的消息会发给它，它的建议只填空项，卡片上标“请核对”",
    )
    model: str = Field("", description="模型名，和地址一起填才生效")
    key: SecretStr = Field(SecretStr(""), description="接口密钥；不需要就不填")
    timeout: float = Field(3.0, ge=0.2, le=30, description="最多等几秒；到时没有回答就只按规则识别")


class Settings(BaseSettings):
    """Everything an installation may set. `docs/settings.md` is written from these definitions."""

    model_config = SettingsConfigDict(
        env_prefix="GENJIN_",
        env_nested_delimiter="__",
        yaml_file="genjin.yaml",
        yaml_file_encoding="utf-8",
        extra="forbid",
    )

    data: Path = Field(Path(".data"), description="数据目录：数据库、附件、模型、导出都在里面")
    database: str = Field(
        "",
        description="数据库地址；不填则用数据目录里的 SQLite。PostgreSQL 写成 postgresql+asyncpg://用户:密码@主机/库",
    )
    host: str = Field("127.0.0.1", description="监听地址")
    port: int = Field(8080, ge=0, le=65535, description="监听端口")
    public_url: str = Field("", description="手机能打开的网址，例如 https://genjin.example.com；不填则用监听地址")
    page_minutes: int = Field(120, ge=5, le=10080, description="「用手机填」的链接多少分钟内有效")
    secret: SecretStr = Field(SecretStr(""), description="给链接签名的密钥；不填则生成一个，存在数据目录里")
    demo: bool = Field(False, description="演示模式：自带一家演示公司，可切换身份、可拨快时钟")
    zone: str = Field("Asia/Shanghai", description="公司所在时区")
    packs: Path | None = Field(None, description="自己的配置包目录，里面的同名定义盖过自带的")
    log_format: Literal["json", "text"] = Field("json", description="日志格式")
    media_bytes: int = Field(20 * 1024 * 1024, ge=1, description="一张照片、一段语音或一个文件最大的字节数")
    speech: SpeechSettings = Field(default_factory=SpeechSettings, description="语音识别")
    proposer: ProposerSettings = Field(default_factory=ProposerSettings, description="可选的语言模型")
    platforms: dict[str, dict[str, dict[str, Any]]] = Field(
        default_factory=dict, description="各平台的应用：platforms.<平台>.<应用名>.<字段>，字段见各平台的表"
    )

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite+aiosqlite:///{self.data.resolve() / 'genjin.db'}"

    @property
    def models(self) -> Path:
        return self.speech.folder or self.data / "models"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, YamlConfigSettingsSource(settings_cls)
