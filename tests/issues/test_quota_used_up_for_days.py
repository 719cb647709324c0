"""A used-up quota or a wrong secret lasts longer than twelve tries: pushes were given up after two hours, and lost."""

from __future__ import annotations

from bot.errors import Credentials, RetryAfter
from tests.harness.team import Team

SAID = "宏达机械今天已报价，竞品压价"
A_DAY = 24 * 6 + 20
"""Tries of a day and more, ten minutes apart at the most."""


async def test_what_could_not_go_out_for_a_day_goes_out_when_the_admin_has_mended_it(team: Team) -> None:
    team.platform.client.fail_next = [Credentials("额度用完了")] * A_DAY
    await team.rep.says(SAID)
    await team.clock.forward(hours=26)
    team.rep.gets("这样记，对吗？").shows("已报价", "竞品压价")


async def test_a_platform_that_is_away_for_a_day_gets_everything_afterwards(team: Team) -> None:
    team.platform.client.fail_next = [RetryAfter("away")] * A_DAY
    await team.rep.says(SAID)
    await team.clock.forward(hours=27)
    team.rep.gets("这样记，对吗？")


async def test_a_defect_of_ours_is_given_up_so_that_the_next_push_gets_through(team: Team) -> None:
    team.platform.client.fail_next = [KeyError("a defect")] * 12
    await team.rep.says(SAID)
    await team.clock.forward(hours=3)
    await team.rep.says("/me")
    team.rep.gets("李雷")
