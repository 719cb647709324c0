"""Mending what was misheard, and leaving alone what makes sense."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcription.conftest import CUSTOMERS, NOW
from transcription import pinyin
from transcription.lexicon import Entry, Lexicon
from transcription.repair import repair
from transcription.transcript import Segment, Transcript
from transcription.understanding import understand

LEXICON = Lexicon(customers=tuple(Entry(name) for name in CUSTOMERS), competitors=(Entry("博世力士乐"),))


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("金皮压价", "竞品压价"),
        ("预算动结", "预算冻结"),
        ("请防务加级", "请法务加急"),
        ("他们要分欺负款方案", "他们要分期付款方案"),
        ("需要产品不今天给个答复", "需要产品部今天给个答复"),
        ("三月二时后给测试结果", "三月二十号给测试结果"),
        ("姜南纺织报价", "江南纺织报价"),
        ("江南纺织留公说", "江南纺织刘工说"),
        ("伯世力士乐", "博世力士乐"),
    ],
)
def test_mended(heard: str, meant: str) -> None:
    text, changes = repair(heard, LEXICON)
    assert text == meant
    assert changes


@pytest.mark.parametrize(
    "text",
    [
        "产品不错",
        "江南纺织的钱下来了",
        "江南纺织公司的人",
        "要做技术验证",
        "目标价15万",
        "没有任何进展",
        "用的是用友的系统",
        "江南纺织呈工收到了",
        "江南纺织程场掌想看产线",
        "今天天气不错",
        "合同文本发过去了",
    ],
)
def test_left_alone(text: str) -> None:
    assert repair(text, LEXICON) == (text, ())


@given(st.text(alphabet="江南纺织预算冻结竞品压价法务加急金皮动1234万，。ab", max_size=30))
def test_length_and_figures_stay(text: str) -> None:
    mended, changes = repair(text, LEXICON)
    assert len(mended) == len(text)
    assert [char for char in mended if char.isdigit()] == [char for char in text if char.isdigit()]
    assert all(text[one.start : one.start + len(one.heard)] == one.heard for one in changes)


def test_a_mended_slot_says_what_was_heard() -> None:
    heard = "江南纺织金皮压价。"
    transcript = Transcript(heard, (Segment(heard, 1.0, 4.0),), 4.0)
    (draft,) = understand(heard, now=NOW, lexicon=LEXICON, transcript=transcript).drafts
    slot = draft.slots["obstacle"]
    assert (slot.value, slot.note) == ("竞品压价", "听到“金皮压价”，改为“竞品压价”")
    assert slot.confidence <= 0.85
    assert slot.seconds is not None
    assert 1.0 < slot.seconds[0] < slot.seconds[1] <= 4.0


@pytest.mark.parametrize(
    ("left", "right", "most"), [("华", "华", 0.0), ("宏", "红", 0.0), ("资", "知", 0.25), ("您", "宁", 0.15)]
)
def test_near_sounds(left: str, right: str, most: float) -> None:
    assert pinyin.apart(left, right) <= most


@pytest.mark.parametrize(("left", "right"), [("江", "海"), ("签", "报"), ("a", "江")])
def test_far_sounds(left: str, right: str) -> None:
    assert pinyin.apart(left, right) >= 0.7


@given(st.sampled_from("华宏仁鑫恒天博康永中"), st.sampled_from("联达和源通宇雅泰辉科"))
def test_distance_is_symmetric(left: str, right: str) -> None:
    assert pinyin.apart(left, right) == pinyin.apart(right, left)
