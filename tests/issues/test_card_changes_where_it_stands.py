"""Somebody moves to another platform: a card they got before stands on the first one, and changes there.

It was changed by way of the app used last, with the receipt of another platform.
"""

from __future__ import annotations

from tests.harness.team import Team

SAID = "宏达机械今天已报价，竞品压价，希望总监帮忙申请特价"


async def test_a_card_is_changed_on_the_platform_it_was_sent_to(on_two: tuple[Team, Team]) -> None:
    ding, feishu = on_two
    await ding.rep.says(SAID)
    ding.rep.gets("这样记，对吗？")
    await ding.rep.presses("确认")
    ding.rep.sees("已记下 · 宏达机械")
    ding.manager.gets("支持请求 · 李雷 · 宏达机械")

    await ding.clock.forward(minutes=5)
    await feishu.rep.says("/me")
    feishu.rep.gets("李雷")
    await ding.manager.presses("已协调")

    ding.rep.sees("已记下 · 宏达机械", "已协调")
    feishu.rep.gets("已协调")
    feishu.nobody_else_heard_anything()
