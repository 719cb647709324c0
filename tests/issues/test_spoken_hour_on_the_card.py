"""A moment that was said stood on the web card as an empty field: it was written with its zone, which no field takes."""

from __future__ import annotations

from tests.harness.team import Team


async def test_the_hour_that_was_said_stands_in_the_field(team: Team) -> None:
    await team.rep.says("宏达机械今天已报价，下周三下午三点再跟进")
    draft = team.rep.gets("这样记，对吗？")
    assert draft.field("next_at").value == "2026-03-18T15:00"
    await team.rep.presses("确认")
    team.rep.sees("已记下 · 宏达机械 · 已报价", "下周三 15:00")


async def test_a_day_without_an_hour_stands_in_it_too(team: Team) -> None:
    await team.rep.says("宏达机械今天已报价，下周三再跟进")
    assert team.rep.gets("这样记，对吗？").field("next_at").value == "2026-03-18T09:00"
