from __future__ import annotations

import pytest

from transcription.names import brand, short_forms, trade_at


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("江南纺织", "江南"),
        ("上海申通阀门有限公司", "申通"),
        ("深圳市迈瑞生物科技有限公司", "迈瑞"),
        ("金色阳光幼儿园", "金色阳光"),
        ("蓝海（上海）软件有限公司", "蓝海"),
        ("乐购便利店二店", "乐购"),
        ("重庆医院", "重庆医院"),
    ],
)
def test_brand(name: str, short: str) -> None:
    assert brand(name) == short


def test_short_forms_hold_the_steps_between() -> None:
    assert {"申通阀门", "申通"} <= set(short_forms("上海申通阀门有限公司"))
    assert "乐购便利店" in short_forms("乐购便利店二店")


def test_trade_after_a_brand() -> None:
    assert trade_at("江南化工那边", 2) == "化工"
    assert trade_at("江南那边", 2) == ""
