from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from rules.durations import BadDuration, Limit
from rules.flow_definition import BadFlow, Choice, FlowDef

SAMPLE: dict[str, Any] = {
    "name": "sample",
    "title": "样机申请",
    "version": 3,
    "steps": [
        {
            "name": "tech",
            "title": "技术部",
            "owner": "role:技术部",
            "limit": "2小时工作时间",
            "reminders": ["30分钟"],
            "ladder": [{"after": "到期", "to": "superior(owner)", "text": "late"}, {"after": "1天", "to": "role:物流"}],
            "choices": [
                {"name": "provided", "label": "已提供", "style": "primary"},
                {"name": "more", "label": "需补充资料", "outcome": "pause", "form": "missing", "note": True},
            ],
        },
        {"name": "ship", "title": "物流", "owners": ["role:物流", "person:老周"], "mode": "all", "when": "资料 不为空"},
        {"name": "papers", "title": "单据", "owner": "reporter", "after": []},
        {
            "name": "confirm",
            "title": "销售确认",
            "owner": "reporter",
            "after": ["ship", "papers"],
            "limit": "1小时",
            "choices": [{"name": "back", "label": "退回", "outcome": "goto:ship"}, {"name": "done", "label": "收到"}],
        },
    ],
}


def changed(step: int, **edits: Any) -> dict[str, Any]:
    steps = [dict(plain) for plain in SAMPLE["steps"]]
    steps[step] |= edits
    return SAMPLE | {"steps": steps}


def test_a_pack_is_read_and_written_back() -> None:
    flow = FlowDef.from_dict(SAMPLE)
    tech, ship, _, confirm = flow.steps
    assert tech.owners == ("role:技术部",)
    assert tech.limit == Limit(timedelta(hours=2), working=True)
    assert [(rung.after, rung.to) for rung in tech.ladder] == [
        (Limit(), "superior(owner)"),
        (Limit(timedelta(days=1)), "role:物流"),
    ]
    assert tech.choice("more") == Choice("more", "需补充资料", "pause", "missing", True)
    assert confirm.choice("back").target == "ship"
    assert ship.choice("done").outcome == "done"
    assert FlowDef.from_dict(json.loads(json.dumps(flow.to_dict()))) == flow


def test_order_comes_from_the_list_unless_said_otherwise() -> None:
    flow = FlowDef.from_dict(SAMPLE)
    assert [flow.prerequisites(step.name) for step in flow.steps] == [(), ("tech",), (), ("ship", "papers")]
    assert flow.downstream("tech") == {"ship", "confirm"}
    assert flow.downstream("confirm") == frozenset()


@pytest.mark.parametrize(
    ("plain", "says"),
    [
        (SAMPLE | {"steps": []}, "没有步骤"),
        (SAMPLE | {"stepz": []}, "流程里不认识「stepz」；可用：name、title、version、steps"),
        (changed(0, limits="2小时"), "步骤里不认识「limits」"),
        (changed(0, owner=""), "「技术部」没有负责人"),
        (changed(0, limit=None), "却没有时限"),
        (changed(0, ladder=[{"after": "1天"}]), "升级缺少「to」"),
        (changed(1, mode="most"), "mode 是「most」"),
        (changed(1, name="tech"), "「tech」出现了两次"),
        (changed(1, after=["legal"]), "没有的步骤「legal」；现有：tech、ship、papers、confirm"),
        (changed(2, after=["confirm"]), "互相等待"),
        (changed(0, choices=[{"name": "a", "outcome": "goto:x"}]), "没有的步骤「x」"),
        (changed(0, choices=[{"name": "a", "outcome": "ok"}]), "结果是「ok」；可用：done、pause、reject、goto"),
        (changed(0, choices=[{"name": "a"}, {"name": "a"}]), "选项「a」出现了两次"),
        (changed(0, choices=[{"label": "a"}]), "选项缺少「name」"),
    ],
)
def test_a_flow_that_could_not_run_is_refused(plain: dict[str, Any], says: str) -> None:
    with pytest.raises(BadFlow, match=says):
        FlowDef.from_dict(plain)


def test_an_unreadable_limit_is_refused() -> None:
    with pytest.raises(BadDuration, match="尽快"):
        FlowDef.from_dict(changed(0, limit="尽快"))


def test_unknown_names_list_what_exists() -> None:
    flow = FlowDef.from_dict(SAMPLE)
    with pytest.raises(BadFlow, match="没有步骤「legal」；现有：tech、ship"):
        flow.step("legal")
    with pytest.raises(BadFlow, match="没有选项「yes」；现有：provided、more"):
        flow.step("tech").choice("yes")
    with pytest.raises(BadFlow, match="没有步骤「legal」"):
        flow.prerequisites("legal")
