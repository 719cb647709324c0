"""A day's rhythm: morning list, evening gaps, digests. Only on Chinese working days."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.harness.fixtures import open_team
from tests.harness.team import Team


async def promised(team: Team, said: str) -> None:
    await team.rep.says(said)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.sees("已记下")


async def quiet_evening(team: Team) -> None:
    """The rest of a day on which everybody did what they had to."""
    await team.clock.to("20:30")
    team.group_gets("华东一组 · 今日")


async def test_morning_card_has_promises_first_then_the_longest_silence(team: Team) -> None:
    await promised(team, "宏达机械今天已报价，明天上午十点再跟进")
    await quiet_evening(team)
    await team.clock.to("08:31", days=8)
    mornings = [team.rep.gets("3月12日 周四"), team.rep.gets("3月13日 周五"), team.rep.gets("3月16日 周一")]
    mornings[0].shows("宏达机械", "今天 10:00 跟进")
    last = team.rep.sees("3月19日 周四 · 今天").shows("华联超市", "该联系了", "8 天前 ⚠", "超过 7 天没联系")
    assert last.buttons() == ["开始拜访", "记一条推进"]


async def test_evening_card_names_what_is_missing_and_goes_to_the_superior_when_still_open(team: Team) -> None:
    await promised(team, "宏达机械今天已报价，下午三点再跟进")
    await team.clock.to("18:01")
    team.rep.gets("今天还差 1 条", "宏达机械：约好今天 15:00，还没有记录", "记 · 宏达机械", "改到明早 · 宏达机械")
    team.nobody_else_heard_anything()
    await team.clock.to("20:01")
    team.group_gets("华东一组 · 今日 3月11日", "李雷 1（上个工作日 0）")
    team.manager.gets("日清 · 还有 1 人没补齐", "李雷", "宏达机械约好今天 15:00")
    team.nobody_else_heard_anything()


async def test_a_record_in_time_keeps_the_evening_quiet(team: Team) -> None:
    await promised(team, "宏达机械今天已报价，下午三点再跟进")
    await team.clock.to("15:30")
    await promised(team, "宏达机械样品已经寄出了")
    await quiet_evening(team)
    team.nobody_else_heard_anything()


async def test_postponing_moves_it_to_the_next_morning(team: Team) -> None:
    await promised(team, "宏达机械今天已报价，下午三点再跟进")
    await team.clock.to("18:01")
    team.rep.gets("今天还差 1 条")
    await team.rep.presses("改到明早 · 宏达机械")
    team.rep.gets("好，宏达机械改到明天 09:00")
    await quiet_evening(team)
    await team.clock.to("08:31", days=1)
    team.rep.gets("3月12日 周四", "宏达机械", "今天 09:00 跟进")
    team.other_rep.gets("3月12日 周四")
    team.nobody_else_heard_anything()


async def test_nothing_is_pushed_on_a_holiday_and_everything_on_a_make_up_workday(tmp_path: Path) -> None:
    saturday = datetime(2026, 5, 2, 2, 0, tzinfo=UTC)  # in the Labour Day holidays, until Tuesday 5 May
    team = await open_team(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'genjin.db'}", start=saturday)
    await team.clock.to("23:00", days=3)
    team.nobody_else_heard_anything()
    await team.clock.to("08:31", days=4)  # Saturday 9 May 2026 is worked
    team.rep.gets("5月9日 周六")
    await team.app.close()


async def test_friday_has_a_weekly_digest_at_five(team: Team) -> None:
    await promised(team, "宏达机械今天已报价，竞品压价")
    await team.clock.to("17:01", days=2)
    team.group_gets("华东一组 · 本周 3月9日–3月13日", "共记 1 条推进（上周 0 条）")
