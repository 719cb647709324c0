"""The platforms of an installation, from its settings. The web chat is always there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from pydantic import SecretStr, ValidationError

from bot.platforms.base import HasHealth, Platform
from bot.platforms.console import ConsolePlatform
from bot.platforms.console.ports import CommandsFor, TimeMachine, TodayFor
from bot.platforms.console.settings import ConsoleSettings
from bot.platforms.dingtalk import DingTalkPlatform, DingTalkSettings
from bot.platforms.feishu import FeishuPlatform, FeishuSettings
from bot.platforms.wecom import WeComPlatform, WeComSettings
from bot.roster import PeopleRoster
from bot.services import Services
from config.settings import Settings

APP_NAME = re.compile(r"[a-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class ConsoleExtras:
    """What only the web chat can show."""

    title: str = "跟进"
    time_machine: TimeMachine | None = None
    commands: CommandsFor | None = None
    today: TodayFor | None = None
    framed: bool = False
    """Another page of ours shows it in a frame."""


def secret_of(settings: Settings) -> SecretStr:
    """The installation's signing secret: from the settings, else made once and kept in the data folder."""
    if settings.secret.get_secret_value():
        return settings.secret
    file: Path = settings.data / "secret"
    if not file.exists():
        settings.data.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(token_hex(32), encoding="utf-8")
    return SecretStr(file.read_text(encoding="utf-8").strip())


def console(services: Services, extras: ConsoleExtras) -> Platform:
    """The built-in web chat."""
    settings = services.settings
    own = ConsoleSettings(
        title=extras.title,
        demo=settings.demo,
        framed=extras.framed,
        secret=secret_of(settings),
        zone=settings.zone,
        origins=(settings.public_url,) if settings.public_url else (),
        secure_cookie=settings.public_url.startswith("https://"),
    )
    return ConsolePlatform(
        own,
        services.db,
        services.clock,
        services.attachments,
        PeopleRoster(services.db),
        extras.time_machine,
        commands=extras.commands,
        today=extras.today,
    )


def configured(services: Services) -> list[Platform]:
    """The apps of the IM platforms the settings name. Raises ValueError naming the app and what is wrong with it."""
    return [
        _platform(services, platform, app, given)
        for platform, apps in services.settings.platforms.items()
        for app, given in apps.items()
    ]


def looked_at(services: Services) -> list[Platform]:
    """All of them as the doctor at the command line sees them, beside the process that serves."""
    platforms = configured(services)
    for platform in platforms:
        if isinstance(platform, HasHealth):
            platform.health.aside = True
    return [console(services, ConsoleExtras()), *platforms]


def _platform(services: Services, platform: str, app: str, given: Mapping[str, Any]) -> Platform:
    where = f"platforms.{platform}.{app}"
    if platform not in KINDS:
        raise ValueError(f"设置 {where}：没有叫 {platform} 的平台；可以是 {'、'.join(KINDS)}")
    if not APP_NAME.fullmatch(app):
        raise ValueError(f"设置 {where}：应用名会写在回调地址里，只能用小写字母、数字、- 和 _，最多 40 个字符")
    try:
        return KINDS[platform](services, app, given)
    except ValidationError as error:
        wrong = "；".join(f"{'.'.join(map(str, one['loc'])) or '整体'}：{one['msg']}" for one in error.errors())
        raise ValueError(f"设置 {where} 不对：{wrong}") from None


def _feishu(services: Services, app: str, given: Mapping[str, Any]) -> Platform:
    settings = FeishuSettings.model_validate(dict(given))
    return FeishuPlatform(settings, services.http, services.clock, app=app, attachment=services.attachments.get)


def _dingtalk(services: Services, app: str, given: Mapping[str, Any]) -> Platform:
    settings = DingTalkSettings.model_validate(dict(given))
    public = services.settings.public_url.rstrip("/")
    address = f"{public}/callbacks/dingtalk/{app}" if public else ""
    given_out = services.attachments.get
    return DingTalkPlatform(settings, services.http, services.clock, app=app, attachment=given_out, address=address)


def _wecom(services: Services, app: str, given: Mapping[str, Any]) -> Platform:
    settings = WeComSettings.model_validate(dict(given))
    return WeComPlatform(settings, services.http, services.clock, app=app, attachment=services.attachments.get)


KINDS: Mapping[str, Callable[[Services, str, Mapping[str, Any]], Platform]] = {
    "feishu": _feishu,
    "dingtalk": _dingtalk,
    "wecom": _wecom,
}
"""How an app of each platform is made from its part of the settings."""
