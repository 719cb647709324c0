"""When a team's digest comes and where to; live at once."""

from __future__ import annotations

import pytest

from storage import people
from storage.tables import Team as TeamRow
from tests.harness.team import Team


async def test_a_superior_moves_the_digest_of_their_own_team(company: Team) -> None:
    team = company
    await team.manager.says("/digest")
    card = team.manager.gets("群摘要 · 华东一组", "发到 华东一组", "群日报 每个工作日 18:30 今天 18:30")
    card.shows("群周报 每周五 17:00 周五 17:00")
    assert card.buttons() == ["现在发一次日报"]
    await team.manager.says("/digest time 10：30")
    team.manager.gets("群日报改到 10:30（原来 18:30），马上生效", "每个工作日 10:30 今天 10:30")
    await team.clock.to("10:31")
    team.group_gets("华东一组 · 今日 3月11日")
    await team.manager.says("/digest time 周报 16点")
    team.manager.gets("群周报改到 16:00", "每周五 16:00 周五 16:00", "群日报 每个工作日 10:30 明天 10:30")
    team.nobody_else_heard_anything()


async def test_a_digest_is_switched_off_and_on(team: Team) -> None:
    await team.manager.says("/digest off")
    team.manager.gets("群日报已关闭", "群日报 已关闭 -", "群周报 每周五 17:00")
    await team.manager.says("/digest show")
    team.manager.gets("群日报 已关闭 -")
    await team.manager.says("/digest off")
    team.manager.gets("群日报本来就关着")
    await team.manager.says("/digest on")
    team.manager.gets("群日报已打开，18:30 发", "今天 18:30")
    await team.manager.says("/digest show")
    team.manager.gets("今天 18:30")
    await team.manager.says("/digest on 周报")
    team.manager.gets("群周报本来就开着")
    team.nobody_else_heard_anything()


async def test_now_posts_to_the_groups(team: Team) -> None:
    await team.manager.says("/digest show")
    team.manager.gets("群摘要")
    await team.manager.presses("现在发一次日报")
    team.group_gets("华东一组 · 今日 3月11日")
    team.manager.gets("已把今天的日报发到 华东一组")
    team.nobody_else_heard_anything()


async def test_a_group_is_bound_and_let_go(company: Team) -> None:
    team = company
    await team.manager.says("/digest group")
    team.manager.gets("这个用法要在群里发")
    await team.manager.says("@跟进 /digest group", group=True)
    team.group_gets("本来就收华东一组的摘要")
    await team.manager.says("@跟进 /digest group off", group=True)
    team.group_gets("华东一组的摘要不再发到这个群")
    await team.manager.says("/digest now")
    team.manager.gets("华东一组还没有群可以发")
    await team.manager.says("/digest")
    assert team.manager.gets("还没有群可以发").buttons() == []
    await team.manager.says("@跟进 /digest group", group=True)
    team.group_gets("华东一组的摘要以后发到这个群，下一次 今天 18:30")
    team.nobody_else_heard_anything()


async def test_whose_team_it_is(team: Team) -> None:
    async with team.app.services.db.write() as tx:
        tx.add(TeamRow(name="华西一组"))
    await team.rep.says("/digest time 18:45")
    team.rep.gets("需要主管以上权限")
    await team.manager.says("/digest time 18:45 华西一组")
    team.manager.gets("华西一组不是你的团队", "你能管的：华东一组")
    await team.admin.says("/digest off")
    team.admin.gets("请写是哪个团队", "华东一组、华西一组")
    await team.admin.says("/digest off 华西一组")
    team.admin.gets("群摘要 · 华西一组", "群日报已关闭")
    async with team.app.services.db.read() as tx:
        assert len(await people.teams(tx)) == 2
    team.nobody_else_heard_anything()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("time 25:00", "看不懂时间「25:00」"),
        ("time 傍晚", "看不懂时间「傍晚」"),
        ("time 03:00", "6:00 到 23:00 之间"),
        ("time 18:30", "本来就是 18:30"),
        ("time", "/digest time 18:45"),
        ("sing", "没有「sing」这个用法"),
    ],
)
async def test_what_cannot_be_set(team: Team, words: str, answer: str) -> None:
    await team.manager.says(f"/digest {words}")
    team.manager.gets(answer)
    team.nobody_else_heard_anything()
