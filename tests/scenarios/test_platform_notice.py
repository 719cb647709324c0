"""A platform that says it will suspend the app: whoever can do something about it hears it at once."""

from __future__ import annotations

from bot.platforms.base import Chat, Inbound, Kind
from tests.harness.team import Team


async def test_admins_hear_what_the_platform_says_about_the_app(team: Team) -> None:
    words, now = "应用长期无人使用，企业微信于 2026-03-12 将停用它", team.clock.now()
    notice = Inbound("wecom", "main", "notice-1", Kind.NOTICE, "", Chat(""), now, text=words)
    for _ in range(2):
        await team.app.runtime.sink(notice)
        await team.app.runtime.settle()
    team.admin.gets("企业微信", "2026-03-12 将停用它", "应用状态")
    team.nobody_else_heard_anything()
