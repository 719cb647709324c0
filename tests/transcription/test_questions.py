"""Questions of a rep, and what is none."""

from __future__ import annotations

from datetime import date

import pytest

from tests.transcription.conftest import NOW
from transcription.lexicon import Lexicon
from transcription.questions import period
from transcription.understanding import understand


@pytest.mark.parametrize(
    ("text", "kind", "customer"),
    [
        ("我这个月完成了多少", "completion", None),
        ("帮我查一下江南纺织最近的跟进记录", "records", "江南纺织"),
        ("我的支持请求", "support", None),
        ("我的需求追踪", "support", None),
        ("今天我有哪些待办", "todo", None),
        ("哪些客户好久没联系了", "untouched", None),
        ("江南纺织的联系人电话是多少", "contact", "江南纺织"),
        ("你能干什么", "help", None),
        ("为什么天是蓝的？", "other", None),
    ],
)
def test_question(lexicon: Lexicon, text: str, kind: str, customer: str | None) -> None:
    found = understand(text, now=NOW, lexicon=lexicon)
    assert found.intent == "question"
    assert found.question is not None
    assert (found.question.kind, found.question.customer) == (kind, customer)
    assert found.drafts == ()


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("江南纺织问了交付周期，还问多少钱", "record"),
        ("江南纺织请总监看看能不能批个特价？", "record"),
        ("江南纺织一直没回消息，问什么都嗯嗯好的", "record"),
        ("你好", "smalltalk"),
        ("收到，谢谢", "smalltalk"),
        ("电脑坏了", "unknown"),
    ],
)
def test_no_question(lexicon: Lexicon, text: str, intent: str) -> None:
    assert understand(text, now=NOW, lexicon=lexicon).intent == intent


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("这个月", date(2026, 5, 1), date(2026, 5, 31)),
        ("上个月", date(2026, 4, 1), date(2026, 4, 30)),
        ("上周", date(2026, 5, 11), date(2026, 5, 17)),
        ("本周", date(2026, 5, 18), date(2026, 5, 24)),
        ("今年", date(2026, 1, 1), date(2026, 12, 31)),
        ("本季度", date(2026, 4, 1), date(2026, 6, 30)),
        ("昨天", date(2026, 5, 18), date(2026, 5, 18)),
    ],
)
def test_period(text: str, first: date, last: date) -> None:
    assert period(text, NOW.date()) == (first, last)


def test_no_period() -> None:
    assert period("完成了多少", NOW.date()) is None
