"""Changing a step's clock."""

from __future__ import annotations

import pytest

from rules.calendar import BusinessCalendar
from rules.durations import parse_limit
from rules.flow_definition import FlowDef
from rules.limits import BadLimit, clocked, with_limit, with_reminders

CALENDAR = BusinessCalendar()
FLOW = FlowDef.from_dict(
    {
        "name": "support",
        "title": "支持请求",
        "version": 4,
        "steps": [
            {
                "name": "reply",
                "title": "答复",
                "owner": "superior(reporter)",
                "limit": "4小时工作时间",
                "reminders": ["1小时工作时间"],
                "ladder": [{"after": "到期", "to": "superior(owner)"}],
            },
            {"name": "close", "title": "收尾", "owner": "reporter"},
        ],
    }
)


def test_a_new_limit_is_the_next_version_and_nothing_else() -> None:
    changed = with_limit(FLOW, "reply", parse_limit("6小时工作时间"), CALENDAR)
    assert (changed.version, str(changed.step("reply").limit)) == (5, "6小时工作时间")
    assert changed.step("reply").ladder == FLOW.step("reply").ladder
    assert changed.step("close") == FLOW.step("close")
    assert str(FLOW.step("reply").limit) == "4小时工作时间"


def test_reminders_are_kept_the_earliest_first() -> None:
    limits = [parse_limit("30分钟工作时间"), parse_limit("2小时工作时间")]
    changed = with_reminders(FLOW, "reply", limits, CALENDAR)
    assert [str(one) for one in changed.step("reply").reminders] == ["2小时工作时间", "30分钟工作时间"]
    assert with_reminders(FLOW, "reply", [], CALENDAR).step("reply").reminders == ()


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ("4小时工作时间", "本来就是"),
        ("60天", "最长 60 天"),
        ("1小时工作时间", "不比提前 1小时工作时间 的提醒长"),
        ("30分钟", "先改提醒"),
    ],
)
def test_limits_that_make_no_sense(limit: str, reason: str) -> None:
    with pytest.raises(BadLimit, match=reason):
        with_limit(FLOW, "reply", parse_limit(limit), CALENDAR)


def test_reminders_that_make_no_sense() -> None:
    with pytest.raises(BadLimit, match="不比提前"):
        with_reminders(FLOW, "reply", [parse_limit("1个工作日")], CALENDAR)
    with pytest.raises(BadLimit, match="没有时限"):
        with_reminders(FLOW, "close", [parse_limit("1小时")], CALENDAR)
    with pytest.raises(BadLimit, match="本来就是这样"):
        with_reminders(FLOW, "reply", [parse_limit("1小时工作时间")], CALENDAR)


def test_only_steps_with_a_limit_have_a_clock() -> None:
    assert [step.name for step in clocked(FLOW)] == ["reply"]
