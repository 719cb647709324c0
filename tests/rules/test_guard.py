from __future__ import annotations

from typing import Any

import pytest

from rules.guard import BadGuard, Guard, parse_guard


@pytest.mark.parametrize(
    ("text", "payload", "holds"),
    [
        ("金额 > 50000", {"金额": "50000.01"}, True),
        ("金额 > 50000", {"金额": 9000}, False),
        ("金额>=50000", {"金额": 50000}, True),
        ("金额 <= 50000", {"金额": 50001}, False),
        ("金额 = 50000", {"金额": "50000.00"}, True),
        ("金额 > 50000", {}, False),
        ("可行性 = 红", {"可行性": "红"}, True),
        ("可行性 != 红", {"可行性": "黄"}, True),
        ("可行性 ≠ 红", {}, True),
        ("附件 不为空", {"附件": []}, False),
        ("附件 不为空", {"附件": [3]}, True),
        ("附件 为空", {"附件": ""}, True),
        ("附件 为空", {"附件": 0}, False),
        ("类型 属于 定制开发、服务升级", {"类型": "服务升级"}, True),
        ("类型 属于 定制开发、服务升级", {"类型": "产品功能"}, False),
        ("类型 = 定制开发", {"类型": ["产品功能", "定制开发"]}, True),
        ("加急 = 是", {"加急": True}, True),
        ("日期 < 2026-03-18", {"日期": "2026-03-09"}, True),
        ("编号 = NaN", {"编号": "NaN"}, True),
    ],
)
def test_guards(text: str, payload: dict[str, Any], holds: bool) -> None:
    guard = parse_guard(text)
    assert guard.holds(payload) is holds
    assert parse_guard(str(guard)) == guard


@pytest.mark.parametrize("text", ["", "金额", "金额 大约 5", "金额 >", "附件 不为空 3", "> 5"])
def test_what_is_no_condition_is_refused_with_examples(text: str) -> None:
    with pytest.raises(BadGuard, match="金额 > 50000"):
        parse_guard(text)


def test_ascii_operators_become_the_canonical_ones() -> None:
    assert parse_guard("金额>=5") == Guard("金额", "≥", "5")
