"""Every platform says from which second of the recording a value comes; the web chat plays it."""

from __future__ import annotations

import json

import pytest

from bot.platforms.feishu.inputs import draw_input
from bot.platforms.wecom.words import field_line
from cards.fallback import without
from cards.model import Card, Input, InputKind, Source
from cards.sources import source_line

HEARD = Source(text="听到“已报价”", audio="a" * 64, start=3.2, end=4.4)
FIELD = Input(name="action", label="今日关键动作", kind=InputKind.TEXT, value="已报价", source=HEARD)
LINE = "听到“已报价”（录音第 3–4 秒）"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (Source(text="听到“已报价”"), "听到“已报价”"),
        (HEARD, LINE),
        (HEARD.model_copy(update={"end": 3.4}), LINE),
        (HEARD.model_copy(update={"start": 0.0, "end": 0.0}), "听到“已报价”"),
    ],
)
def test_the_line(source: Source, line: str) -> None:
    assert source_line(source) == line


def test_on_feishu() -> None:
    assert LINE in json.dumps(draw_input(FIELD, 10), ensure_ascii=False)


def test_on_wecom() -> None:
    assert LINE in field_line(FIELD)


def test_where_the_card_cannot_hold_the_field() -> None:
    card = without(Card(title="这样记，对吗？", blocks=(FIELD,)), ("action",))
    assert LINE in card.model_dump_json()
