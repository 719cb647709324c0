"""Which customers are spoken of."""

from __future__ import annotations

import pytest

from tests.transcription.conftest import NOW, records
from transcription.lexicon import Entry, Lexicon
from transcription.mentions import mentions
from transcription.understanding import understand


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("江南纺织今天签了", [("江南纺织",)]),
        ("江南那边没消息", [("江南纺织",)]),
        ("申通说再看看", [("上海申通阀门有限公司",)]),
        ("鼎盛的样品寄了", [("鼎盛钢构",)]),
        ("三江那边今天报了价", [("三江化工", "三江食品")]),
        ("乐购便利店缺货", [("乐购便利店",)]),
        ("乐购便利店二店缺货", [("乐购便利店二店",)]),
        ("江南化工签了", []),
        ("东方航空的项目", []),
        ("东方那边催合同", [("东方重工",)]),
        ("没有任何进展", []),
    ],
)
def test_typed(lexicon: Lexicon, text: str, names: list[tuple[str, ...]]) -> None:
    assert [one.names for one in mentions(text, lexicon.customer_index, heard=False)] == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("姜南纺织的样品", "江南纺织"),
        ("丁盛钢构约了", "鼎盛钢构"),
        ("铜济口腔预算冻结", "同济口腔"),
        ("三疆华工催货", "三江化工"),
    ],
)
def test_homophones_of_a_full_name(lexicon: Lexicon, text: str, name: str) -> None:
    (found,) = mentions(text, lexicon.customer_index, heard=True)
    assert found.names == (name,)
    assert found.note == f"听到“{text[:4]}”，按你的客户改为“{name}”"


def test_a_name_that_only_resembles_is_asked(lexicon: Lexicon) -> None:
    (found,) = mentions("强南纺织来电", lexicon.customer_index, heard=False)
    assert found.names == ("", "江南纺织")
    (draft,) = understand("强南纺织今天报了价", now=NOW, lexicon=lexicon).drafts
    assert draft.value("customer") is None
    assert draft.slots["customer"].candidates == ("江南纺织",)


def test_an_ambiguous_short_name_is_asked_with_its_candidates(lexicon: Lexicon) -> None:
    (draft,) = understand("三江今天报了价", now=NOW, lexicon=lexicon).drafts
    assert draft.slots["customer"].candidates == ("三江化工", "三江食品")
    assert draft.value("action") == "已报价"


def test_aliases_and_old_names_count() -> None:
    lexicon = Lexicon(customers=(Entry("新华印刷", ("红星印刷厂", "老印厂")),))
    assert records("老印厂合同签了", lexicon) == [{"customer": "新华印刷", "action": "已签合同"}]


def test_a_customer_named_for_comparison_is_left_out(lexicon: Lexicon) -> None:
    found = records("同济口腔想要像江南纺织那样的方案", lexicon)
    assert [one["customer"] for one in found] == ["同济口腔"]


def test_two_thousand_customers_are_indexed_once() -> None:
    lexicon = Lexicon(customers=tuple(Entry(f"客户{number}号机械") for number in range(2000)))
    assert lexicon.customer_index is lexicon.customer_index
    assert records("客户1777号机械合同签了", lexicon) == [{"customer": "客户1777号机械", "action": "已签合同"}]
