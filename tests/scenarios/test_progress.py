"""A rep says what happened; it becomes a record."""

from __future__ import annotations

from tests.harness.team import Team

SAID = "宏达机械今天已报价，客户嫌价格高，竞品压价，希望总监帮忙申请特价"


async def test_a_sentence_becomes_a_record_after_a_nod(team: Team) -> None:
    await team.rep.says(SAID)
    draft = team.rep.gets("这样记，对吗？")
    assert draft.field("action").value == "已报价"
    assert draft.field("obstacle").value == "竞品压价"
    assert "特价" in draft.field("support").value
    await team.rep.presses("确认")
    team.rep.sees("已记下 · 宏达机械 · 已报价", "竞品压价", "王主管")
    team.manager.gets("支持请求 · 李雷 · 宏达机械", "今天 15:30 前答复", "还剩 4 小时工作时间")
    team.nobody_else_heard_anything()
