"""The built-in web chat: a platform like the others, with its own message store and page."""

from __future__ import annotations

from bot.platforms.console.client import ConsoleClient
from bot.platforms.console.platform import ConsolePlatform
from bot.platforms.console.ports import (
    Attachments,
    ConsoleCommand,
    ConsoleGroup,
    ConsolePerson,
    Roster,
    TimeMachine,
    Today,
    TodayLine,
)
from bot.platforms.console.settings import ConsoleSettings

__all__ = [
    "Attachments",
    "ConsoleClient",
    "ConsoleCommand",
    "ConsoleGroup",
    "ConsolePerson",
    "ConsolePlatform",
    "ConsoleSettings",
    "Roster",
    "TimeMachine",
    "Today",
    "TodayLine",
]
