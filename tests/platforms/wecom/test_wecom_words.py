"""WeCom's three markdowns."""

from __future__ import annotations

import pytest

from bot.platforms.wecom.words import Dialect, fit_markdown, message, safe_text
from cards.model import Button, Card, Fact, Facts, Table, Text, Tone

REPORT = """# 周报
- **宏达机械** 已报价
* 云帆软件
| 客户 | 金额 |
|---|---|
| 宏达 | 38 万 |
```
代码
```
[打开](https://example.com) ![图](https://example.com/1.png)
<@all> <font color="red">x</font>"""


def test_app_markdown_has_neither_lists_nor_tables_nor_code() -> None:
    assert fit_markdown(REPORT, Dialect.APP).splitlines() == [
        "# 周报",
        "· **宏达机械** 已报价",
        "· 云帆软件",
        "客户 ｜ 金额",
        "宏达 ｜ 38 万",
        "代码",
        "[打开](https://example.com) [图](https://example.com/1.png)",
        '＜@all> ＜font color="red">x＜/font>',
    ]


def test_full_markdown_stays_but_mentions_nobody() -> None:
    assert fit_markdown(REPORT, Dialect.FULL) == REPORT.replace("<", "＜")


def test_plain_text_keeps_the_addresses() -> None:
    text = fit_markdown(REPORT, Dialect.PLAIN)
    assert "打开：https://example.com" in text and "**" not in text and text.startswith("周报")


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("<a href='http://x'>点我</a>", "＜a href='http://x'>点我＜/a>"),
        ("<@all> 开会", "＜@all> 开会"),
        ("3 < 5 且 <b>", "3 < 5 且 <b>"),
        ("<A HREF=x>", "＜A HREF=x>"),
    ],
)
def test_what_people_typed_is_no_link_and_no_mention(said: str, sent: str) -> None:
    assert safe_text(said) == sent


CARD = Card(
    title="晨会看板",
    lead="华东一组",
    blocks=(
        Facts(facts=(Fact(label="本月签约", value="3 单 <2 单", tone=Tone.LATE),)),
        Text(text="**宏达** *今天*\n到期"),
        Table(columns=("客户", "金额"), rows=(("宏达|机械", "38 万"),)),
    ),
    buttons=(Button(label="打开看板", url="https://example.com/b"),),
)


@pytest.mark.parametrize(
    ("dialect", "lines"),
    [
        (
            Dialect.APP,
            [
                "**晨会看板**",
                "华东一组",
                '本月签约：<font color="warning">3 单 ＜2 单</font>',
                "**宏达** ＊今天＊",
                "到期",
                "客户 ｜ 金额",
                "宏达｜机械 ｜ 38 万",
                "[打开看板](https://example.com/b)",
            ],
        ),
        (
            Dialect.FULL,
            [
                "**晨会看板**",
                "华东一组",
                "本月签约：3 单 ＜2 单",
                "**宏达** ＊今天＊",
                "到期",
                "",
                "| 客户 | 金额 |",
                "| --- | --- |",
                "| 宏达｜机械 | 38 万 |",
                "",
                "[打开看板](https://example.com/b)",
            ],
        ),
        (
            Dialect.PLAIN,
            [
                "晨会看板",
                "华东一组",
                "本月签约：3 单 <2 单",
                "宏达 *今天*",
                "到期",
                "客户 ｜ 金额",
                "宏达|机械 ｜ 38 万",
                "打开看板：https://example.com/b",
            ],
        ),
    ],
)
def test_card_in_words(dialect: Dialect, lines: list[str]) -> None:
    assert message(CARD, dialect).splitlines() == lines
