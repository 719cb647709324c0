"""What each slot takes from words, and what it must not take."""

from __future__ import annotations

from typing import Any

import pytest

from tests.transcription.conftest import NOW, records
from transcription.lexicon import Lexicon
from transcription.understanding import understand

C = "江南纺织"


def one(text: str, lexicon: Lexicon) -> dict[str, Any]:
    (record,) = records(text, lexicon)
    return record


@pytest.mark.parametrize(
    ("text", "action"),
    [
        (f"{C}报价做好了还没发出去", None),
        (f"准备给{C}报价", None),
        (f"{C}让我们报价", None),
        (f"{C}报价已经发过去了", "已报价"),
        (f"{C}合同签了", "已签合同"),
        (f"{C}合同快签了", None),
        (f"催{C}签合同", None),
        (f"{C}跟别家签了", None),
        (f"{C}样品寄了", "已寄样"),
        (f"{C}样品收到了", None),
        (f"{C}样品还没寄", None),
        (f"{C}约好了周五见面", "已约拜访"),
        (f"想约{C}周五见面", None),
        (f"今天不见李总了，{C}的", None),
        (f"去了{C}，没见到人", None),
        (f"去了{C}，没见到老板，跟采购聊了聊", "已拜访"),
        (f"明天去拜访{C}", None),
        (f"昨天拜访了{C}，今天报价发了", "已报价"),
        (f"{C}样品今天寄了，合同也签了", "已签合同"),
    ],
)
def test_action(lexicon: Lexicon, text: str, action: str | None) -> None:
    assert one(text, lexicon).get("action") == action


@pytest.mark.parametrize(
    ("text", "obstacle"),
    [
        (f"{C}参数不是没确认，是他们没看", None),
        (f"{C}参数还没确认", "技术参数未确认"),
        (f"{C}预算没批", "客户预算冻结"),
        (f"{C}不是没预算", None),
        (f"{C}之前预算冻结，现在批了", None),
        (f"担心{C}预算冻结", None),
        (f"如果{C}预算冻结就麻烦了", None),
        (f"{C}嫌贵", None),
        (f"{C}同行报价比我们低", "竞品压价"),
        (f"{C}合同在法务那边压着", "内部流程卡点"),
    ],
)
def test_obstacle(lexicon: Lexicon, text: str, obstacle: str | None) -> None:
    assert one(text, lexicon).get("obstacle") == obstacle


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        (f"{C}定了用我们的方案", "已明确采购意向"),
        (f"{C}还没决定", None),
        (f"{C}要先做技术验证", "需技术验证"),
        (f"{C}技术验证通过了", None),
        (f"{C}预算还没批下来", "预算未批复"),
        (f"{C}选了博世", "已选竞品"),
        (f"{C}没选博世", None),
    ],
)
def test_decision(lexicon: Lexicon, text: str, decision: str | None) -> None:
    assert one(text, lexicon).get("decision") == decision


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        (f"{C}主动问交付周期", "积极"),
        (f"{C}反复比价", "风险"),
        (f"{C}发消息已读不回", "模糊"),
        (f"{C}很满意", None),
        (f"{C}的报价我们法务没回", None),
    ],
)
def test_signal(lexicon: Lexicon, text: str, signal: str | None) -> None:
    assert one(text, lexicon).get("signal") == signal


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{C}要总监审批", "总监"),
        (f"{C}麻烦财务出一个方案", "财务"),
        (f"{C}申请特价", "特价"),
        (f"{C}没图纸，技术部能不能出一份", "技术部"),
        (f"{C}不需要支持", None),
        (f"{C}总监已经批了特价", None),
        (f"{C}的客户要分期付款方案", None),
        (f"{C}请客户吃饭", None),
    ],
)
def test_support(lexicon: Lexicon, text: str, words: str | None) -> None:
    support = one(text, lexicon).get("support")
    assert (support is None) if words is None else (words in support)


def test_support_is_at_most_fifty_characters(lexicon: Lexicon) -> None:
    text = f"{C}，请技术部帮忙出一份方案" + "，请法务帮忙审一下这一份比较长的补充协议文本" * 4
    assert len(one(text, lexicon)["support"]) <= 50


def test_by_when_help_is_wanted_is_no_follow_up(lexicon: Lexicon) -> None:
    (draft,) = understand(f"{C}卡住了，需要产品部周四给个答复", now=NOW, lexicon=lexicon).drafts
    assert draft.value("next_at") is None
    assert str(draft.value("support_by")) == "2026-05-21"


@pytest.mark.parametrize(
    ("text", "price"),
    [
        (f"{C}报价十二万五", {"deal": 125000}),
        (f"{C}报价3.2万，目标价4万", {"deal": 32000, "target": 40000}),
        (f"{C}原价十万，打七五折", {"deal": 75000, "target": 100000}),
        (f"{C}报价二十万，让了五个点", {"deal": 190000, "target": 200000}),
        (f"{C}预算只有三十万", None),
        (f"{C}竞品报价十万", None),
        (f"{C}希望降到八万以内", None),
        (f"{C}要一百二十台", None),
        (f"{C}让了五个点", None),
    ],
)
def test_price(lexicon: Lexicon, text: str, price: dict[str, int] | None) -> None:
    assert one(text, lexicon).get("price") == price


@pytest.mark.parametrize(
    ("text", "competitor"),
    [
        (f"{C}也在看Bosch的方案", "博世"),
        (f"{C}选了竞争对手康美特的设备", "康美特"),
        (f"{C}被华晟抢了单子", "华晟"),
        (f"{C}竞品压价", None),
        (f"{C}竞品做活动", None),
    ],
)
def test_competitor(lexicon: Lexicon, text: str, competitor: str | None) -> None:
    assert one(text, lexicon).get("competitor") == competitor


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (f"{C}周五再打电话", "2026-05-22"),
        (f"{C}下个月初再看", None),
        (f"{C}预算冻结到第三季度", None),
        (f"昨天下午三点去了{C}", None),
        (f"{C}王总周四出差", None),
        (f"{C}明天去，早上九点", "2026-05-20T09:00"),
        (f"{C}下周三见面，说错了，是下周四", "2026-05-28"),
        (f"本来约了{C}周四见面，客户临时有事取消了", None),
        (f"今天报价给了{C}", None),
        (f"{C}报价三点六万", None),
        (f"上午九点到的{C}", None),
    ],
)
def test_next_follow_up(lexicon: Lexicon, text: str, moment: str | None) -> None:
    assert one(text, lexicon).get("next_at") == moment


def test_a_freeze_keeps_its_end(lexicon: Lexicon) -> None:
    (draft,) = understand(f"{C}预算冻结到第三季度", now=NOW, lexicon=lexicon).drafts
    assert str(draft.value("until")) == "2026-07-01"
