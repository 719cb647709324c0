"""A rep asks for support; the superior's clock runs, pauses, is chased, and goes one level up."""

from __future__ import annotations

from tests.harness.team import Team

SAID = "宏达机械今天已报价，客户嫌价格高，竞品压价，希望总监帮忙申请特价"
REQUEST = "支持请求 · 李雷 · 宏达机械"


async def asked(team: Team) -> None:
    """10:00: 李雷 has filed a report that asks for support; 王主管 has until 15:30 (lunch does not count)."""
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认")
    team.rep.sees("已记下")
    team.manager.gets(REQUEST, "今天 15:30 前答复")


async def test_superior_who_stays_silent_is_reminded_then_escalated(team: Team) -> None:
    await asked(team)
    await team.clock.to("14:31")
    team.manager.gets(REQUEST, "快到时间了", "还剩 1 小时工作时间", "到时会通知陈总监")
    team.nobody_else_heard_anything()

    await team.clock.to("15:31")
    team.manager.gets(REQUEST, "已超时", "陈总监")
    team.director.gets(REQUEST, "已超时，升级到你", "王主管")
    team.rep.sees("已记下", "王主管 今天 15:30 前答复，已超时", "陈总监 已通知")
    team.nobody_else_heard_anything()


async def test_an_answer_reaches_the_rep_and_stops_the_clock(team: Team) -> None:
    await asked(team)
    await team.clock.forward(minutes=30)
    await team.manager.presses("已协调", note="特价 9.2 折，周五前有效")
    team.manager.sees(REQUEST, "王主管已协调").lacks("需更多信息")
    team.rep.gets(REQUEST, "王主管已协调", "特价 9.2 折，周五前有效")
    team.rep.finds("已记下", "已协调 今天 10:30")
    team.nobody_else_heard_anything()
    await team.clock.to("09:00", days=1)
    team.director.heard_nothing()


async def test_asking_for_more_pauses_the_clock_until_the_rep_adds_it(team: Team) -> None:
    await asked(team)
    await team.clock.forward(hours=1)
    await team.manager.presses("需更多信息", note="竞品报了多少？")
    team.rep.gets(REQUEST, "需要补充信息", "竞品报了多少？", "计时已暂停")
    team.manager.sees(REQUEST, "等补充信息")

    await team.clock.to("17:00")
    team.nobody_else_heard_anything()

    await team.rep.presses("补充好了", more="博创报 11.8 万，含三年保修")
    team.manager.gets(REQUEST, "已补充", "博创报 11.8 万", "明天 11:00 前答复")
    team.rep.sees(REQUEST, "王主管 明天 11:00 前答复")


async def test_support_text_of_51_characters_is_refused_with_everything_kept(team: Team) -> None:
    await team.rep.says(SAID)
    team.rep.gets("这样记，对吗？")
    await team.rep.presses("确认", support="请" * 51)
    card = team.rep.sees("还差一点", "最多 50 个字，现在 51 个，请删去 1 个")
    assert card.field("support").value == "请" * 51
    assert card.field("obstacle").value == "竞品压价"
    await team.rep.presses("确认", support="请" * 50)
    team.rep.sees("已记下 · 宏达机械")
    team.manager.gets(REQUEST)
    team.nobody_else_heard_anything()


async def test_undo_within_ten_minutes_takes_the_request_back(team: Team) -> None:
    await asked(team)
    await team.clock.forward(minutes=9)
    await team.rep.presses("撤销")
    team.rep.sees("已撤销 · 宏达机械")
    team.manager.gets(REQUEST, "已撤回")
    await team.clock.to("16:00")
    team.nobody_else_heard_anything()


async def test_undo_after_ten_minutes_says_why_not(team: Team) -> None:
    await asked(team)
    await team.clock.forward(minutes=11)
    await team.rep.says("/undo")
    team.rep.gets("已经超过可以撤销的时间")
    team.nobody_else_heard_anything()


async def test_somebody_elses_card_does_nothing(team: Team) -> None:
    await asked(team)
    message, button = team.manager._button("已协调", "")
    await team.other_rep.presses_button(message, button, {})
    team.other_rep.gets("这张卡片是发给别人的")
    team.nobody_else_heard_anything()


async def test_a_card_of_last_week_says_what_became_of_it(team: Team) -> None:
    await asked(team)
    message, button = team.manager._button("已协调", "")
    await team.manager.presses_button(message, button, {})
    team.rep.gets(REQUEST, "王主管已协调")
    await team.clock.forward(days=7)
    team.everybody_has_read()
    await team.manager.presses_button(message, button, {})
    team.manager.gets("这件事已经处理完了（王主管 3月11日 10:00）")
    team.nobody_else_heard_anything()
