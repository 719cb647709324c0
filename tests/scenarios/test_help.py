"""What can I do here? The commands of one's role, the menu, the greeting."""

from __future__ import annotations

from tests.harness.team import Team


async def test_everybody_sees_the_commands_they_may_use(team: Team) -> None:
    await team.rep.says("/help")
    team.rep.gets("你能用的命令", "/progress  填一张客户推进卡", "/help").lacks("/doctor", "/audit")
    await team.admin.says("帮助")
    team.admin.gets("你能用的命令", "/doctor", "/audit")
    team.nobody_else_heard_anything()


async def test_the_usage_of_one_command_hides_what_needs_an_admin(team: Team) -> None:
    await team.rep.says("/help sla")
    team.rep.gets("/sla", "/sla show").lacks("/sla set")
    await team.admin.says("/help /sla")
    team.admin.gets("/sla show", "/sla set 支持请求 6小时工作时间")
    await team.rep.says("/help progres")
    team.rep.gets("没有 /progres 这个命令。是不是 /progress？")
    team.nobody_else_heard_anything()


async def test_opening_the_chat_puts_the_usual_thing_one_press_away(team: Team) -> None:
    await team.rep.opens_chat()
    menu = team.rep.gets("李雷，你好，我是跟进", "宏达机械今天已报价")
    assert menu.buttons()[0] == "记推进"
    await team.rep.opens_chat()
    team.rep.heard_nothing()
    await team.rep.presses("记推进")
    team.rep.gets("客户推进", "今日关键动作")
    await team.manager.opens_chat()
    assert team.manager.gets("王主管，你好").buttons()[:2] == ["待我处理", "团队今天"]
    await team.tech.opens_chat()
    assert team.tech.gets("赵工，你好").buttons() == ["待我处理", "我的资料", "全部用法"]
    team.nobody_else_heard_anything()


async def test_the_menu_comes_when_asked_for(team: Team) -> None:
    await team.admin.says("菜单")
    assert team.admin.gets("常用", "改完马上生效").buttons()[0] == "运行状况"
    await team.admin.presses("全部用法")
    team.admin.gets("你能用的命令")
    team.nobody_else_heard_anything()


async def test_a_buttons_command_is_checked_like_a_typed_one(team: Team) -> None:
    await team.admin.says("菜单")
    team.admin.gets("常用")
    message, button = team.admin._button("运行状况", "")
    await team.rep.presses_button(message, button, {})
    team.rep.gets("这张卡片是发给别人的")
    team.nobody_else_heard_anything()
