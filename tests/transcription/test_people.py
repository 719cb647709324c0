from __future__ import annotations

import pytest

from tests.transcription.conftest import records
from transcription.lexicon import Lexicon
from transcription.people import people


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("王经理说可以", ["王经理"]),
        ("见了欧阳总", ["欧阳总"]),
        ("张总在微信上说", ["张总"]),
        ("王建国主任同意", ["王建国主任"]),
        ("老李没回，小王接的", ["老李", "小王"]),
        ("采购部的张敏说太贵", ["张敏"]),
        ("吴处说了再看", ["吴处"]),
        ("跟Linda聊了", ["Linda"]),
        ("向总监申请特价", []),
        ("总经理不在", []),
        ("已完成工作", []),
        ("张总监和产品经理", ["张总监"]),
        ("陈列主管缺货", []),
        ("老客户老师傅", []),
        ("汽车总部", []),
    ],
)
def test_people(text: str, names: list[str]) -> None:
    assert [one.name for one in people(text, text)] == names


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("江南纺织的周厂长没意见", "周厂长"),
        ("江南纺织报价太高，请王总监帮忙申请特价", None),
        ("江南纺织请帮我约一下周总", "周总"),
        ("江南纺织园长说先不推", None),
    ],
)
def test_contact_is_the_customers_person(lexicon: Lexicon, text: str, contact: str | None) -> None:
    (record,) = records(text, lexicon)
    assert record.get("contact") == contact
