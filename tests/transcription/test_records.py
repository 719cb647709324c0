"""Who owns which words of a message."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcription.conftest import CUSTOMERS, NOW, records
from transcription.lexicon import Entry, Lexicon
from transcription.understanding import understand


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "上午去了江南纺织，下午跑了鼎盛钢构",
            [{"customer": "江南纺织", "action": "已拜访"}, {"customer": "鼎盛钢构", "action": "已拜访"}],
        ),
        (
            "江南纺织和鼎盛钢构都报价了",
            [{"customer": "江南纺织", "action": "已报价"}, {"customer": "鼎盛钢构", "action": "已报价"}],
        ),
        (
            "江南预算没批。鼎盛合同签了。江南说下周三再谈",
            [
                {
                    "customer": "江南纺织",
                    "obstacle": "客户预算冻结",
                    "decision": "预算未批复",
                    "next_at": "2026-05-27",
                },
                {"customer": "鼎盛钢构", "action": "已签合同"},
            ],
        ),
        ("不是同济口腔，是江南纺织，样品寄了", [{"customer": "江南纺织", "action": "已寄样"}]),
        ("今天跑了三家，没啥进展", []),
        ("江南纺织铺货完成", [{"customer": "江南纺织"}]),
        (
            "江南纺织 报价 已报价/18万/下周三跟进",
            [{"customer": "江南纺织", "action": "已报价", "next_at": "2026-05-27", "price": {"deal": 180000}}],
        ),
    ],
)
def test_records(lexicon: Lexicon, text: str, expected: list[dict[str, Any]]) -> None:
    assert records(text, lexicon) == expected


def test_enough_without_a_customer_is_a_draft_to_be_asked(lexicon: Lexicon) -> None:
    (draft,) = understand("报价已经发过去了，下周三再联系", now=NOW, lexicon=lexicon).drafts
    assert "customer" not in draft.slots
    assert draft.value("action") == "已报价"


def test_each_slot_knows_its_words(lexicon: Lexicon) -> None:
    text = "今天拜访了江南纺织的周厂长，预算冻结，下周三下午三点再跟进"
    found = understand(text, now=NOW, lexicon=lexicon)
    (draft,) = found.drafts
    assert all(found.text[slot.start : slot.end] == slot.words for slot in draft.slots.values())
    assert draft.slots["obstacle"].words == "预算冻结"
    assert all(0 < slot.confidence <= 1 for slot in draft.slots.values())


LEXICON = Lexicon(customers=tuple(Entry(name) for name in CUSTOMERS))
_PIECES = [
    "江南纺织",
    "鼎盛",
    "报价",
    "已经",
    "没",
    "签了",
    "合同",
    "预算",
    "冻结",
    "下周三",
    "十二万",
    "打九折",
    "请",
    "总监",
    "，",
    "。",
    "王总",
    "说错了",
    "是",
    "abc",
    " ",
    "\n",
    "🙂",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join))
def test_any_message_is_read_and_spans_are_true(text: str) -> None:
    found = understand(text, now=NOW, lexicon=LEXICON)
    for draft in found.drafts:
        assert all(found.text[slot.start : slot.end] == slot.words for slot in draft.slots.values())


@given(st.text(max_size=60))
def test_any_text_at_all(text: str) -> None:
    assert understand(text, now=NOW, lexicon=LEXICON).intent in ("record", "question", "smalltalk", "unknown")
