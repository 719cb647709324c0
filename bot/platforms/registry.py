"""The platforms of an installation, from its settings. The web chat is always there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from pydantic import SecretStr

from bot.platforms.base import Platform
from bot.platforms.console import ConsolePlatform
from bot.platforms.console.ports import CommandsFor, TimeMachine, TodayFor
from bot.platforms.console.settings import ConsoleSettings
from bot.roster import PeopleRoster
from bot.services import Services
from config.settings import Settings


@dataclass(frozen=True, slots=True)
class ConsoleExtras:
    """What only the web chat can show."""

    title: str = "跟进"
    time_machine: TimeMachine | None = None
    commands: CommandsFor | None = None
    today: TodayFor | None = None


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
    """The apps of the IM platforms the settings name. Raises ValueError (pydantic's) naming what is wrong."""
    return []
