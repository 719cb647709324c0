from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.flow import (
    Answered,
    Decisions,
    FlowState,
    NotOpen,
    Supplied,
    Tell,
    Withdrawn,
    begin,
    decide,
)
from rules.flow_definition import BadFlow, FlowDef

REPLY = FlowDef.from_dict(
    {
        "name": "reply",
        "title": "上级答复",
        "steps": [
            {
                "name": "reply",
                "title": "答复",
                "owner": "superior(reporter)",
                "limit": "4小时工作时间",
                "choices": [
                    {"name": "settled", "label": "已协调"},
                    {"name": "more", "label": "需更多信息", "outcome": "pause", "note": True},
                    {"name": "no", "label": "不支持", "outcome": "reject"},
                ],
            }
        ],
    }
)
CONTRACT = FlowDef.from_dict(
    {
        "name": "contract",
        "title": "合同评审",
        "steps": [
            {"name": "draft", "title": "起草", "owner": "reporter"},
            {
                "name": "legal",
                "title": "法务",
                "owners": ["person:1", "person:2"],
                "mode": "all",
                "choices": [
                    {"name": "ok", "label": "通过"},
                    {"name": "back", "label": "退回", "outcome": "goto:draft"},
                    {"name": "no", "label": "否决", "outcome": "reject"},
                ],
            },
            {"name": "finance", "title": "财务", "owner": "role:财务", "after": ["draft"], "when": "金额 > 50000"},
            {"name": "sign", "title": "签约", "owner": "reporter", "after": ["legal", "finance"]},
        ],
    }
)


def run(flow: FlowDef, payload: dict[str, Any], *events: Answered | Supplied | Withdrawn) -> Decisions:
    decisions = begin(flow, payload)
    for event in events:
        state = decisions.state
        if "legal" in decisions.open:
            state = state.with_owners("legal", ["1", "2"])
        decisions = decide(flow, state, event)
    return decisions


def test_a_support_request_opens_the_superiors_step() -> None:
    begun = begin(REPLY, {"需支持事项": "特价"})
    assert begun.open == ("reply",)
    assert begun.tell == (Tell("owner", "opened", "reply"),)
    assert begun.finished is None


def test_an_answer_finishes_it_and_tells_the_reporter() -> None:
    decisions = run(REPLY, {}, Answered("reply", "settled", "王主管", {"说明": "批 5%"}))
    assert (decisions.close, decisions.finished) == (("reply",), "done")
    assert decisions.tell == (Tell("reporter", "answered", "reply"), Tell("reporter", "finished"))
    assert decisions.state.payload == {"说明": "批 5%"}
    assert decisions.state.step("reply").answers == {"王主管": "settled"}


def test_asking_for_more_pauses_until_the_reporter_adds_it() -> None:
    asked = run(REPLY, {}, Answered("reply", "more", "王主管"))
    assert (asked.pause, asked.close, asked.finished) == (("reply",), (), None)
    assert asked.tell == (Tell("reporter", "asked", "reply"),)
    with pytest.raises(NotOpen, match="在等补充信息"):
        decide(REPLY, asked.state, Answered("reply", "settled", "王主管"))

    supplied = decide(REPLY, asked.state, Supplied("reply", "李雷", {"报价": "12万"}))
    assert supplied.resume == ("reply",)
    assert supplied.tell == (Tell("owner", "supplied", "reply"),)
    assert decide(REPLY, supplied.state, Answered("reply", "settled", "王主管")).finished == "done"
    with pytest.raises(NotOpen, match="没有在等补充"):
        decide(REPLY, supplied.state, Supplied("reply", "李雷"))


def test_a_refusal_ends_the_flow() -> None:
    decisions = run(REPLY, {}, Answered("reply", "no", "王主管"))
    assert (decisions.close, decisions.finished) == (("reply",), "rejected")
    assert decisions.tell == (Tell("reporter", "rejected", "reply"),)


def test_a_withdrawal_calls_off_what_is_open() -> None:
    decisions = run(CONTRACT, {"金额": 80000}, Answered("draft", "done", "李雷"), Withdrawn("李雷"))
    assert (decisions.close, decisions.finished) == (("legal", "finance"), "cancelled")
    assert decisions.tell == (Tell("owner", "called_off", "legal"), Tell("owner", "called_off", "finance"))
    with pytest.raises(NotOpen, match="已经结束"):
        decide(CONTRACT, decisions.state, Withdrawn("李雷"))


