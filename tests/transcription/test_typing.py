"""Slips of typing: trade words written with other characters of the same sound."""

from __future__ import annotations

import pytest

from tests.transcription.conftest import NOW
from transcription.lexicon import Lexicon
from transcription.repair import typed
from transcription.understanding import understand


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("抱价单发了", "报价单发了"),
        ("今天拜仿了他们", "今天拜访了他们"),
        ("竟品压价", "竞品压价"),
        ("技术餐数没定", "技术参数没定"),
    ],
)
def test_a_slip_is_mended(written: str, meant: str) -> None:
    assert typed(written)[0] == meant


@pytest.mark.parametrize(
    "text", ["用的是用友的系统", "说在跟金蝶谈", "请咱们销售副总批一下", "以后再说", "今天进展不错"]
)
def test_what_makes_sense_is_left_alone(text: str) -> None:
    assert typed(text) == (text, ())


def test_the_card_says_what_was_written(lexicon: Lexicon) -> None:
    (draft,) = understand("江南纺织竟品压价", now=NOW, lexicon=lexicon).drafts
    assert draft.value("obstacle") == "竞品压价"
    assert "写的是" in draft.slots["obstacle"].note
