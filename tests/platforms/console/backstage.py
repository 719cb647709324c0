"""Stand-ins for what the web chat wants from the rest of the product: attachments in memory, a small company, a clock to move."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.clock import VirtualClock
from bot.platforms.base import Inbound
from bot.platforms.console import ConsoleCommand, ConsoleGroup, ConsolePerson, Today, TodayLine
from cards.model import Tone

PEOPLE = (
    ConsolePerson("lilei", "李雷", "销售", "华东一组"),
    ConsolePerson("hanmei", "韩梅梅", "销售", "华东一组"),
    ConsolePerson("wang", "王主管", "主管", "华东一组"),
    ConsolePerson("chen", "陈总监", "总监", "华东大区"),
    ConsolePerson("zhao", "赵工", "流程负责人", "技术部"),
    ConsolePerson("admin", "周敏", "管理员", "运营"),
)

EAST_1 = ("lilei", "hanmei", "wang")

START = datetime(2026, 3, 11, 2, 10, tzinfo=UTC)
"""10:10 on Wednesday, 11 March 2026, in Shanghai."""

COMMANDS = (
    ConsoleCommand("/help", "我能做什么"),
    ConsoleCommand("/visit", "开始今日拜访"),
    ConsoleCommand("/progress", "记一次客户推进"),
    ConsoleCommand("/todo", "今天还差什么"),
    ConsoleCommand("/customer", "查一个客户"),
    ConsoleCommand("/form", "看和改表单"),
)


class MemoryAttachments:
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def put(self, content: bytes, *, name: str, mime: str) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        self.kept[sha256] = content
        return sha256

    async def get(self, sha256: str) -> bytes:
        return self.kept[sha256]


class Company:
    """Six people; the three of 华东一组 share a group."""

    async def people(self) -> Sequence[ConsolePerson]:
        return PEOPLE

    async def groups(self, user: str) -> Sequence[ConsoleGroup]:
        return [ConsoleGroup("east1", "华东一组")] if user in EAST_1 else []


@dataclass
class Watch:
    """The demo's clock, an hour at a time."""

    clock: VirtualClock

    def now(self) -> datetime:
        return self.clock.now()

    async def move(self, to: str) -> datetime:
        hours = {"+1h": 1, "18:00": 8, "next-8:30": 22, "friday-17:00": 55}
        if to not in hours:
            raise ValueError(to)
        self.clock.move_to(self.clock.now() + timedelta(hours=hours[to]))
        return self.clock.now()


@dataclass
class Sunk:
    """A sink that remembers. `failing` makes it refuse, as a full disk would."""

    messages: list[Inbound] = field(default_factory=list)
    failing: bool = False

    async def __call__(self, inbound: Inbound) -> bool:
        if self.failing:
            raise OSError("disk full")
        new = all(inbound.event_key != other.event_key for other in self.messages)
        if new:
            self.messages.append(inbound)
        return new


async def commands_for(user: str) -> Sequence[ConsoleCommand]:
    return COMMANDS if user == "admin" else COMMANDS[:-1]


async def today_for(user: str) -> Today | None:
    if user != "lilei":
        return None
    return Today(
        "今天还差 2 条",
        (
            TodayLine("宏达机械", "下次跟进时间", "待补", Tone.WARN),
            TodayLine("云帆软件", "拜访照片", "待验证", Tone.LATE),
            TodayLine("仁和医院", "李主任 · 明天 10:00", "已约", Tone.GOOD),
        ),
    )