def test_branches_open_together_and_join() -> None:
    drafted = run(CONTRACT, {"金额": 80000}, Answered("draft", "done", "李雷"))
    assert drafted.open == ("legal", "finance")
    one = run(CONTRACT, {"金额": 80000}, Answered("draft", "done", "李雷"), Answered("finance", "done", "9"))
    assert one.open == ()
    assert one.state.live() == ("legal",)


def test_a_step_whose_guard_fails_is_skipped() -> None:
    drafted = run(CONTRACT, {}, Answered("draft", "done", "李雷", {"金额": "3000"}))
    assert drafted.open == ("legal",)
    assert drafted.state.step("finance").status == "skipped"


def test_all_owners_have_to_agree_and_a_substitute_may_speak_for_one() -> None:
    first = run(CONTRACT, {}, Answered("draft", "done", "李雷"), Answered("legal", "ok", "1"))
    assert (first.close, first.tell) == ((), (Tell("reporter", "answered_in_part", "legal"),))
    stranger = decide(CONTRACT, first.state, Answered("legal", "ok", "7"))
    assert stranger.close == ()
    second = decide(CONTRACT, first.state, Answered("legal", "ok", "7", owner="2"))
    assert (second.close, second.open) == (("legal",), ("sign",))


def test_all_owners_must_be_known_before_anybody_can_settle_it() -> None:
    opened = decide(CONTRACT, begin(CONTRACT, {}).state, Answered("draft", "done", "李雷")).state
    with pytest.raises(NotOpen, match="负责人还没有确定；请管理员检查 person:1、person:2"):
        decide(CONTRACT, opened, Answered("legal", "ok", "1"))


def test_sending_back_starts_the_next_round_and_calls_off_the_other_branch() -> None:
    sent_back = run(CONTRACT, {"金额": 80000}, Answered("draft", "done", "李雷"), Answered("legal", "back", "1"))
    assert sent_back.open == ("draft",)
    assert sent_back.close == ("legal", "finance")
    assert sent_back.tell == (
        Tell("reporter", "sent_back", "draft"),
        Tell("owner", "called_off", "finance"),
        Tell("owner", "opened", "draft"),
    )
    state = sent_back.state
    assert [(step.status, step.round) for step in state.steps] == [
        ("open", 2),
        ("waiting", 2),
        ("waiting", 2),
        ("waiting", 1),
    ]
    assert state.step("legal").answers == {}


def test_a_flow_without_needed_steps_is_done_at_once() -> None:
    flow = FlowDef.from_dict({"name": "f", "steps": [{"name": "a", "owner": "reporter", "when": "金额 > 5"}]})
    assert begin(flow, {}).finished == "done"


def test_unknown_steps_and_choices_are_refused() -> None:
    state = begin(REPLY, {}).state
    with pytest.raises(NotOpen, match="没有步骤「x」"):
        decide(REPLY, state, Answered("x", "settled", "王主管"))
    with pytest.raises(BadFlow, match="没有选项「x」"):
        decide(REPLY, state, Answered("reply", "x", "王主管"))
    with pytest.raises(NotOpen, match="还没轮到"):
        decide(CONTRACT, begin(CONTRACT, {}).state, Answered("sign", "done", "李雷"))


actions = st.lists(
    st.one_of(
        st.builds(
            Answered,
            st.sampled_from(["draft", "legal", "finance", "sign"]),
            st.sampled_from(["done", "ok", "back", "no"]),
            st.sampled_from(["1", "2", "9"]),
            st.sampled_from([{}, {"金额": 1}, {"金额": 60000}]),
        ),
        st.builds(Supplied, st.sampled_from(["draft", "legal"]), st.just("9")),
    ),
    max_size=30,
)


@given(actions)
def test_a_running_flow_always_waits_for_somebody(events: list[Answered | Supplied]) -> None:
    decisions = begin(CONTRACT, {})
    running = set(decisions.open)
    for event in events:
        if decisions.finished:
            break
        state = decisions.state
        if "legal" in decisions.open:
            state = state.with_owners("legal", ["1", "2"])
        try:
            decisions = decide(CONTRACT, state, event)
        except (NotOpen, BadFlow):
            continue
        running = (running - set(decisions.close)) | set(decisions.open)
        assert running == set(decisions.state.live())
        assert bool(running) is (decisions.finished is None)
        assert FlowState.from_dict(json.loads(json.dumps(decisions.state.to_dict()))) == decisions.state
