from __future__ import annotations

import pytest

from rules.suggestion import suggestion


@pytest.mark.parametrize(
    ("word", "known", "says"),
    [
        ("客户级别", ["行业", "客户等级"], "，是不是「客户等级」？"),
        ("等极", ["等级", "阶段"], "，是不是「等级」？"),
        ("天气", ["行业", "阶段", "行业"], "；可用：行业、阶段"),
        ("天气", [], "；现在还没有可用的"),
        ("天气", [f"字段{n}号" for n in range(13)], "；可用：" + "、".join(f"字段{n}号" for n in range(12)) + "…"),
    ],
)
def test_unknown_words_get_the_nearest_known_one(word: str, known: list[str], says: str) -> None:
    assert suggestion(word, known) == says
