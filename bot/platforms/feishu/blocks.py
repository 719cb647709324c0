"""The reading part of a neutral card as Feishu components (card JSON 2.0)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.platforms.feishu.markup import bold_markdown, escape, paragraph, plain
from bot.platforms.text import shorten
from cards.model import Block, Chain, Due, Fact, Facts, Input, Link, Picture, Table, Tags, Text, Tone

Element = dict[str, Any]

COLORS: Mapping[Tone, str] = {Tone.PLAIN: "default", Tone.GOOD: "green", Tone.WARN: "orange", Tone.LATE: "red"}
MAX_COLUMNS = 50
_STATES: Mapping[str, tuple[str, str]] = {
    "done": ("✓", "default"),
    "now": ("▶", "blue"),
    "late": ("⚠ 已超时", "red"),
    "later": ("○", "grey"),
}


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of a card is shown. The first that fits Feishu's limits is taken."""

    chars: int
    rows: int
    options: int
    blocks: int
    columns: bool = False
    """Facts in two columns, which read well and cost seven elements each."""


def draw_block(block: Block, budget: Budget, pictures: Mapping[str, str], *, table: bool) -> list[Element]:
    """The components of one block. `pictures` gives the image keys of uploaded attachments; `table` says whether a
    table component may stand here (at the root only, and five to a card)."""
    if isinstance(block, Table):
        return _table(block, budget) if table else _table_in_words(block, budget)
    if isinstance(block, Picture):
        return [_picture(block, pictures)]
    draw = _DRAWN.get(type(block))
    return draw(block, budget) if draw else []


def _text(block: Text, budget: Budget) -> list[Element]:
    text = shorten(block.text, budget.chars, len)
    return [paragraph(text, "notation", "grey") if block.soft else paragraph(text)]


def _facts(block: Facts, budget: Budget) -> list[Element]:
    facts = [
        fact.model_copy(update={"value": shorten(fact.value, budget.chars, len), "label": shorten(fact.label, 40, len)})
        for fact in block.facts
    ]
    if budget.columns:
        return [_fact_row(fact) for fact in facts]
    lines = [f"{escape(fact.label)}：{_colored(fact.value, fact.tone)}" for fact in facts]
    return [{"tag": "markdown", "content": "\n".join(lines)}]


def _fact_row(fact: Fact) -> Element:
    columns = [
        {"tag": "column", "width": "weighted", "weight": weight, "elements": [element]}
        for weight, element in (
            (1, plain(fact.label, color="grey")),
            (3, paragraph(fact.value, color=COLORS[fact.tone])),
        )
    ]
    return {"tag": "column_set", "flex_mode": "none", "columns": columns}


def _tags(block: Tags, budget: Budget) -> list[Element]:
    colors = {Tone.PLAIN: "neutral", Tone.GOOD: "green", Tone.WARN: "orange", Tone.LATE: "red"}
    tags = [
        f"<text_tag color='{colors[tag.tone]}'>{escape(shorten(tag.text, 40, len))}</text_tag>" for tag in block.tags
    ]
    return [{"tag": "markdown", "content": " ".join(tags)}]


def _chain(block: Chain, budget: Budget) -> list[Element]:
    return [{"tag": "markdown", "content": "\n".join(_station(link, budget) for link in block.links)}]


def _station(link: Link, budget: Budget) -> str:
    mark, color = _STATES[link.state]
    words = escape(f"{mark} {link.who}" + (f" · {shorten(link.what, budget.chars, len)}" if link.what else ""))
    return words if color == "default" else f"<font color='{color}'>{words}</font>"


def _due(block: Due, budget: Budget) -> list[Element]:
    bar = "▰" * round(block.elapsed * 10) + "▱" * (10 - round(block.elapsed * 10))
    text = plain(f"⏰ {shorten(without_newlines(block.text), budget.chars, len)}", color=COLORS[block.tone])
    return [text, plain(f"{bar} 已用 {block.elapsed:.0%}", "notation", "grey")] if block.elapsed else [text]


def _picture(block: Picture, pictures: Mapping[str, str]) -> Element:
    key = pictures.get(block.attachment)
    if key is None:
        return plain(f"［图片：{block.alt}］", "notation", "grey")
    return {"tag": "img", "img_key": key, "alt": {"tag": "plain_text", "content": shorten(block.alt, 100, len, "…")}}


def _table(block: Table, budget: Budget) -> list[Element]:
    columns = block.columns[:MAX_COLUMNS]
    rows = block.rows[: budget.rows]
    component = {
        "tag": "table",
        "page_size": min(max(len(rows), 1), 10),
        "row_height": "low",
        "columns": [
            {"name": f"c{number}", "display_name": shorten(name, 40, len, "…"), "data_type": "text"}
            for number, name in enumerate(columns)
        ],
        "rows": [
            {f"c{number}": shorten(cell, budget.chars, len) for number, cell in enumerate(row[: len(columns)])}
            for row in rows
        ],
    }
    return [component, *_left_over(len(block.rows) - len(rows))]


def _table_in_words(block: Table, budget: Budget) -> list[Element]:
    rows = block.rows[: budget.rows]
    lines: Sequence[str] = [
        "　".join(f"{name} {shorten(cell, budget.chars, len)}" for name, cell in zip(block.columns, row, strict=False))
        for row in rows
    ]
    drawn = [{"tag": "markdown", "content": bold_markdown("\n".join(lines))}] if lines else []
    return [*drawn, *_left_over(len(block.rows) - len(rows))]


def _left_over(rows: int) -> list[Element]:
    return [plain(f"还有 {rows} 行没有显示", "notation", "grey")] if rows > 0 else []


def _colored(value: str, tone: Tone) -> str:
    text = bold_markdown(value)
    return text if tone is Tone.PLAIN else f"<font color='{COLORS[tone]}'>{text}</font>"


def without_newlines(text: str) -> str:
    return " ".join(text.split("\n"))


_DRAWN: Mapping[type[Block], Callable[[Any, Budget], list[Element]]] = {
    Text: _text,
    Facts: _facts,
    Tags: _tags,
    Chain: _chain,
    Due: _due,
    Input: lambda field, budget: [],  # drawn by inputs.py, inside the form
}
