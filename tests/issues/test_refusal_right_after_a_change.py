"""The first message after an admin's change is refused: what was read for it must still hold for the next one.

The catalogue keeps the rows it read; a refusal rolls their transaction back, which empties them.
"""

from __future__ import annotations

from tests.harness.team import Team


async def test_a_refusal_right_after_a_change_breaks_nothing(team: Team) -> None:
    await team.manager.says("/digest off")
    team.manager.gets("群日报已关闭")
    await team.manager.says("/digest off")
    team.manager.gets("群日报本来就关着")
    await team.manager.says("/digest on")
    team.manager.gets("群日报已打开")
