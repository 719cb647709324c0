"""Writes docs/settings.md from the settings' definitions. Run it when one changes: python -m scripts.write_settings_doc"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, HttpUrl, SecretStr
from pydantic.fields import FieldInfo

from bot.platforms.dingtalk.settings import DingTalkSettings
from bot.platforms.feishu.settings import FeishuSettings
from bot.platforms.wecom.settings import WeComSettings
from config.settings import Settings

DOC = Path(__file__).parent.parent / "docs" / "settings.md"

HEAD = """\
# 设置

<!-- 由 python -m scripts.write_settings_doc 从 config/settings.py 和 bot/platforms/*/settings.py 写出，不要手改 -->

先看环境变量，再看启动目录里的 `genjin.yaml`，都没有就用默认值。`genjin.yaml` 顶层写错的名字会在启动时指出来。

- 环境变量是 `GENJIN_` 加大写的名字，层与层之间是两个下划线：`speech.model` 写成 `GENJIN_SPEECH__MODEL`。
- `genjin.yaml` 按同样的层次写：

```yaml
host: 0.0.0.0
port: 8080
public_url: https://genjin.example.com
speech:
  model: base
```

- 时长写秒数（`600`）或 ISO 8601（`PT10M`）；列表和字典在环境变量里写成 JSON。
- 密钥只放在环境变量或文件里，不会写进日志，打印出来是 `**********`。
- 业务上的数字（时限、提醒、停滞、工作时间、表单选项）不在这里：管理员在聊天里改，见[管理员手册](guide/admin.md)。
"""

PLATFORMS: tuple[tuple[str, str, str, type[BaseModel]], ...] = (
    ("feishu", "飞书", "install-feishu.md", FeishuSettings),
    ("dingtalk", "钉钉", "install-dingtalk.md", DingTalkSettings),
    ("wecom", "企业微信", "install-wecom.md", WeComSettings),
)


def document() -> str:
    """The whole page."""
    parts = [HEAD, "## 安装\n", *_tables(Settings, "")]
    for name, title, guide, model in PLATFORMS:
        example = f"GENJIN_PLATFORMS__{name.upper()}__MAIN__{next(iter(model.model_fields)).upper()}"
        parts.append(
            f"## {title}\n\n放在 `platforms.{name}.<应用名>` 下，例如 `{example}`。安装步骤见[这里]({guide})。\n"
        )
        parts += _tables(model, "")
    return "\n".join(parts)


def _tables(model: type[BaseModel], prefix: str) -> Iterator[str]:
    """A table of the model's own fields, then one for each group of fields within it."""
    own = {name: field for name, field in model.model_fields.items() if _group(field) is None}
    rows = [_row(f"{prefix}{name}", field) for name, field in own.items()]
    yield "\n".join(["| 名字 | 默认 | 说明 |", "|---|---|---|", *rows, ""])
    for name, field in model.model_fields.items():
        inner = _group(field)
        if inner is not None:
            yield f"### {prefix}{name}\n\n{field.description}\n"
            yield from _tables(inner, f"{prefix}{name}.")


def _group(field: FieldInfo) -> type[BaseModel] | None:
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None


def _row(name: str, field: FieldInfo) -> str:
    words = (field.description or "").rstrip("。")
    if field.annotation is SecretStr:
        words += "（保密）"
    if get_origin(field.annotation) is Literal:
        words += f"；可选 {'、'.join(f'`{choice}`' for choice in get_args(field.annotation))}"
    return f"| `{name}` | {_default(field)} | {words.replace('|', chr(92) + '|')} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**必填**"
    plain = _plain(field.get_default(call_default_factory=True))
    return f"`{plain}`" if plain else "空"


def _plain(value: Any) -> str:
    """A default as an admin would write it."""
    match value:
        case None | "" | {} | ():
            return ""
        case SecretStr():
            return value.get_secret_value()
        case timedelta():
            return str(int(value.total_seconds()))
        case bool() | dict() | tuple():
            return json.dumps(value, ensure_ascii=False)
        case HttpUrl():
            return str(value).rstrip("/")
        case Enum():
            return str(value.value)
    return str(value)


if __name__ == "__main__":
    DOC.write_text(document(), encoding="utf-8")
